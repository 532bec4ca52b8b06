import HydraNumerics

/// What became of an order.
public struct OrderUpdate: Hashable, Codable, Sendable {
  /// Why an order ended, or was not taken, without being filled.
  public enum Cause: String, Codable, Sendable, CaseIterable {
    /// The user or a halt cancelled it.
    case user
    /// Its contract is no longer the held one.
    case contractRolled = "contract_rolled"
    /// Its life in bars is over.
    case timeInForce = "tif"
    /// A leg of a roll came when there was no roll to fill it at.
    case noRoll = "no_roll"
    /// The venue does not trade this symbol.
    case unknownSymbol = "unknown_symbol"
  }

  /// A step in an order's life.
  public enum Change: Hashable, Codable, Sendable {
    case accepted
    /// `leaves` lots are still working.
    case filled(Fill, leaves: Int)
    /// `leaves` lots were taken back.
    case cancelled(Cause, leaves: Int)
    /// `leaves` lots were not filled in time.
    case expired(leaves: Int)
    case rejected(Cause)
  }

  public let order: Int
  public let time: Timestamp
  public let change: Change

  public init(order: Int, time: Timestamp, change: Change) {
    self.order = order
    self.time = time
    self.change = change
  }

  public var fill: Fill? {
    if case .filled(let fill, _) = change { return fill }
    return nil
  }

  /// True when nothing more will happen to the order.
  public var isFinal: Bool {
    switch change {
    case .accepted: false
    case .filled(_, let leaves): leaves == 0
    case .cancelled, .expired, .rejected: true
    }
  }
}
