import HydraNumerics

/// A run over the bars of several contracts of one market that always holds one of them.
///
/// 1. The run begins in the nearest contract that the rule does not leave on its first trade date.
/// 2. When the rule says so, from figures of trade dates that have ended, the contract is left for the next one that has
///    traded: all orders end (none moves by itself), and what is held is given up and taken anew at the opens of two bars
///    of the same moment, at the cost of market orders with the liquidity of each contract.
/// 3. From the last trade date before first notice on there is no more waiting for such a moment: the old contract is
///    left at its next bar, the new one entered at its own. A contract that does not trade again is left at its last close.
/// 4. The strategy sees the bars of the held contract, and between them `rolled` with the gap between the contracts.
///
/// Money is exact across rolls: every lot of each contract has been bought and sold at the prices of its own bars.
struct RollingReplay {
  private struct Seen {
    var newest: ReplayBar
    var meter: CostMeter?
    /// Contracts traded on the trade date so far.
    var volume = 0.0
    var openInterest = 0.0
  }
  private var replay: BarReplay
  private let rule: RollRule
  private let hours = TradingHours.cbotGrains
  private var held: FuturesContract?
  /// What was given up and waits for a bar of the next contract.
  private var left: (leg: BarReplay.Leg, contract: FuturesContract)?
  private var seen: [FuturesContract: Seen] = [:]
  private var figures: [RollRule.Figures] = []
  private var date: CivilDate?
  /// When the trade date ends, in nanoseconds.
  private var dateEnd = Int64.min
  /// Bars of the newest moment, which the next piece of the file may go on with.
  private var moment: [ContractBar] = []

  init(settings: ReplayRunSettings, strategy: any ReplayStrategy) {
    replay = BarReplay(settings: settings, strategy: strategy)
    rule = settings.roll ?? .beforeFirstNotice(days: 5)
  }

  /// Plays bars in time order.
  mutating func play(_ bars: [ContractBar]) {
    for bar in bars {
      if let first = moment.first, bar.bar.time > first.bar.time { playMoment() }
      moment.append(bar)
    }
  }

  consuming func finish() -> ReplayReport {
    if !moment.isEmpty { playMoment() }
    return replay.finish()
  }

  // MARK: - One moment

  private mutating func playMoment() {
    let (bars, time) = (moment, moment[0].bar.time)
    moment.removeAll(keepingCapacity: true)
    if time >= dateEnd { startDate(at: time) }
    if held == nil, left == nil { start(bars) }
    var isPlayed = false
    if let old = held, let date, let due = dueDate(of: old), date >= due {
      isPlayed = roll(from: old, on: date, bars)
    }
    if isPlayed {
      // The bar of the new contract has been played with its roll; it is told when it has closed.
    } else if held == nil, let left,
      let next = bars.filter({ isNext($0.contract, after: left.contract) }).min(by: isNearer)
    {
      take(next, after: left.leg, from: left.contract)
      self.left = nil
    } else if let own = bars.first(where: { $0.contract == held }) {
      replay.begin(at: time)
      replay.trade(own.bar)
    }
    for bar in bars { note(bar) }
    replay.report.events += bars.count
    replay.report.end = time
  }

  private mutating func note(_ bar: ContractBar) {
    var state =
      seen[bar.contract] ?? Seen(newest: bar.bar, meter: replay.settings.marketCost(.bars).map { CostMeter($0) })
    state.newest = bar.bar
    state.volume += Double(bar.bar.lots)
    if let interest = bar.openInterest { state.openInterest = Double(interest) }
    state.meter?.trade(time: bar.bar.time, price: Int(bar.bar.close), lots: Int(clamping: bar.bar.lots))
    seen[bar.contract] = state
  }

  /// Ends a trade date: its figures are known from now on.
  private mutating func startDate(at time: Int64) {
    if let date, let held {
      let (old, new) = (seen[held], next(after: held).flatMap { seen[$0] })
      figures.append(
        RollRule.Figures(
          date: date, oldVolume: old?.volume ?? 0, newVolume: new?.volume ?? 0, oldOpenInterest: old?.openInterest ?? 0,
          newOpenInterest: new?.openInterest ?? 0))
    }
    for contract in seen.keys { seen[contract]?.volume = 0 }
    let today = hours.tradeDate(at: Timestamp(nanoseconds: time))
    date = today
    dateEnd = hours.settlement(of: today)?.nanoseconds ?? .max
  }

  private mutating func start(_ bars: [ContractBar]) {
    guard let date else { return }
    let possible = bars.filter { bar in
      latest(of: bar.contract) > date && (dueDate(of: bar.contract).map { $0 > date } ?? true)
    }
    guard let first = possible.min(by: isNearer) else { return }
    held = first.contract
    replay.contract = first.contract
  }

  // MARK: - Rolls

  private func isNearer(_ a: ContractBar, _ b: ContractBar) -> Bool { a.contract.month < b.contract.month }
  private func isNext(_ contract: FuturesContract, after old: FuturesContract) -> Bool { contract.month > old.month }

  /// The nearest later contract that has traded.
  private func next(after old: FuturesContract) -> FuturesContract? {
    seen.keys.filter { isNext($0, after: old) }.min { $0.month < $1.month }
  }

  /// The last trade date on which a contract may be held overnight by anyone who wants no delivery.
  private func latest(of contract: FuturesContract) -> CivilDate { hours.tradeDate(before: contract.firstNotice) }

  /// The first trade date on which a contract is not to be held; nil while the rule has not decided.
  private func dueDate(of contract: FuturesContract) -> CivilDate? {
    let last = latest(of: contract)
    if let date, date >= last { return last }
    return rule.date(from: contract, figures: figures, hours: hours).map { min($0, last) }
  }

  /// Leaves a contract where the moment allows it; whether the moment's bar of the next one has been played with it.
  private mutating func roll(from old: FuturesContract, on date: CivilDate, _ bars: [ContractBar]) -> Bool {
    let own = bars.first { $0.contract == old }
    let next = bars.filter { isNext($0.contract, after: old) }.min(by: isNearer)
    let isTogether = own != nil && next != nil
    // Nothing to trade in the old contract: the new one can be entered alone.
    let isFlat = replay.report.account.position == 0 && next != nil
    let isLate = date >= latest(of: old) && (own != nil || date > old.lastTrade)
    guard isTogether || isFlat || isLate, let bar = own?.bar ?? last(of: old, at: bars[0].bar.time) else {
      return false
    }
    let leg = replay.leave(at: bar)
    (held, figures) = (nil, [])
    guard let next else {
      left = (leg, old)
      return true
    }
    take(next, after: leg, from: old)
    return true
  }

  /// Enters a contract at its bar and plays that bar.
  private mutating func take(_ new: ContractBar, after leg: BarReplay.Leg, from old: FuturesContract) {
    replay.exchange.meter = seen[new.contract]?.meter ?? replay.settings.marketCost(.bars).map { CostMeter($0) }
    replay.enter(new.contract, after: leg, from: old, at: new.bar)
    held = new.contract
    replay.desk.now = new.bar.time
    replay.trade(new.bar)
  }

  /// A contract's last close, as a bar of a moment at which it does not trade.
  private func last(of contract: FuturesContract, at time: Int64) -> ReplayBar? {
    seen[contract].map { state in
      let close = state.newest.close
      return ReplayBar(time: time, open: close, high: close, low: close, close: close, lots: 0)
    }
  }
}
