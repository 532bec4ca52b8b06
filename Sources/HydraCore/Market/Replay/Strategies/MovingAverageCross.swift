/// Holds one lot while the fast moving average of closes is above the slow one, nothing otherwise.
///
/// Sums are whole ticks, so that no rounding decides a cross. When the contract changes, the closes seen move by the gap
/// between the two, so that a roll is no cross, and what is held is made to be what is wanted.
public struct MovingAverageCross: ReplayStrategy, Sendable {
  /// Bars of the two averages, 0 < fast < slow.
  public let fast: Int
  public let slow: Int
  /// Lots held.
  public let lots: Int
  private var closes: [Int]
  private var place = 0
  private var count = 0
  private var fastSum = 0
  private var slowSum = 0
  private var wanted = 0

  public init(fast: Int = 20, slow: Int = 50, lots: Int = 1) {
    precondition(fast > 0 && slow > fast && lots > 0, "averages of \(fast) and \(slow) bars, \(lots) lots")
    (self.fast, self.slow, self.lots) = (fast, slow, lots)
    closes = [Int](repeating: 0, count: slow)
  }

  /// Looks at each closed bar.
  public mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    if case .rolled(_, _, let gap) = signal { return roll(by: gap, &desk) }
    guard case .bar(let bar) = signal else { return }
    let close = Int(bar.close)
    // Slots not yet filled hold zero, which leaves the sums right.
    slowSum += close - closes[place]
    fastSum += close - closes[place >= fast ? place - fast : place - fast + slow]
    closes[place] = close
    place = place + 1 == slow ? 0 : place + 1
    count += 1
    guard count >= slow else { return }
    let target = fastSum * slow > slowSum * fast ? lots : 0
    guard target != wanted else { return }
    wanted = target
    _ = desk.submit(OrderTicket(target > 0 ? .buy : .sell, lots: lots, kind: .market))
  }

  private mutating func roll(by gap: Int, _ desk: inout ReplayDesk) {
    // Slots not yet filled stay at zero.
    for age in 1...slow where age <= count {
      closes[(place + slow - age) % slow] += gap
      slowSum += gap
      if age <= fast { fastSum += gap }
    }
    let missing = wanted - desk.position
    if missing != 0 { _ = desk.submit(OrderTicket(missing > 0 ? .buy : .sell, lots: abs(missing), kind: .market)) }
  }
}
