/// An unevaluated sum `high + low` of two doubles per lane: about 106 bits where one double has 53.
///
/// `|low|` is at most half a unit in the last place of `high`, except where a comment says that it was left larger.
/// Products split their factors into 26 and 27 bits by masking, which needs no fused multiply-add and cannot overflow.
///
/// Sources: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18
/// (1971) 224–242; D. E. Knuth, The Art of Computer Programming 2, 4.2.2 (the six-operation sum).
@frozen
public struct LanePair<Lanes: DoubleLanes>: Sendable {
  /// The sum rounded to a double.
  public var high: Lanes
  /// What the rounding lost.
  public var low: Lanes

  @inlinable @inline(__always) public init(high: Lanes, low: Lanes) {
    self.high = high
    self.low = low
  }

  /// A double as it is.
  @inlinable @inline(__always) public init(_ value: Lanes) { self.init(high: value, low: Lanes(all: 0)) }

  /// A constant given as two doubles.
  @inlinable @inline(__always) public init(all high: Double, _ low: Double) {
    self.init(high: Lanes(all: high), low: Lanes(all: low))
  }

  /// The exact sum of two doubles.
  @inlinable @inline(__always) public init(sum a: Lanes, _ b: Lanes) {
    let sum = a + b
    let shadow = sum - a
    self.init(high: sum, low: (a - (sum - shadow)) + (b - shadow))
  }

  /// The exact sum of two doubles with |large| ≥ |small| (or large = 0).
  @inlinable @inline(__always) public init(ordered large: Lanes, _ small: Lanes) {
    let sum = large + small
    self.init(high: sum, low: small - (sum - large))
  }

  /// The product of two doubles, exact to 2^-106.
  @inlinable @inline(__always) public init(product a: Lanes, _ b: Lanes) {
    let product = a * b
    #if HYDRA_FMA
    self.init(high: product, low: (-product).addingProduct(a, b))
    #else
    let mask = Lanes.integer(-(1 << 27))
    let aHigh = Lanes(bits: Lanes.and(a.bits, mask))
    let bHigh = Lanes(bits: Lanes.and(b.bits, mask))
    let aLow = a - aHigh
    let bLow = b - bHigh
    let error = ((aHigh * bHigh - product) + aHigh * bLow) + aLow * bHigh
    self.init(high: product, low: error + aLow * bLow)
    #endif
  }

  /// The pair rounded to one double.
  @inlinable @inline(__always) public var rounded: Lanes { high + low }

  @inlinable @inline(__always) public static prefix func - (a: Self) -> Self { Self(high: -a.high, low: -a.low) }

  @inlinable @inline(__always) public static func + (a: Self, b: Self) -> Self {
    let sum = Self(sum: a.high, b.high)
    return Self(ordered: sum.high, sum.low + (a.low + b.low))
  }

  @inlinable @inline(__always) public static func - (a: Self, b: Self) -> Self { a + (-b) }

  @inlinable @inline(__always) public static func * (a: Self, b: Self) -> Self {
    let product = Self(product: a.high, b.high)
    return Self(ordered: product.high, product.low + (a.high * b.low + a.low * b.high))
  }

  @inlinable @inline(__always) public static func * (a: Self, b: Lanes) -> Self {
    let product = Self(product: a.high, b)
    return Self(ordered: product.high, product.low + a.low * b)
  }

  /// Exact multiplication by a power of two.
  @inlinable @inline(__always) public func scaled(_ factor: Lanes) -> Self {
    Self(high: high * factor, low: low * factor)
  }

  /// `a / b` where the reciprocal of `b.high` (correct to a few units in the last place) is at hand.
  @inlinable @inline(__always)
  public static func quotient(_ a: Self, _ b: Self, reciprocal: Lanes) -> Self {
    let quotient = a.high * reciprocal
    let back = Self(product: quotient, b.high)
    let rest = ((a.high - back.high) - back.low) + (a.low - quotient * b.low)
    return Self(ordered: quotient, rest * reciprocal)
  }

  /// `a` where the condition holds, `b` elsewhere.
  @inlinable @inline(__always) public static func select(_ condition: Lanes.Flags, _ a: Self, _ b: Self) -> Self {
    Self(high: Lanes.select(condition, a.high, b.high), low: Lanes.select(condition, a.low, b.low))
  }
}
