/// Gradients as whole numbers, so that sums are exact and do not depend on their order.
///
/// A row's word is its gradient in units of 1 / `gradientScale`, shifted left by `countBits`, plus one: a sum of words
/// is the sum of gradients and the number of rows at once, from a single 64-bit addition. Since the sums are exact, a
/// sibling's histogram by subtraction is too, and any number of threads gives the same bits. The scale is a power of
/// two chosen so that no sum can overflow: with n < 4096 rows a sum of gradients has 50 bits, one bit fewer each time
/// that n doubles, so that a row's rounding error is below Σ|g| 2⁻⁵⁰ there, and below Σ|g| 2⁻⁴² at a million rows.
/// Hessians, when they are not one and the same, have words of their own with 50 bits for a sum.
struct GradientScale {
  var countBits: UInt64
  var countMask: UInt64
  var gradient: Double
  var hessian: Double

  /// - Parameters:
  ///   - gradientSum: Σ|g|, not less than the true sum by more than rounding.
  ///   - hessianSum: Σh, or 0 where hessians are constant.
  init(rows: Int, gradientSum: Double, hessianSum: Double) {
    // At least 12 bits, so that a shifted sum fits the 52 bits of a double's fraction (see `SplitSearch`).
    countBits = UInt64(max(12, Int.bitWidth - rows.leadingZeroBitCount))
    countMask = 1 << countBits - 1
    gradient = Self.powerOfTwo(below: 62 - Int(countBits), sum: gradientSum)
    hessian = Self.powerOfTwo(below: 50, sum: hessianSum)
  }

  /// The largest power of two that keeps `sum` times it under 2^bits.
  private static func powerOfTwo(below bits: Int, sum: Double) -> Double {
    guard sum > 0 else { return 1 }
    let exponent = bits - 1 - Int(sum.exponent)
    return Double(sign: .plus, exponent: min(max(exponent, -1000), 1000), significand: 1)
  }

  /// The row count in a sum of words.
  func count(of word: Int64) -> Int { Int(truncatingIfNeeded: UInt64(bitPattern: word) & countMask) }

  @inline(__always) func word(gradient value: Double) -> Int64 {
    Int64((value * gradient).rounded(.toNearestOrEven)) &<< Int64(countBits) &+ 1
  }

  @inline(__always) func word(hessian value: Double) -> Int64 {
    Int64((value * hessian).rounded(.toNearestOrEven))
  }
}

/// The sum of words of a set of rows: `x` holds gradients and count, `y` hessians (0 where hessians are constant).
typealias GradientSum = SIMD2<Int64>

/// What a histogram holds for a bin: gradients and count in one word, and hessians in a second where they vary.
protocol HistogramWord {
  static var zero: Self { get }
  static var hasHessians: Bool { get }
  /// Gradients and count.
  var gradients: Int64 { get }
  /// 0 where hessians are constant.
  var hessians: Int64 { get }
  func plus(_ other: Self) -> Self
  func minus(_ other: Self) -> Self
}

extension Int64: HistogramWord {
  static var hasHessians: Bool { false }
  @inline(__always) var gradients: Int64 { self }
  @inline(__always) var hessians: Int64 { 0 }
  @inline(__always) func plus(_ other: Int64) -> Int64 { self &+ other }
  @inline(__always) func minus(_ other: Int64) -> Int64 { self &- other }
}

extension GradientSum: HistogramWord {
  static var hasHessians: Bool { true }
  @inline(__always) var gradients: Int64 { x }
  @inline(__always) var hessians: Int64 { y }
  @inline(__always) func plus(_ other: GradientSum) -> GradientSum { self &+ other }
  @inline(__always) func minus(_ other: GradientSum) -> GradientSum { self &- other }
}
