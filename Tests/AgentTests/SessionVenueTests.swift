import Foundation
import HydraCore
import Testing

/// Orders of days that were recorded from inside are worked there; all others are filled by the daily bars.
@Suite struct SessionVenueTests {
  static func input(minuteDays: Int, bookDays: Int) throws -> RunInput {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-sessions-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = SyntheticWorld.Settings(seed: 9, years: 3)
    (settings.minuteDays, settings.bookDays) = (minuteDays, bookDays)
    settings.effectScale = 3
    settings.faults = false
    try SyntheticWorld.generate(settings).write(to: folder.path, threads: 2)
    return try RunInput(
      folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: Timestamp("2020-01-01T00:00:00Z")!)
  }

  static let books = Result { try input(minuteDays: 0, bookDays: 60) }

  static func venue(_ instrument: Instrument, sessions: [MarketSession]) -> SessionVenue {
    SessionVenue(
      instrument: instrument, cost: CostModel(instrument), fees: FeeModel(instrument), settings: .init(),
      sessions: sessions)
  }

  static func approved(_ order: Order, _ instrument: Instrument, price: Double) throws -> ApprovedOrder {
    let state = MarketState(
      symbol: order.symbol, now: order.decided, contract: order.contract, date: order.decided.date,
      priceKnown: order.decided, price: price, averageDailyVolume: 100_000, dailyVolatility: 5,
      pointValue: instrument.pointValue)
    let limits = RiskLimits(maximumPosition: 1000, maximumDeliveryMonthPosition: nil)
    let portfolio = Portfolio(cash: 1e7, instruments: [instrument])
    guard case .approved(let approved) = limits.review(order, portfolio: portfolio, market: state) else {
      throw Refused()
    }
    return approved
  }

  struct Refused: Error {}

  /// Sends an order after each bar, alternately to buy and to sell, and hands over every update by bar.
  static func play<V: Venue>(
    _ venue: inout V, _ history: MarketHistory, lots: Int, each: (inout V, HeldBar, [OrderUpdate]) throws -> Void
  ) throws {
    let instrument = history.instrument
    var (id, updates) = (1, [OrderUpdate]())
    for event in MarketHistory.events(primary: history) {
      updates += venue.handle(event)
      guard case .bar(let bar) = event else { continue }
      try each(&venue, bar, updates)
      let order = Order(
        id: id, symbol: bar.symbol, contract: bar.contract, side: id % 2 == 0 ? .buy : .sell, lots: lots,
        decided: bar.times.available, referencePrice: bar.close)
      id += 1
      updates = venue.submit(try approved(order, instrument, price: bar.close))
    }
  }

  @Test func withoutSessionsItIsTheBarVenue() throws {
    let history = try Self.books.get().market
    var (ours, plain): ([OrderUpdate], [OrderUpdate]) = ([], [])
    var venue = Self.venue(history.instrument, sessions: [])
    try Self.play(&venue, history, lots: 4) { _, _, updates in ours += updates }
    var bars = BarVenue(instrument: history.instrument)
    try Self.play(&bars, history, lots: 4) { _, _, updates in plain += updates }
    #expect(ours == plain && ours.count > 1000)
    #expect(venue.takeOutcomes().count > 700)
  }

  @Test func daysWithoutASessionAreUntouched() throws {
    let history = try Self.books.get().market
    let recorded = Set(history.sessions.map(\.date))
    #expect(recorded.count == 60)
    var (ours, plain): ([CivilDate: [OrderUpdate]], [CivilDate: [OrderUpdate]]) = ([:], [:])
    var venue = Self.venue(history.instrument, sessions: history.sessions)
    try Self.play(&venue, history, lots: 2) { _, bar, updates in ours[bar.date] = updates }
    var bars = BarVenue(instrument: history.instrument)
    try Self.play(&bars, history, lots: 2) { _, bar, updates in plain[bar.date] = updates }
    #expect(ours.keys == plain.keys)
    // The same is filled at the same market; what differs is what earlier orders have left of their push.
    func bare(_ update: OrderUpdate) -> OrderUpdate {
      guard case .filled(var fill, let leaves) = update.change else { return update }
      (fill.price, fill.halfSpread, fill.impact) = (fill.marketPrice, 0, 0)
      return OrderUpdate(order: update.order, time: update.time, change: .filled(fill, leaves: leaves))
    }
    var first: CivilDate?
    for (date, updates) in plain.sorted(by: { $0.key < $1.key }) {
      if recorded.contains(date) { first = first ?? date }
      guard !recorded.contains(date) else { continue }
      let own = ours[date] ?? []
      #expect(own.map(bare) == updates.map(bare) && (first != nil || own == updates), "\(date)")
      for (own, plain) in zip(own.compactMap(\.fill), updates.compactMap(\.fill)) {
        #expect(abs(own.price - plain.price) <= 2 * history.instrument.tickSize, "\(date)")
      }
    }
    #expect(plain.contains { recorded.contains($0.key) && ours[$0.key] != $0.value })
  }

