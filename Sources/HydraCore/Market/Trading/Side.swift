/// The direction of an order or a fill.
public enum Side: String, Codable, Sendable, CaseIterable, BitwiseCopyable {
  case buy
  case sell

  /// +1 for a buy, −1 for a sale: a position changes by `sign × lots`.
  public var sign: Int { self == .buy ? 1 : -1 }

  public var opposite: Side { self == .buy ? .sell : .buy }

  /// The side that changes a position by `lots`; nil for zero.
  public init?(ofChange lots: Int) {
    if lots == 0 { return nil }
    self = lots > 0 ? .buy : .sell
  }
}
