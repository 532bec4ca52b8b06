import HydraMarket
import HydraNumerics

/// An order worked inside of a recorded session through the replay engine.
///
/// The day's session begins at 08:30 in Chicago; from then on the executor waits in the queue and crosses when waiting
/// has become dearer or its time is over: `PatientExecutor` in a book of single orders, ``MinuteExecutor`` on minute bars,
/// which are no book. What it sees and does is late by a latency of 50 ms each way. All orders of a day work in one run, so
/// that each recorded lot is taken once; at one moment the one that was decided first goes first.
///
/// What fills cost: in a book, what it showed (half of the spread at arrival, and what was paid beyond it as impact; a
/// passive fill earns its half). On minute bars a market order pays the cost model's spread and impact in whole ticks, and
/// at most `participation` of the session's lots are ours, as on daily bars.
public struct SessionWork: Sendable {
  public let order: Order
  public let session: MarketSession
  public private(set) var fills: [Fill] = []
  /// The middle of the market when the executor began, in price units; nil when there was none.
  public private(set) var arrival: Double?
  /// What the executor asked for, in order.
  public private(set) var requests: [WorkedRequest] = []
  /// Fills as the engine reports them, in ticks.
  public private(set) var executions: [Execution] = []
  public let tick: Double

  /// Nanoseconds that the executor waits for a passive fill.
  static let patience: Int64 = 5_400_000_000_000
  /// Nanoseconds each way.
  static let latency: Int64 = 50_000_000

  /// Works orders that were decided before the session began, in the order of their decisions.
  ///
  /// - Parameters:
  ///   - state: what was known of volume and volatility.
  ///   - lastClose: the contract's close before the session, from which its price limits count.
  static func all(
    _ orders: [Order], in session: MarketSession, venue: BarVenue, state: MarketState?, lastClose: Double?
  ) -> [SessionWork] {
    let tick = venue.instrument.tickSize
    guard let scale = TickScale(tick: tick) else { return [] }
    let begin = begin(of: session)
    let logs = orders.map { _ in WorkLog() }
    let note: (Int, Int) -> Void = { logs[$0].orders.insert($1) }
    var settings = ReplayRunSettings()
    (settings.tick, settings.pointValue) = (tick, venue.instrument.pointValue)
    let report: ReplayReport
    switch session.contents {
    case .orders(let events):
      settings.latency = ReplayLatency(eachWay: latency)
      settings.latency.feed = latency
      let workers = zip(orders, logs).map { order, log in
        var executor = PatientExecutor(order.side, lots: order.lots)
        executor.patience = patience
        return LoggedExecutor(executor, begin: begin, end: end(of: session), log: log)
      }
      report = ReplayRun.run(events, .orders, strategy: StrategyCrew(workers, note: note), settings: settings)
    case .bars(let bars):
      let volume = bars.reduce(0) { $0 + Double($1.lots) }
      var room = Int((venue.settings.participation * volume).rounded(.down))
      let half = venue.cost.expected(lots: 0, averageDailyVolume: 1, dailyVolatility: 0).halfSpread / tick
      settings.participation = venue.settings.participation
      settings.cost = ReplayCost(
        venue.cost, tick: tick, averageDailyVolume: state?.averageDailyVolume, dailyVolatility: state?.dailyVolatility)
      let workers = zip(orders, logs).map { order, log in
        let limit = venue.instrument.dailyLimit.flatMap { limit in
          lastClose.map { Int((($0 + Double(order.side.sign) * limit) / tick).rounded()) }
        }
        let lots = min(order.lots, room)
        room -= lots
        return MinuteExecutor(
          order.side, lots: lots, half: Int(half.rounded(.up)), limit: limit, begin: begin, patience: patience,
          log: log)
      }
      report = ReplayRun.run(bars, strategy: StrategyCrew(workers, note: note), settings: settings)
    }
    return zip(orders, logs).map { order, log in
      SessionWork(
        order, in: session, log: log, executions: report.fills.filter { log.orders.contains($0.order) }, scale: scale,
        fees: venue.fees)
    }
  }

  private init(
    _ order: Order, in session: MarketSession, log: WorkLog, executions: [Execution], scale: TickScale, fees: FeeModel
  ) {
    (self.order, self.session, tick) = (order, session, scale.tick)
    (requests, self.executions) = (log.requests, executions)
    arrival = log.arrival.map { $0 * scale.tick }
    fills = executions.map { Fill($0, of: order, scale: scale, fees: fees, date: session.date) }
  }

  /// What the venue tells of it: each fill, and the end of what is left.
  func updates(known: Timestamp, date: CivilDate) -> [OrderUpdate] {
    var leaves = order.lots
    var updates: [OrderUpdate] = fills.map { fill in
      leaves -= fill.lots
      return OrderUpdate(order: order.id, time: known, change: .filled(fill, leaves: leaves))
    }
    if leaves > 0 { updates.append(OrderUpdate(order: order.id, time: known, change: .expired(leaves: leaves))) }
    return updates
  }

  /// When the executor begins: at the day session, five minutes after its open.
  static func begin(of session: MarketSession) -> Int64 {
    ExchangeZone.chicago.timestamp(session.date, hour: 8, minute: 35).nanoseconds
  }

  /// When it must be done: five minutes before the settlement.
  static func end(of session: MarketSession) -> Int64 {
    ExchangeZone.chicago.timestamp(session.date, hour: 13, minute: 9).nanoseconds
  }
}
