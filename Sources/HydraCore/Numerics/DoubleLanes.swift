/// One `Double`, or eight side by side: what a branch-free formula is written over, once.
///
/// A formula that is generic over lanes gives the single call (`Double`) and the batch call (`SIMD8<Double>`) the same
/// operations in the same order, hence the same bits. Conditions are masks (`Flags`), choices are `select`.
/// The type is an implementation tool of the package: two conformers exist and no third is expected.
public protocol DoubleLanes: Sendable {
  /// A truth value for each lane.
  associatedtype Flags: Sendable
  /// A 64-bit integer for each lane.
  associatedtype Bits: Sendable

  /// The same value in every lane.
  init(all value: Double)
  /// The lanes with these bit patterns.
  init(bits: Bits)
  /// The bit patterns of the lanes.
  var bits: Bits { get }

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self
  /// Correctly rounded square roots.
  func squareRoot() -> Self
  /// `self + a * b` with one rounding; used only in builds for processors that have the instruction (`HYDRA_FMA`).
  func addingProduct(_ a: Self, _ b: Self) -> Self

  /// Where a < b; false where either is NaN.
  static func less(_ a: Self, _ b: Self) -> Flags
  /// Where both hold.
  static func both(_ a: Flags, _ b: Flags) -> Flags
  /// Where one of them holds.
  static func either(_ a: Flags, _ b: Flags) -> Flags
  /// Where it does not hold.
  static func not(_ a: Flags) -> Flags
  /// Whether it holds in any lane.
  static func isAny(_ a: Flags) -> Bool
  /// `a` where the condition holds, `b` elsewhere.
  static func select(_ condition: Flags, _ a: Self, _ b: Self) -> Self

  /// The same integer in every lane.
  static func integer(_ value: Int64) -> Bits
  /// Bitwise and.
  static func and(_ a: Bits, _ b: Bits) -> Bits
  /// Bitwise or.
  static func or(_ a: Bits, _ b: Bits) -> Bits
  /// Sum modulo 2^64.
  static func add(_ a: Bits, _ b: Bits) -> Bits
  /// Difference modulo 2^64.
  static func subtract(_ a: Bits, _ b: Bits) -> Bits
  /// Bits moved up; zeros enter.
  static func shiftLeft(_ a: Bits, _ count: Int64) -> Bits
  /// Bits moved down; copies of the sign enter.
  static func shiftRight(_ a: Bits, _ count: Int64) -> Bits
  /// Bits moved down; zeros enter.
  static func shiftRightLogical(_ a: Bits, _ count: Int64) -> Bits
  /// `table[row * width + column]` for the row of each lane. The caller makes sure that the rows exist.
  static func gather(_ table: UnsafePointer<Double>, row: Bits, width: Int, column: Int) -> Self
}

extension Double: DoubleLanes {
  /// One truth value a lane.
  public typealias Flags = Bool
  /// The bit pattern of each lane.
  public typealias Bits = Int64

  @inlinable @inline(__always) public init(all value: Double) { self = value }
  @inlinable @inline(__always) public init(bits: Int64) { self = Double(bitPattern: UInt64(bitPattern: bits)) }
  /// The bit pattern as a signed integer.
  @inlinable @inline(__always) public var bits: Int64 { Int64(bitPattern: bitPattern) }
  /// Whether a < b.
  @inlinable @inline(__always) public static func less(_ a: Double, _ b: Double) -> Bool { a < b }
  /// Whether both hold.
  @inlinable @inline(__always) public static func both(_ a: Bool, _ b: Bool) -> Bool { a && b }
  /// Whether one of them holds.
  @inlinable @inline(__always) public static func either(_ a: Bool, _ b: Bool) -> Bool { a || b }
  /// Whether it does not hold.
  @inlinable @inline(__always) public static func not(_ a: Bool) -> Bool { !a }
  /// The truth value itself.
  @inlinable @inline(__always) public static func isAny(_ a: Bool) -> Bool { a }
  /// `a` if the condition holds, else `b`.
  @inlinable @inline(__always) public static func select(_ condition: Bool, _ a: Double, _ b: Double) -> Double {
    condition ? a : b
  }
  /// The integer itself.
  @inlinable @inline(__always) public static func integer(_ value: Int64) -> Int64 { value }
  /// Bitwise and.
  @inlinable @inline(__always) public static func and(_ a: Int64, _ b: Int64) -> Int64 { a & b }
  /// Bitwise or.
  @inlinable @inline(__always) public static func or(_ a: Int64, _ b: Int64) -> Int64 { a | b }
  /// Sum modulo 2^64.
  @inlinable @inline(__always) public static func add(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  /// Difference modulo 2^64.
  @inlinable @inline(__always) public static func subtract(_ a: Int64, _ b: Int64) -> Int64 { a &- b }
  /// Bits moved up.
  @inlinable @inline(__always) public static func shiftLeft(_ a: Int64, _ count: Int64) -> Int64 { a &<< count }
  /// Bits moved down, copies of the sign enter.
  @inlinable @inline(__always) public static func shiftRight(_ a: Int64, _ count: Int64) -> Int64 { a &>> count }
  /// Bits moved down, zeros enter.
  @inlinable @inline(__always) public static func shiftRightLogical(_ a: Int64, _ count: Int64) -> Int64 {
    Int64(bitPattern: UInt64(bitPattern: a) &>> UInt64(bitPattern: count))
  }
  /// `table[row * width + column]`.
  @inlinable @inline(__always)
  public static func gather(_ table: UnsafePointer<Double>, row: Int64, width: Int, column: Int) -> Double {
    table[Int(truncatingIfNeeded: row) &* width &+ column]
  }
}

extension SIMD8<Double>: DoubleLanes {
  /// One truth value a lane.
  public typealias Flags = SIMDMask<SIMD8<Int64>>
  /// The bit pattern of each lane.
  public typealias Bits = SIMD8<Int64>

