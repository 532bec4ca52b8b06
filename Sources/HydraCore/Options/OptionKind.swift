/// Which side of the strike an option pays on.
public enum OptionKind: String, Hashable, Codable, CaseIterable, Sendable {
  /// The right to buy: pays max(F - K, 0).
  case call
  /// The right to sell: pays max(K - F, 0).
  case put

  /// φ of the formulas: +1 for a call, -1 for a put.
  public var sign: Double { self == .call ? 1 : -1 }

  /// The kind with the other sign.
  public var opposite: OptionKind { self == .call ? .put : .call }

  /// What exercise at this forward is worth: max(φ (F - K), 0).
  public func payoff(forward: Double, strike: Double) -> Double { max(sign * (forward - strike), 0) }
}
