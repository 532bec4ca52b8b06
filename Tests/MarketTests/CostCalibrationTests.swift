import HydraMarket
import HydraNumerics
import Testing

@Suite struct CostCalibrationTests {
  static func fills(_ count: Int, spread: Double, impact: Double, seed: UInt64) -> [CostCalibration.Observation] {
    var random = CounterRandom(seed: seed, stream: "fills")
    return (0..<count).map { _ in
      let (half, push) = (0.5 + random.uniform(), 2 * random.uniform())
      return CostCalibration.Observation(
        halfSpread: half, impact: push, cost: spread * half + impact * push + 0.3 * random.normal())
    }
  }

  @Test func manyFillsFindTheCostAndFewLeaveItToTheCousins() throws {
    let corn = try CostCalibration(Self.fills(4000, spread: 1.1, impact: 0.6, seed: 1), noise: 0.3)
    let wheat = try CostCalibration(Self.fills(4000, spread: 1.3, impact: 0.8, seed: 2), noise: 0.3)
    #expect(abs(corn.regression.mean[0] - 1.1) < 0.05 && abs(corn.regression.mean[1] - 0.6) < 0.05)
    #expect(!corn.isPriorDominated)
    let prior = CostCalibration.Prior(cousins: [corn, wheat])
    #expect(abs(prior.mean[0] - 1.2) < 0.05 && prior.deviation[0] > 0.1 && prior.deviation[0] < 0.25)
    let oats = Self.fills(2000, spread: 2, impact: 1.5, seed: 3)
    let few = try CostCalibration(Array(oats.prefix(2)), prior: prior, noise: 0.3)
    let many = try CostCalibration(oats, prior: prior, noise: 0.3)
    #expect(few.isPriorDominated && few.regression.mean[0] < 1.8)
    #expect(!many.isPriorDominated && abs(many.regression.mean[0] - 2) < 0.06)
    #expect(abs(many.regression.mean[1] - 1.5) < 0.06)
  }

  @Test func predictiveIntervalsHoldWhatTheySay() throws {
    let fit = try CostCalibration(Self.fills(200, spread: 1.2, impact: 0.7, seed: 5), noise: 0.3)
    let next = Self.fills(4000, spread: 1.2, impact: 0.7, seed: 6)
    let inside = next.count { fit.interval(halfSpread: $0.halfSpread, impact: $0.impact).contains($0.cost) }
    #expect(abs(Double(inside) / 4000 - 0.9) < 0.02)
  }

  @Test func coefficientsAtAPercentileCostWhatThePercentileSays() throws {
    let fit = try CostCalibration(Self.fills(10, spread: 1.2, impact: 0.7, seed: 7), noise: 0.3)
    let row = [0.9, 1.1]
    let mean = row[0] * fit.regression.mean[0] + row[1] * fit.regression.mean[1]
    var variance = 0.0
    for i in 0..<2 { for j in 0..<2 { variance += row[i] * fit.regression.covariance[i][j] * row[j] } }
    for (p, z) in [(0.05, -1.6448536269514722), (0.5, 0), (0.95, 1.6448536269514722)] {
      let at = fit.coefficients(percentile: p, halfSpread: row[0], impact: row[1])
      #expect(abs(row[0] * at.spread + row[1] * at.impact - mean - z * variance.squareRoot()) < 1e-9)
    }
  }

  @Test func wildFillsDoNotDecideUnderStudentsT() throws {
    var fills = Self.fills(200, spread: 1.2, impact: 0.7, seed: 8)
    for index in stride(from: 0, to: 200, by: 20) { fills[index].cost += 30 }
    let normal = try CostCalibration(fills, prior: .standard, noise: 0.3)
    let robust = try CostCalibration(fills, prior: .standard, noise: 0.3, degreesOfFreedom: 4)
    #expect(abs(normal.regression.mean[0] - 1.2) > 0.4 && abs(robust.regression.mean[0] - 1.2) < 0.2)
  }

  @Test func partsOfTheDayAreShrunkToOne() {
    var random = CounterRandom(seed: 2, stream: "parts")
    let ratios = (0..<400).map { index -> (part: Int, ratio: Double) in
      let part = index < 395 ? index % 2 : 2
      return (part, [1.0, 1.6, 4][part] * Portable.exp(0.4 * random.normal()))
    }
    let learned = SessionMultipliers.learned(from: ratios, parts: 4, deviation: 0.4, priorDeviation: 0.3)
    #expect(abs(learned[0] - 1) < 0.08 && abs(learned[1] - 1.6) < 0.12)
    #expect(learned[2] > 1.3 && learned[2] < 3.5 && learned[3] == 1)
    let parts = SessionMultipliers(starts: [3600, 50_000], spread: [1, 2], impact: [1, 3])
    #expect(parts.part(at: 3_599_000_000_000) == 1 && parts.part(at: 3_600_000_000_000) == 0)
    #expect(parts.part(at: 86_400_000_000_000 + 50_000_000_000_000) == 1)
  }

  @Test func volumeAndVolatilityAreThoseOfDaysThatHaveEnded() {
    let day: Int64 = 86_400_000_000_000
    var trailing = TrailingLiquidity(days: 2)
    #expect(trailing.averageDailyVolume == nil)
    for (number, (price, lots)) in [(100, 10), (103, 20), (99, 60), (99, 500)].enumerated() {
      trailing.add(time: Int64(number) * day + 5, price: price - 7, lots: lots / 2)
      trailing.add(time: Int64(number) * day + 9, price: price, lots: lots / 2)
    }
    #expect(trailing.averageDailyVolume == 40)
    // Changes of 3 and −4.
    #expect(trailing.dailyVolatility == 12.5.squareRoot())
  }

  /// Bars under a posterior of costs: dearer at the higher percentile.
  @Test func aRunIsMadeAtPercentilesOfTheCost() throws {
    let bars = ReplaySelfTestTests.bars(3000)
    var settings = ReplayRunSettings()
    settings.tick = 0.05
    settings.costPosterior = CostPosterior(
      try CostCalibration(Self.fills(10, spread: 1.2, impact: 0.7, seed: 7), noise: 0.3), halfSpread: 0.9, impact: 0.5)
    let variants = ReplaySensitivity.variants(of: settings, .bars).filter { $0.name.hasPrefix("cost") }
    let run: @Sendable (any ReplayStrategy, ReplayRunSettings) -> ReplayReport = {
      ReplayRun.run(bars, strategy: $0, settings: $1)
    }
    let results = try ReplaySensitivity.run(variants, strategy: { MovingAverageCross() }, threads: 1, run: run)
    #expect(results.map(\.name) == ["cost p5", "cost p50", "cost p95"])
    #expect(results[0].netProfit > results[1].netProfit && results[1].netProfit > results[2].netProfit)
    #expect(try ReplaySensitivity.run(variants, strategy: { MovingAverageCross() }, threads: 8, run: run) == results)
    let sizes = try ReplaySensitivity.capacity(
      [1, 20, 100], settings: settings.atCost(percentile: 0.5, .bars), strategy: { MovingAverageCross(lots: $0) },
      threads: 2, run: run)
    // More lots pay more than their share of impact.
    #expect(sizes[1].lots == 20 * sizes[0].lots && sizes[1].netProfit < 20 * sizes[0].netProfit)
    #expect(sizes[2].netProfit < 5 * sizes[1].netProfit)
  }
}
