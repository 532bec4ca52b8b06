import HydraMarket
import HydraNumerics
import HydraStore

/// A run whose orders go to a broker, on a feed that comes at its own speed.
///
/// ```
/// moment of the feed   ->  wait for it  ->  jobs that are due  ->  operator's requests
///                      ->  the agent decides  ->  journal (on the disk)  ->  broker
/// ```
/// An order is in the journal before it is at the broker. After a stop the run is executed again up to the journal's
/// end, sending nothing; then the orders of the last moment that the broker does not know are sent, see
/// ``Reconciliation``. At each moment account and broker are compared; when they differ, an entry of the operator's
/// journal asks for smaller positions only, until a person resumes.
///
/// Whatever fails (data that cannot be read, a changed past, the broker, the store) asks for safe mode there too, and the
/// run takes it at its next bar. A feed that is followed is looked at again until it can be read; everything else ends
/// the run, and the same call continues it.
public actor LiveSession {
  /// A line of the log: severity, what happened, and its details.
  public typealias Log = @Sendable (_ isWarning: Bool, _ message: String, _ details: [(String, String)]) -> Void

  /// The feed as it stands now; nil when it has not changed.
  public typealias Refresh = @Sendable () throws -> RunInput?

  /// How the feed is followed.
  public struct Settings: Hashable, Sendable {
    /// Seconds of the market in a second of the clock; nil does not wait.
    public var speed: Double?
    /// When it is looked whether the day's bar has come.
    public var heartbeat = JobSchedule(
      .cron(try! CronRule("0 20 * * *")), zone: .exchange(.chicago), calendar: .tradingDays)
    /// When the journal's chain is verified.
    public var verification = JobSchedule(.cron(try! CronRule("0 6 1 JAN,APR,JUL,OCT *")), zone: .exchange(.chicago))
    /// Seconds of the clock between two looks for more, where a feed is followed beyond its end.
    public var refreshSeconds = 5.0

    public init() {}
  }

  let settings: Settings
  private let broker: any Broker
  let store: Store
  let note: Log
  public nonisolated let figures: LiveFigures
  let sleep: @Sendable (Double) async throws -> Void
  let refresh: Refresh?
  /// The newest failure, which is asked for once only, and whether the wish to stop was heard.
  var failure: String?
  var isStopping = false
  private var scheduler: Scheduler
  var run: Run?
  var isLive = false
  /// The moment before, and its events as long as the broker has not seen them.
  var previous: (time: Timestamp, events: [MarketEvent]?)?
  private var unsent: [BrokerOrder] = []
  private var newestBar: CivilDate?
  private var gaps: Set<CivilDate> = []
  private var differences: String?

  /// `sleep` waits so many seconds; it throws when the run is to stop. With `refresh` the run does not end with its
  /// data, but asks for more until then, see ``FolderWatch/next()``.
  public init(
    broker: any Broker, store: Store, settings: Settings = Settings(), figures: LiveFigures = LiveFigures(),
    log: @escaping Log = { _, _, _ in }, refresh: Refresh? = nil,
    sleep: @escaping @Sendable (Double) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }
  ) {
    (self.broker, self.store, self.settings, self.note, self.figures) = (broker, store, settings, log, figures)
    (self.sleep, self.refresh) = (sleep, refresh)
    scheduler = Scheduler(seed: 1)
  }

  func begin(_ run: Run, market: String, at time: Timestamp) {
    self.run = run
    scheduler.add("heartbeat", settings.heartbeat, from: time)
    scheduler.add("verify_journal", settings.verification, from: time)
    figures.update { $0.market = market }
  }

  /// Comes before a moment is decided on: finishes the one before, waits, and answers with gaps of the feed.
  ///
  /// `trades` is false for history before the run, which nobody waits for.
  func open(_ time: Timestamp, isChecking: Bool, trades: Bool) async throws -> [JSONValue] {
    if !isChecking, !isLive { try goLive() }
    try finishPrevious()
    if isLive, trades, let speed = settings.speed, let previous {
      let seconds = time.seconds(since: previous.time) / speed
      if seconds > 0 { try await wait(seconds) }
    }
    return try duties(before: time)
  }

  /// An operator's halt takes back what is working, before the moment's events can fill it.
  func cancelAll(at time: Timestamp) throws {
    try broker.cancelAll(at: time)
    note(true, "working orders cancelled", [("time", "\(time)")])
  }

  /// Comes after a moment is in the journal: sends its orders, or keeps them to be compared with the broker's.
  func close(_ time: Timestamp, _ events: [MarketEvent], _ orders: [BrokerOrder], wasChecking: Bool) throws {
    previous = (time, events)
    if case .bar(let bar)? = events.last(where: { if case .bar = $0 { true } else { false } }) {
      newestBar = bar.date
      gaps.remove(bar.date)
    }
    for order in orders {
      if wasChecking {
        if try broker.knows(order.clientID) {
          // Known orders only wait for the feed again.
          _ = try broker.submit(order)
          figures.update { $0.ordersKnown += 1 }
        } else {
          unsent.append(order)
        }
      } else {
        try send(order)
      }
    }
    // Before going live the broker waits: what it was never sent comes before what happened next.
    if isLive { try finishPrevious() }
  }

  /// Comes at the end of the feed.
  func end() throws {
    if !isLive { try goLive() }
    try finishPrevious()
  }

  /// The orders of a moment under their lasting ids.
  nonisolated func named(_ sent: [TradingBook.Sent], at time: Timestamp, of run: Run) -> [BrokerOrder] {
    sent.map {
      BrokerOrder(
        clientID: "\(run.key.prefix(16))-\($0.approved.order.id)", approved: $0.approved, moment: time,
        afterEvent: $0.afterEvent)
    }
  }

  /// Shows where the account stands.
  func show(_ state: AgentState, bar: HeldBar?, journal: Int) throws {
    let brokerLots = try broker.positions().values.reduce(0, +)
    figures.update { values in
      if let bar { (values.bars, values.newestBar) = (values.bars + 1, bar.times.available) }
      (values.positionLots, values.brokerLots) = (state.book.position, brokerLots)
      (values.equity, values.drawdown) = (state.book.equity, state.book.portfolio.drawdown)
      values.state = state.book.governor.state
      values.driftScore = state.monitor.streams.map { state.monitor.score(of: $0) }.max() ?? 0
      let record = state.record
      (values.alarms, values.experiments) = (record.alarms.count, record.experiments)
      (values.failedExperiments, values.promotions) = (record.failedExperiments, record.promotions)
      (values.rollbacks, values.fits, values.refusals) = (record.rollbacks, record.fits, record.refusals)
      values.journalEntries = journal
    }
    guard isLive, let bar else { return }
    note(
      false, "bar",
      [
        ("date", "\(bar.date)"), ("position", "\(state.book.position)"), ("equity", "\(state.book.equity)"),
        ("state", state.book.governor.state.rawValue),
      ])
  }

  /// Compares the account with the broker, once both have seen the same events.
  func compare(_ book: TradingBook) throws {
    guard isLive else { return }
    var account: [ContractMonth: Int] = [:]
    for position in book.portfolio.positions where position.lots != 0 {
      account[position.contract, default: 0] += position.lots
    }
    let found = Reconciliation.differences(account: account, broker: try broker.positions())
    let text = found.map { "\($0.contract): account \($0.account), broker \($0.broker)" }.joined(separator: "; ")
    defer { differences = text }
    // Said once, not at every bar.
    guard !found.isEmpty, text != differences else { return }
    try ask("account and broker differ: \(text)")
  }

  // MARK: - Parts

  func goLive() throws {
    isLive = true
    guard let previous else { return }
    let found = try Reconciliation(unsent, newest: previous.time) { try broker.knows($0) }
    unsent = []
    note(
      false, "reconciled",
      [("sent", "\(found.send.count)"), ("lost", "\(found.lost.count)"), ("at", "\(previous.time)")])
    for order in found.send { try send(order) }
    if !found.lost.isEmpty {
      try ask("orders of the journal that the broker never had: \(found.lost.map(\.clientID).joined(separator: ", "))")
    }
  }

  private func send(_ order: BrokerOrder) throws {
    let isNew = try broker.submit(order)
    figures.update { values in
      if isNew { values.ordersSent += 1 } else { values.ordersKnown += 1 }
    }
    note(
      false, isNew ? "order sent" : "order known to the broker",
      [("client_id", order.clientID), ("lots", "\(order.approved.order.signedLots)")])
  }

  func finishPrevious() throws {
    guard let (time, waiting) = previous, let events = waiting else { return }
    let fills = try broker.advance(events, at: time)
    previous = (time, nil)
    if !fills.isEmpty { figures.update { $0.fills += fills.count } }
  }

  /// Asks for smaller positions only, as an operator would.
  private func ask(_ reason: String) throws {
    note(true, "reconciliation", [("reason", reason)])
    guard let run else { return }
    let now = previous?.time ?? Timestamp(nanoseconds: 0)
    _ = try KillSwitch.ask(.reduce, run: run, reason: reason, at: now, in: store)
  }

  private func duties(before time: Timestamp) throws -> [JSONValue] {
    var notes: [JSONValue] = []
    // The feed's clock jumps from moment to moment: jobs run at their own times in between.
    while let next = scheduler.nextDue, next <= time {
      for job in scheduler.due(at: next) {
        defer { scheduler.finished(job.job) }
        figures.update { $0.jobs[job.job, default: 0] += 1 }
        switch job.job {
        case "heartbeat":
          let day = ExchangeZone.chicago.date(at: job.scheduled)
          guard let newestBar, newestBar < day, !gaps.contains(day) else { continue }
          gaps.insert(day)
          figures.update { $0.feedGaps += 1 }
          if isLive { note(true, "no bar of the day", [("day", "\(day)"), ("newest", "\(newestBar)")]) }
          notes.append(["day": .string("\(day)"), "newest": .string("\(newestBar)")])
        case "verify_journal":
          guard isLive, let run, case .broken(let sequence, let reason) = try store.journal.verify(run) else {
            continue
          }
          throw StoreError.damaged(run.shortKey, reason: "entry \(sequence): \(reason)")
        default: break
        }
      }
    }
    return notes
  }
}
