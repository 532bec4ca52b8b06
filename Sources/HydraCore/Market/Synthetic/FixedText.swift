import HydraNumerics

/// Numbers and dates as bytes, by integer arithmetic: the same text on every machine.
struct FixedText {
  private(set) var bytes: [UInt8] = []

  init(reserving count: Int = 0) { bytes.reserveCapacity(count) }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func comma() { bytes.append(UInt8(ascii: ",")) }
  mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

  mutating func append(_ value: Int, width: Int = 1) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var magnitude = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(48 + magnitude % 10))
      magnitude /= 10
    } while magnitude > 0 || bytes.count - start < width
    bytes[start...].reverse()
  }

  /// `value` / 10^`decimals`, with exactly so many digits after the point.
  mutating func append(scaled value: Int, decimals: Int) {
    var divisor = 1
    for _ in 0..<decimals { divisor *= 10 }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(Int(value.magnitude) / divisor)
    guard decimals > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    append(Int(value.magnitude) % divisor, width: decimals)
  }

  /// Rounded to `decimals` digits, half away from zero; NaN is an empty field.
  mutating func append(_ value: Double, decimals: Int) {
    guard !value.isNaN else { return }
    var factor = 1.0
    for _ in 0..<decimals { factor *= 10 }
    append(scaled: Int((value * factor).rounded()), decimals: decimals)
  }

  mutating func append(_ date: CivilDate) {
    let (year, month, day) = date.components
    append(year, width: 4)
    bytes.append(UInt8(ascii: "-"))
    append(month, width: 2)
    bytes.append(UInt8(ascii: "-"))
    append(day, width: 2)
  }

  /// As in `20150300`.
  mutating func append(contract: ContractMonth) {
    append(contract.year, width: 4)
    append(contract.month, width: 2)
    append("00")
  }

  /// To the minute, as in `2012-06-08T19:30:00Z`.
  mutating func append(_ time: Timestamp) {
    append(time.date)
    bytes.append(UInt8(ascii: "T"))
    let minutes = Int(time.nanosecondsOfDay / 60_000_000_000)
    append(minutes / 60, width: 2)
    bytes.append(UInt8(ascii: ":"))
    append(minutes % 60, width: 2)
    append(":00Z")
  }
}
