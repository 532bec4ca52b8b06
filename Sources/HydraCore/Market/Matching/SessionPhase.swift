/// What a market allows at the moment.
public enum SessionPhase: String, Codable, Sendable, CaseIterable {
  /// Orders may be entered, changed and cancelled; nothing trades.
  case preOpen = "pre_open"
  /// Orders may be entered only; nothing trades.
  case noCancel = "no_cancel"
  case open
  /// Orders may be cancelled only.
  case halt
  case closed

  /// Whether new orders are taken.
  public var takesOrders: Bool { self == .open || collects }
  /// Whether orders may be changed.
  public var takesChanges: Bool { self == .open || self == .preOpen }
  /// Whether orders may be taken back.
  public var takesCancels: Bool { self == .open || self == .preOpen || self == .halt }
  /// Whether orders gather without trading until the opening auction.
  public var collects: Bool { self == .preOpen || self == .noCancel }
}