  /// Fills inside of a book: lots, times, prices, evidence, shortfall.
  @Test func ordersAreWorkedInTheBook() throws {
    let history = try Self.books.get().market
    let instrument = history.instrument
    let sessions = Dictionary(uniqueKeysWithValues: history.sessions.map { ($0.date, $0) })
    var venue = Self.venue(instrument, sessions: history.sessions)
    var (worked, makers, takers, exactQueues) = (0, 0, 0, 0)
    try Self.play(&venue, history, lots: 3) { venue, bar, updates in
      for outcome in venue.takeOutcomes() {
        guard let work = outcome.work else { continue }
        worked += 1
        let session = try #require(sessions[bar.date])
        let span = try #require(session.span)
        let order = outcome.order
        let own = updates.filter { $0.order == order.id }
        let fills = own.compactMap(\.fill)
        #expect(fills == work.fills && outcome.filled == fills.reduce(0) { $0 + $1.lots })
        #expect(outcome.filled <= order.lots)
        if outcome.filled < order.lots {
          #expect(own.last?.change == .expired(leaves: order.lots - outcome.filled), "\(bar.date)")
        }
        for (fill, execution) in zip(fills, work.executions) {
          #expect(fill.evidence == .orders && fill.date == bar.date && fill.contract == session.contract)
          #expect(fill.time.nanoseconds > order.decided.nanoseconds && span.contains(fill.time.nanoseconds))
          let whole = fill.marketPrice + Double(fill.side.sign) * (fill.halfSpread + fill.impact)
          #expect(abs(whole - fill.price) < 1e-9)
          #expect(execution.isMaker ? fill.impact == 0 : fill.impact >= -1e-12, "\(bar.date)")
          if execution.isMaker { makers += 1 } else { takers += 1 }
        }
        let sign = Double(order.side.sign)
        let paid = fills.reduce(0) { $0 + sign * ($1.price - order.referencePrice) * Double($1.lots) }
        let missed = sign * (bar.close - order.referencePrice) * Double(order.lots - outcome.filled)
        let expected =
          (paid + missed) * instrument.pointValue + instrument.commission * Double(outcome.filled)
        #expect(abs(outcome.shortfall.total - expected) < 1e-6, "\(bar.date)")

        // The picture follows the queue by itself: it has to agree with the engine.
        let picture = try #require(SessionPicture(work))
        #expect(picture.columns.count == 96 && picture.columns.allSatisfy { $0.utf8.count == picture.rows })
        let second = work.requests.dropFirst().first?.time ?? .max
        if let first = work.executions.first, first.time < second, let ahead = first.aheadAtEntry {
          #expect(Double(picture.queue[0].ahead) == ahead, "\(bar.date)")
          exactQueues += 1
        }
        let copy = try #require(SessionPicture(json: JSONValue(parsing: Array(picture.json.text.utf8))))
        #expect(copy.columns == picture.columns && copy.queue.map(\.ahead) == picture.queue.map(\.ahead))
      }
    }
    #expect(worked >= 50 && makers > 0 && takers > 0 && exactQueues > 0, "\(worked) \(makers) \(takers) \(exactQueues)")
  }

  @Test func minuteBarsPayTheCostFunctionAndKeepToParticipation() throws {
    let input = try Self.input(minuteDays: 80, bookDays: 0)
    let (history, instrument) = (input.market, input.market.instrument)
    var venue = Self.venue(instrument, sessions: history.sessions)
    var (worked, takers) = (0, 0)
    try Self.play(&venue, history, lots: 8) { venue, bar, _ in
      for outcome in venue.takeOutcomes() {
        guard let work = outcome.work, case .bars(let bars) = work.session.contents else { continue }
        worked += 1
        let volume = bars.reduce(0) { $0 + $1.lots }
        #expect(outcome.filled <= min(8, Int(volume / 10)), "\(bar.date)")
        for (fill, execution) in zip(work.fills, work.executions) where !execution.isMaker {
          takers += 1
          #expect(fill.evidence == .bar && fill.impact > 0)
          let ticks = fill.price / instrument.tickSize
          #expect(ticks == ticks.rounded() && fill.halfSpread >= instrument.halfSpread - 1e-9, "\(bar.date)")
          #expect(fill.halfSpread < instrument.halfSpread + instrument.tickSize)
        }
      }
    }
    #expect(worked > 40 && takers > 0, "\(worked) \(takers)")
  }