  @inlinable @inline(__always) public init(all value: Double) { self.init(repeating: value) }
  @inlinable @inline(__always) public init(bits: SIMD8<Int64>) { self = unsafeBitCast(bits, to: SIMD8<Double>.self) }
  /// The bit patterns as signed integers.
  @inlinable @inline(__always) public var bits: SIMD8<Int64> { unsafeBitCast(self, to: SIMD8<Int64>.self) }
  /// Where a < b.
  @inlinable @inline(__always) public static func less(_ a: Self, _ b: Self) -> Flags { a .< b }
  /// Where both hold.
  @inlinable @inline(__always) public static func both(_ a: Flags, _ b: Flags) -> Flags { a .& b }
  /// Where one of them holds.
  @inlinable @inline(__always) public static func either(_ a: Flags, _ b: Flags) -> Flags { a .| b }
  /// Where it does not hold.
  @inlinable @inline(__always) public static func not(_ a: Flags) -> Flags { .!a }
  /// Whether it holds in any lane.
  @inlinable @inline(__always) public static func isAny(_ a: Flags) -> Bool { any(a) }
  /// `a` where the condition holds, `b` elsewhere.
  @inlinable @inline(__always) public static func select(_ condition: Flags, _ a: Self, _ b: Self) -> Self {
    b.replacing(with: a, where: condition)
  }
  /// The same integer in every lane.
  @inlinable @inline(__always) public static func integer(_ value: Int64) -> Bits { Bits(repeating: value) }
  /// Bitwise and.
  @inlinable @inline(__always) public static func and(_ a: Bits, _ b: Bits) -> Bits { a & b }
  /// Bitwise or.
  @inlinable @inline(__always) public static func or(_ a: Bits, _ b: Bits) -> Bits { a | b }
  /// Sums modulo 2^64.
  @inlinable @inline(__always) public static func add(_ a: Bits, _ b: Bits) -> Bits { a &+ b }
  /// Differences modulo 2^64.
  @inlinable @inline(__always) public static func subtract(_ a: Bits, _ b: Bits) -> Bits { a &- b }
  /// Bits moved up.
  @inlinable @inline(__always) public static func shiftLeft(_ a: Bits, _ count: Int64) -> Bits {
    a &<< Bits(repeating: count)
  }
  /// Bits moved down, copies of the sign enter.
  @inlinable @inline(__always) public static func shiftRight(_ a: Bits, _ count: Int64) -> Bits {
    a &>> Bits(repeating: count)
  }
  /// Bits moved down, zeros enter.
  @inlinable @inline(__always) public static func shiftRightLogical(_ a: Bits, _ count: Int64) -> Bits {
    let unsigned = unsafeBitCast(a, to: SIMD8<UInt64>.self) &>> SIMD8<UInt64>(repeating: UInt64(bitPattern: count))
    return unsafeBitCast(unsigned, to: Bits.self)
  }
  /// `table[row * width + column]` for the row of each lane.
  @inlinable @inline(__always)
  public static func gather(_ table: UnsafePointer<Double>, row: Bits, width: Int, column: Int) -> Self {
    SIMD8(
      table[Int(truncatingIfNeeded: row[0]) &* width &+ column],
      table[Int(truncatingIfNeeded: row[1]) &* width &+ column],
      table[Int(truncatingIfNeeded: row[2]) &* width &+ column],
      table[Int(truncatingIfNeeded: row[3]) &* width &+ column],
      table[Int(truncatingIfNeeded: row[4]) &* width &+ column],
      table[Int(truncatingIfNeeded: row[5]) &* width &+ column],
      table[Int(truncatingIfNeeded: row[6]) &* width &+ column],
      table[Int(truncatingIfNeeded: row[7]) &* width &+ column])
  }
}

extension DoubleLanes {
  /// The absolute values.
  @inlinable @inline(__always) public var absolute: Self {
    Self(bits: Self.and(bits, Self.integer(Int64.max)))
  }

  /// `a * b + c`: two roundings, or one in a build with `-D HYDRA_FMA` (the plain build must not call libm's `fma`).
  @inlinable @inline(__always) public static func multiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self {
    #if HYDRA_FMA
    return c.addingProduct(a, b)
    #else
    return a * b + c
    #endif
  }
}
