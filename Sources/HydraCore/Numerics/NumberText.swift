/// Numbers as text: exact in both directions, the same on every machine and in every locale.
public enum NumberText {
  /// The shortest decimal text that reads back as the same number; whole numbers without `.0`, `inf`, `-inf`, `nan`.
  ///
  ///     NumberText.text(0.1)      // "0.1"
  ///     NumberText.text(143.0)    // "143"
  ///     NumberText.text(1e300)    // "1e+300"
  public static func text(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// The number that a text denotes; nil when it is not one.
  ///
  /// Takes decimal digits with an optional sign, point and exponent, correctly rounded, and `inf` or `infinity` in any
  /// case. Blanks around, `nan`, hexadecimal digits, digit separators, and numbers too large for a `Double` are nil.
  public static func number(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { parseNumber($0.baseAddress, $0.count) }
  }

  /// The same for the bytes of a text.
  package static func number(utf8 bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    parseNumber(bytes.baseAddress, bytes.count)
  }
}

/// The number in `count` bytes; nil when they are not exactly one.
///
/// Up to 15 digits with a power of ten up to 10²² are one correctly rounded operation on two exact doubles
/// (W. Clinger, "How to read floating point numbers accurately", PLDI 1990); up to 19 digits are the same operation on
/// pairs of doubles where that settles the rounding; the rest goes to the standard library.
func parseNumber(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Double? {
  guard let start, count > 0 else { return nil }
  var position = 0
  let negative = start[0] == UInt8(ascii: "-")
  if negative || start[0] == UInt8(ascii: "+") { position = 1 }
  var mantissa: UInt64 = 0
  var significant = 0
  var exponent = 0
  let firstDigit = position
  while position < count {
    let digit = start[position] &- 48
    guard digit < 10 else { break }
    mantissa = mantissa &* 10 &+ UInt64(digit)
    if significant > 0 || digit > 0 { significant += 1 }
    position += 1
  }
  var seen = position - firstDigit
  if position < count, start[position] == UInt8(ascii: ".") {
    position += 1
    let firstPlace = position
    while position < count {
      let digit = start[position] &- 48
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      if significant > 0 || digit > 0 { significant += 1 }
      position += 1
    }
    exponent = firstPlace - position
    seen += position - firstPlace
  }
  guard seen > 0 else { return parseInfinity(start, count) }
  if position < count, start[position] | 0x20 == UInt8(ascii: "e") {
    position += 1
    let falling = position < count && start[position] == UInt8(ascii: "-")
    if falling || (position < count && start[position] == UInt8(ascii: "+")) { position += 1 }
    guard position < count else { return nil }
    var power = 0
    while position < count {
      let digit = start[position] &- 48
      guard digit < 10 else { return nil }
      if power < 100_000 { power = power * 10 + Int(digit) }
      position += 1
    }
    exponent += falling ? -power : power
  }
  guard position == count else { return nil }
  // Leading zeros do not count; with more than 19 digits the mantissa has wrapped.
  if significant <= 19, exponent >= -22, exponent <= 22 {
    if significant <= 15 {
      let digits = Double(mantissa)
      let size = exponent < 0 ? digits / powersOfTen[-exponent] : digits * powersOfTen[exponent]
      return negative ? -size : size
    }
    if let size = scaledByPairs(mantissa, exponent) { return negative ? -size : size }
  }
  return parseSlowly(start, count)
}

/// 10⁰ … 10²², all exact.
private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]

/// mantissa · 10^exponent, or nil where the pair comes too close to the middle between two doubles to tell.
@inline(__always) private func scaledByPairs(_ mantissa: UInt64, _ exponent: Int) -> Double? {
  let high = Double(mantissa & ~0x7ff)
  let low = Double(mantissa & 0x7ff)
  let (first, second): (Double, Double)
  if exponent < 0 {
    let power = powersOfTen[-exponent]
    first = high / power
    let product = first * power
    second = (((high - product) - productError(first, power, product)) + low) / power
  } else {
    let power = powersOfTen[exponent]
    first = high * power
    second = productError(high, power, first) + low * power
  }
  let value = first + second
  let rest = second - (value - first)
  // The pair is right to 2⁻¹⁰⁰ of the value. The spacing below a power of two is half of `ulp`.
  let half = value.significandBitPattern == 0 ? value.ulp / 4 : value.ulp / 2
  return half - abs(rest) > value * 0x1p-98 ? value : nil
}

@inline(never) private func parseSlowly(_ start: UnsafePointer<UInt8>, _ count: Int) -> Double? {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  guard let value = Double(text), value.isFinite else { return nil }
  return value
}

@inline(never) private func parseInfinity(_ start: UnsafePointer<UInt8>, _ count: Int) -> Double? {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: min(count, 10)), as: UTF8.self).lowercased()
  switch text {
  case "inf", "+inf", "infinity", "+infinity": return .infinity
  case "-inf", "-infinity": return -.infinity
  default: return nil
  }
}