  /// All orders of a day work against one book: what one takes is gone for the next.
  @Test func ordersOfOneDayShareTheBook() throws {
    let history = try Self.books.get().market
    var (days, moved) = (0, 0)
    for session in history.sessions.suffix(12) {
      guard let bar = history.bars.first(where: { $0.date == session.date && $0.contract == session.contract }),
        let start = session.span?.lowerBound
      else { continue }
      let tracker = history.bars.last { $0.date < bar.date }
      guard let before = tracker, before.times.available.nanoseconds < start else { continue }
      func outcomes(_ lots: [Int]) throws -> [OrderOutcome] {
        var venue = Self.venue(history.instrument, sessions: [session])
        for event in MarketHistory.events(primary: history) where event.date < bar.date { _ = venue.handle(event) }
        for (index, lots) in lots.enumerated() {
          let order = Order(
            id: index + 1, symbol: bar.symbol, contract: bar.contract, side: .buy, lots: lots,
            decided: before.times.available, referencePrice: before.close)
          _ = venue.submit(try Self.approved(order, history.instrument, price: before.close))
        }
        #expect(venue.workingLots(.buy) == lots.reduce(0, +))
        let updates = venue.handle(.bar(bar))
        #expect(venue.workingLots(.buy) == 0 && updates.compactMap(\.fill).allSatisfy { $0.evidence == .orders })
        return venue.takeOutcomes()
      }
      let (alone, both) = (try outcomes([5]), try outcomes([5, 5]))
      #expect(alone.count == 1 && both.map(\.order.id) == [1, 2] && both.allSatisfy { $0.work != nil })
      days += 1
      // The second in line comes no earlier than the same order alone, and the two do not get the same lots twice.
      func last(_ outcome: OrderOutcome) -> Int64 { outcome.work?.executions.last?.time ?? .max }
      #expect(last(both[1]) >= last(alone[0]) && both[1].filled <= alone[0].filled, "\(bar.date)")
      if both[1].work?.executions.map(\.time) != alone[0].work?.executions.map(\.time) { moved += 1 }
    }
    #expect(days >= 8 && moved > 0, "\(days) \(moved)")
  }

  /// A session that began before the decision says nothing about the order.
  @Test func sessionsThatBeganBeforeTheDecisionAreLeftAlone() throws {
    let history = try Self.books.get().market
    let session = try #require(history.sessions.last)
    let bar = try #require(history.bars.first { $0.date == session.date })
    var venue = Self.venue(history.instrument, sessions: history.sessions)
    for event in MarketHistory.events(primary: history) where event.date < bar.date { _ = venue.handle(event) }
    let start = try #require(session.span).lowerBound
    let order = Order(
      id: 1, symbol: bar.symbol, contract: bar.contract, side: .buy, lots: 1,
      decided: Timestamp(nanoseconds: start), referencePrice: bar.close)
    _ = venue.submit(try Self.approved(order, history.instrument, price: bar.close))
    let fills = venue.handle(.bar(bar)).compactMap(\.fill)
    #expect(fills.map(\.evidence) == [.bar] && venue.takeOutcomes().allSatisfy { $0.work == nil })
  }

  /// The same journal to the last byte, whether the run was stopped or not; orders of recorded days are in it.
  @Test func aStoppedRunWithSessionsContinuesToTheSameEnd() async throws {
    let input = try Self.books.get()
    var settings = SmallWorld.settings
    (settings.costMargin, settings.ordinaryForecast, settings.noTradeBand) = (0, 0.02, 0)
    let store = try Store(path: ":memory:")
    let whole = try await SmallWorld.run(input, store: store, settings: settings)
    let model = try ReportModel(of: try #require(try store.runs.latest()), in: store)
    let worked = model.executions.filter { $0.payload["session"] != nil }
    #expect(!worked.isEmpty && model.executions.count > worked.count)
    #expect(worked.allSatisfy { $0.payload["evidence"]?.string != "bar" })

    let second = try Store(path: ":memory:")
    await #expect(throws: Agent.RunError.self) {
      _ = try await SmallWorld.run(input, store: second, settings: settings) { $0.done < $0.total - 25 }
    }
    let continued = try await SmallWorld.run(input, store: second, settings: settings)
    #expect(continued.summary.journalHash == whole.summary.journalHash)
  }
}
