/// Gradients as whole numbers, so that sums are exact and do not depend on their order.
///
/// A row's word holds, from the top, its gradient in units of 1 / `gradient`, its hessian in units of 1 / `hessian`
/// where hessians vary, and a one, which counts rows: a single 64-bit addition adds all three. The scales are powers of
/// two chosen so that no sum can overflow, whatever rows are added. Since the sums are exact, a sibling's histogram by
/// subtraction is too, and any number of threads gives the same bits.
///
/// With constant hessians and n < 4096 rows a sum of gradients has 50 bits, one bit fewer each time that n doubles, so
/// that a row's rounding error is below Σ|g| 2⁻⁵⁰ there. With hessians in the word, gradients and hessians have 26 bits
/// each there, and 23 at 100,000 rows; what leaves hold is then computed anew from the derivatives themselves. Above
/// `mostPackedRows` hessians have words of their own.
struct GradientScale {
  /// How a row's gradient, hessian and count are laid out.
  enum Layout { case constantHessian, packed, pairs }

  /// With more rows too few bits are left for a row.
  static let mostPackedRows = 150_000

  let layout: Layout
  let countBits: Int64
  /// The bits of the hessian in the word; 0 unless packed.
  let hessianBits: Int64
  let gradient: Double
  let hessian: Double

  /// - Parameters:
  ///   - gradientSum: Σ|g|, not less than the true sum by more than rounding.
  ///   - hessianSum: Σh, or nil where hessians are constant.
  init(rows: Int, gradientSum: Double, hessianSum: Double?) {
    // At least 12 bits, so that a shifted sum fits the 52 bits of a double's fraction (see `SplitSearch`).
    countBits = Int64(max(12, Int.bitWidth - rows.leadingZeroBitCount))
    layout = hessianSum == nil ? .constantHessian : rows <= Self.mostPackedRows ? .packed : .pairs
    hessianBits = layout == .packed ? (64 - countBits) / 2 : 0
    // Rounding to whole numbers adds half a unit a row, which the two bits to spare contain.
    gradient = Self.powerOfTwo(below: 62 - Int(countBits + hessianBits), sum: gradientSum)
    hessian = Self.powerOfTwo(below: layout == .packed ? Int(hessianBits) - 1 : 50, sum: hessianSum ?? 0)
  }

  /// The largest power of two that keeps `sum` times it under 2^bits.
  private static func powerOfTwo(below bits: Int, sum: Double) -> Double {
    guard sum > 0 else { return 1 }
    let exponent = bits - 1 - Int(sum.exponent)
    return Double(sign: .plus, exponent: min(max(exponent, -1000), 1000), significand: 1)
  }

  var countMask: Int64 { 1 << countBits - 1 }
  var hessianMask: Int64 { 1 << hessianBits - 1 }
  /// How far gradients are from the lowest bit.
  var gradientShift: Int64 { countBits + hessianBits }

  /// The row count in a sum of words.
  @inline(__always) func count(of word: Int64) -> Int64 { word & countMask }
  /// The gradient in a sum of words, in units of 1 / `gradient`.
  @inline(__always) func gradient(of word: Int64) -> Int64 { word &>> gradientShift }
  /// The sum of hessians, in units of 1 / `hessian`, or in rows where they are constant.
  @inline(__always) func hessian(of sum: GradientSum) -> Int64 {
    switch layout {
    case .constantHessian: sum.x & countMask
    case .packed: (sum.x &>> countBits) & hessianMask
    case .pairs: sum.y
    }
  }

  @inline(__always) func word(gradient value: Double) -> Int64 {
    whole(value * gradient) &<< gradientShift &+ 1
  }

  @inline(__always) func word(hessian value: Double) -> Int64 { whole(value * hessian) }

  @inline(__always) func packed(gradient value: Double, hessian other: Double) -> Int64 {
    word(gradient: value) &+ word(hessian: other) &<< countBits
  }

  /// The nearest whole number, of two the even one, of a number below 2⁵¹: conversion without a call.
  @inline(__always) private func whole(_ value: Double) -> Int64 {
    let magic = 0x1.8p52
    return Int64(bitPattern: (value + magic).bitPattern) &- Int64(bitPattern: magic.bitPattern)
  }
}

/// The sum of words of a set of rows: `x` is the sum of words, `y` that of hessians where they have their own.
typealias GradientSum = SIMD2<Int64>

/// What a histogram holds for a bin: one word, or a second one for hessians.
protocol HistogramWord {
  static var zero: Self { get }
  static var isPair: Bool { get }
  init(_ sum: GradientSum)
  /// Gradients and count, and hessians where they are packed.
  var word: Int64 { get }
  /// 0 where there is one word.
  var second: Int64 { get }
  func plus(_ other: Self) -> Self
  func minus(_ other: Self) -> Self
}

extension HistogramWord {
  @inline(__always) var sum: GradientSum { GradientSum(word, second) }
}

extension Int64: HistogramWord {
  static var isPair: Bool { false }
  @inline(__always) init(_ sum: GradientSum) { self = sum.x }
  @inline(__always) var word: Int64 { self }
  @inline(__always) var second: Int64 { 0 }
  @inline(__always) func plus(_ other: Int64) -> Int64 { self &+ other }
  @inline(__always) func minus(_ other: Int64) -> Int64 { self &- other }
}

extension GradientSum: HistogramWord {
  static var isPair: Bool { true }
  @inline(__always) init(_ sum: GradientSum) { self = sum }
  @inline(__always) var word: Int64 { x }
  @inline(__always) var second: Int64 { y }
  @inline(__always) func plus(_ other: GradientSum) -> GradientSum { self &+ other }
  @inline(__always) func minus(_ other: GradientSum) -> GradientSum { self &- other }
}
