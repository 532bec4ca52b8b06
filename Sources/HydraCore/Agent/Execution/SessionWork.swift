import HydraMarket
import HydraNumerics

/// An order worked inside of a recorded session through the replay engine.
///
/// The day's session begins at 08:30 in Chicago; from then on the executor waits in the queue and crosses when waiting
/// has become dearer or its time is over: `PatientExecutor` in a book of single orders, ``MinuteExecutor`` on minute bars,
/// which are no book. What it sees and does is late by a latency of 50 ms each way.
///
/// What fills cost: in a book, what it showed (half of the spread at arrival, and what was paid beyond it as impact; a
/// passive fill earns its half). On minute bars a market order pays half of the cost model's spread and its impact, and at
/// most `participation` of the session's lots are ours, as on daily bars.
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

  init(
    _ order: Order, in session: MarketSession, venue: BarVenue, state: MarketState?, close: Double,
    lastClose: Double?
  ) {
    (self.order, self.session, tick) = (order, session, venue.instrument.tickSize)
    guard let scale = TickScale(tick: tick) else { return }
    let begin = Self.begin(of: session)
    let log = WorkLog()
    var settings = ReplayRunSettings()
    (settings.tick, settings.pointValue) = (tick, venue.instrument.pointValue)
    let report: ReplayReport
    switch session.contents {
    case .orders(let events):
      settings.latency = ReplayLatency(eachWay: Self.latency)
      settings.latency.feed = Self.latency
      var executor = PatientExecutor(order.side, lots: order.lots)
      executor.patience = Self.patience
      let worker = LoggedExecutor(executor, begin: begin, end: Self.end(of: session), log: log)
      report = ReplayRun.run(events, .orders, strategy: worker, settings: settings)
    case .bars(let bars):
      let volume = bars.reduce(0) { $0 + Double($1.lots) }
      let room = Int((venue.settings.participation * volume).rounded(.down))
      let half = venue.cost.expected(lots: 0, averageDailyVolume: 1, dailyVolatility: 0).halfSpread / tick
      settings.halfSpreadTicks = half
      settings.participation = venue.settings.participation
      let limit = venue.instrument.dailyLimit.flatMap { limit in
        lastClose.map { Int((($0 + Double(order.side.sign) * limit) / tick).rounded()) }
      }
      let executor = MinuteExecutor(
        order.side, lots: min(order.lots, room), half: Int(half.rounded(.up)), limit: limit, begin: begin,
        patience: Self.patience, log: log)
      report = ReplayRun.run(bars, strategy: executor, settings: settings)
    }
    requests = log.requests
    executions = report.fills
    arrival = log.arrival.map { $0 * tick }
    let impact = Self.impact(of: report.fills, venue: venue, state: state)
    for execution in report.fills { fills.append(fill(execution, scale, impact: impact, venue)) }
  }

  /// Impact of what was taken on bars, in price units per contract: a book shows its own.
  private static func impact(of fills: [Execution], venue: BarVenue, state: MarketState?) -> Double {
    let taken = fills.reduce(0) { $1.evidence == .bar && !$1.isMaker ? $0 + $1.lots : $0 }
    guard taken > 0, let volume = state?.averageDailyVolume, volume > 0, let deviation = state?.dailyVolatility else {
      return 0
    }
    return venue.cost.expected(lots: taken, averageDailyVolume: volume, dailyVolatility: deviation).impact
  }

  private func fill(_ execution: Execution, _ scale: TickScale, impact: Double, _ venue: BarVenue) -> Fill {
    let sign = Double(execution.side.sign)
    var price = scale.price(execution.price)
    var (middle, half, beyond) = (price, 0.0, 0.0)
    if let bid = execution.bidAtArrival, let ask = execution.askAtArrival {
      middle = (scale.price(bid) + scale.price(ask)) / 2
      let paid = sign * (price - middle)
      half = execution.isMaker ? paid : min(paid, (scale.price(ask) - scale.price(bid)) / 2)
      beyond = paid - half
    } else if execution.evidence == .bar, !execution.isMaker {
      half = Double(Int(venueHalf(venue).rounded(.up))) * tick
      middle = price - sign * half
      beyond = impact
      price += sign * impact
    }
    return Fill(
      order: order.id, symbol: order.symbol, contract: order.contract, side: order.side, lots: execution.lots,
      price: price, fee: venue.fees.fee(lots: execution.lots), time: Timestamp(nanoseconds: execution.time),
      date: session.date, evidence: execution.evidence, decisionPrice: order.referencePrice, marketPrice: middle,
      halfSpread: half, impact: beyond)
  }

  private func venueHalf(_ venue: BarVenue) -> Double {
    venue.cost.expected(lots: 0, averageDailyVolume: 1, dailyVolatility: 0).halfSpread / tick
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
