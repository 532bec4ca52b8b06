/// How an internal node compares: numerical or categorical, what counts as missing and where missing goes.
///
/// The bits are those of `decision_type` in LightGBM's text format: 1 categorical, 2 missing goes left, and in bits 2
/// and 3 the kind of missing value.
public struct SplitDecision: RawRepresentable, Hashable, Sendable {
  /// The bits, as in LightGBM's `decision_type`.
  public let rawValue: UInt8

  /// Nil when a bit is set that has no meaning.
  public init?(rawValue: UInt8) {
    guard rawValue < 16, rawValue >> 2 < 3 else { return nil }
    self.rawValue = rawValue
  }

  /// A numerical split.
  public init(missing: MissingKind, missingGoesLeft: Bool) {
    rawValue = missing.rawValue << 2 | (missingGoesLeft ? 2 : 0)
  }

  /// Membership in a set of categories; missing values are in none.
  public static let categorical = SplitDecision(bits: 1)

  private init(bits: UInt8) { rawValue = bits }

  /// What a node takes for missing.
  public enum MissingKind: UInt8, Hashable, Codable, Sendable {
    /// Nothing: NaN is compared as zero.
    case none
    /// NaN and zero (to within ±1e-35).
    case zero
    /// NaN.
    case nan
  }

  /// Whether the node asks for membership in a set of categories.
  public var isCategorical: Bool { rawValue & 1 == 1 }
  /// Where missing values go.
  public var missingGoesLeft: Bool { rawValue & 2 == 2 }
  /// What the node takes for missing.
  public var missing: MissingKind { MissingKind(rawValue: rawValue >> 2) ?? .none }

  /// LightGBM's bound under which a value is zero, the Float 1e-35.
  static let zeroBound = Double(Float(1e-35))

  func goesLeft(_ value: Double, threshold: Double) -> Bool {
    switch missing {
    case .none: (value.isNaN ? 0 : value) <= threshold
    case .nan: value.isNaN ? missingGoesLeft : value <= threshold
    case .zero: value.isNaN || abs(value) <= Self.zeroBound ? missingGoesLeft : value <= threshold
    }
  }

  /// Where NaN goes at a numerical node, worked out beforehand.
  func nanGoesLeft(threshold: Double) -> Bool { goesLeft(.nan, threshold: threshold) }
}
