import HydraMarket
import HydraNumerics
import Testing

/// How sure an estimated place in the queue is, and where its parameter comes from.
@Suite struct ReplayQueueTests {
  static func settings(_ model: QueueModel = .power(2)) -> ReplayRunSettings {
    var settings = ReplayRunSettings()
    settings.latency = ReplayLatency(eachWay: 1_000_000)
    settings.queueModel = model
    return settings
  }

  static func bands(_ model: QueueModel, draws: Int, threads: Int, events: [ReplayEvent]) throws -> ReplayBands {
    try ReplayBands(draws: draws, settings: settings(model), strategy: { TwoSidedQuoter() }, threads: threads) {
      ReplayRun.run(events, .levels, strategy: $0, settings: $1)
    }
  }

  @Test func drawsGiveBandsThatDoNotDependOnThreads() throws {
    let events = ReplayRunTests.levels(40_000)
    let one = try Self.bands(.power(2), draws: 40, threads: 1, events: events)
    #expect(try Self.bands(.power(2), draws: 40, threads: 8, events: events) == one)
    #expect(one.lots.low <= one.lots.median && one.lots.median <= one.lots.high && one.lots.low < one.lots.high)
    #expect(one.orders.count > 50 && one.orders.contains { $0.fillProbability > 0.05 && $0.fillProbability < 0.95 })
    #expect(one.orders.allSatisfy { $0.low <= $0.fillProbability + 1e-12 && $0.fillProbability <= $0.high + 1e-12 })
    // Nobody's cancel is ahead of us: nothing to draw.
    let certain = try Self.bands(.riskAverse, draws: 5, threads: 2, events: events)
    #expect(certain.lots.low == certain.lots.high)
    #expect(certain.orders.allSatisfy { $0.fillProbability == 0 || $0.fillProbability == 1 })
  }

  /// One order in a queue of 10, 6 of 20 lots cancelled, then trades: the share of draws that fill it is the binomial one.
  @Test func theShareOfFilledDrawsIsThatOfTheModel() throws {
    struct Joiner: ReplayStrategy {
      mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
        if case .start = signal { desk.wake(at: 10) }
        if case .timer = signal { _ = desk.submit(OrderTicket(.buy, lots: 1, limit: 100)) }
      }
    }
    let events = [
      ReplayEvent(time: 0, kind: .depth, side: .buy, price: 100, lots: 10),
      ReplayEvent(time: 0, kind: .depth, side: .sell, price: 101, lots: 10),
      ReplayEvent(time: 20, kind: .depth, side: .buy, price: 100, lots: 20),
      ReplayEvent(time: 30, kind: .depth, side: .buy, price: 100, lots: 14),
      // Seven lots trade: we are filled when at most six are ahead, at least four of the six cancels having stood there.
      ReplayEvent(time: 40, kind: .trade, side: .sell, price: 100, lots: 7),
      ReplayEvent(time: 50, kind: .depth, side: .sell, price: 102, lots: 1),
    ]
    var settings = Self.settings(.power(1))
    settings.latency = ReplayLatency()
    let bands = try ReplayBands(draws: 4000, settings: settings, strategy: { Joiner() }, threads: 2) {
      ReplayRun.run(events, .levels, strategy: $0, settings: $1)
    }
    // With ten lots on each side each cancel stood ahead with probability 1/2: (15 + 6 + 1)/64.
    let order = try #require(bands.orders.first)
    #expect(abs(order.fillProbability - 22.0 / 64) < 0.025, "\(order.fillProbability)")
    #expect(order.draws == 4000)
  }

  @Test(arguments: [(QueueCalibration.Family.power, 2.5), (.power2, 0.7), (.power3, 1.8)])
  func theExponentIsFoundAgain(family: QueueCalibration.Family, exponent: Double) {
    var random = CounterRandom(seed: 11, stream: "cancels")
    let model = family.model(exponent)
    let cancels = (0..<20_000).map { _ -> QueueCalibration.Cancel in
      let (ahead, behind) = (Double(1 + random.below(30)), Double(1 + random.below(30)))
      let p = model.behindProbability(ahead: ahead, behind: behind)
      return QueueCalibration.Cancel(ahead: ahead, behind: behind, wasBehind: random.uniform() < p)
    }
    let fit = QueueCalibration(family, cancels: cancels)
    let distance = abs(Portable.log(fit.exponent / exponent))
    #expect(distance < 4 * fit.logDeviation && fit.logDeviation < 0.1, "\(fit)")
    #expect(fit.dataWeight > 0.99)
    // A handful of cancels moves the prior little.
    let few = QueueCalibration(family, cancels: Array(cancels.prefix(3)), priorDeviation: 0.2)
    #expect(abs(Portable.log(few.exponent)) < 0.3 && few.dataWeight < 0.5)
  }

  @Test func cancelsOfRecordedOrdersAreWitnessed() {
    let events = [
      ReplayEvent(time: 1, kind: .add, id: 1, side: .buy, price: 100, lots: 4),
      ReplayEvent(time: 2, kind: .add, id: 2, side: .buy, price: 100, lots: 3),
      ReplayEvent(time: 3, kind: .delete, id: 2, lots: 1),
      ReplayEvent(time: 4, kind: .execute, id: 1, lots: 1),
      ReplayEvent(time: 5, kind: .delete, id: 1),
      ReplayEvent(time: 6, kind: .delete, id: 2),
    ]
    let cancels = QueueCalibration.cancels(of: events)
    #expect(
      cancels == [
        QueueCalibration.Cancel(ahead: 0, behind: 3, wasBehind: true),
        QueueCalibration.Cancel(ahead: 3, behind: 0, wasBehind: false),
      ])
    #expect(QueueCalibration.cancels(of: ReplayRunTests.orders(20_000)).count > 2000)
  }

  @Test func liveFillsChooseBetweenExponents() {
    // Orders that were filled as often as the middle exponent says.
    let exponents = [0.5, 1, 2, 4]
    var random = CounterRandom(seed: 3, stream: "live")
    let base = (0..<600).map { _ in 0.2 + 0.6 * random.uniform() }
    let probabilities = exponents.map { n in base.map { Portable.pow($0, 2 / n) } }
    let wereFilled = base.map { random.uniform() < $0 }
    let fit = QueueCalibration(.power, exponents: exponents, probabilities: probabilities, wereFilled: wereFilled)
    #expect(abs(fit.exponent - 2) < 0.5, "\(fit.exponent)")
  }
}
