import HydraNumerics

/// What holds an account back in a replay: capital and margins, position limits, delivery.
public struct ReplayRisk: Hashable, Codable, Sendable {
  /// What happens when the margin is no longer covered at a settlement.
  public enum MarginCall: String, Codable, Sendable, CaseIterable {
    /// As many lots as needed are closed at the market.
    case close
    /// Orders that make the position larger are refused until it is covered again.
    case block
  }

  /// Currency at the start; nil does not look at margins.
  public var capital: Double?
  /// In time order, by effective date.
  public var margins: [MarginRate] = []
  public var marginCall = MarginCall.close
  public var limits = PositionLimits()
  /// Whether a long position is closed at first notice and not opened again; delivery is not for us.
  public var avoidsDelivery = true

  public init() {}

  /// Why an order is refused before it reaches the venue; nil when it is not.
  ///
  /// - Parameters:
  ///   - position: lots held, with those that work on the order's side.
  ///   - equity: currency.
  func refusal(
    _ side: Side, lots: Int, position: Int, equity: Double, date: CivilDate, isSpotMonth: Bool, isBlocked: Bool
  ) -> OrderReason? {
    if lots > limits.room(side, position: position, isSpotMonth: isSpotMonth) { return .positionLimit }
    if isSpotMonth, avoidsDelivery, side == .buy, position + lots > 0 { return .positionLimit }
    let after = position + side.sign * lots
    guard capital != nil, abs(after) > abs(position) else { return nil }
    if isBlocked { return .margin }
    guard let rate = margins.rate(on: date) else { return nil }
    return equity < rate.initial * Double(abs(after)) ? .margin : nil
  }

  /// Lots to close so that the maintenance margin is covered; 0 without a call.
  func lotsToClose(position: Int, equity: Double, date: CivilDate) -> Int {
    guard capital != nil, position != 0, let rate = margins.rate(on: date), rate.maintenance > 0 else { return 0 }
    let missing = rate.maintenance * Double(abs(position)) - equity
    guard missing > 0 else { return 0 }
    return min(abs(position), Int((missing / rate.maintenance).rounded(.up)))
  }

  /// Whether maintenance margin is missing.
  func isShort(position: Int, equity: Double, date: CivilDate) -> Bool {
    guard capital != nil, let rate = margins.rate(on: date) else { return false }
    return equity < rate.maintenance * Double(abs(position))
  }
}
