import HydraNumerics

/// Measures generated worlds against the figures of real oats.
///
///     let rows = try SyntheticStudy.run(settings: .init(years: 10), seeds: 1...20, threads: 2)
///     rows.filter { $0.isMet == false }      // what falls short
public enum SyntheticStudy {
  /// One property over all worlds.
  public struct Row: Hashable, Codable, Sendable {
    public var target: SyntheticTarget
    /// Mean over worlds and its standard error.
    public var mean: Double
    public var standardError: Double
    public var isMet: Bool?
  }

  /// Measures every daily target on worlds that differ in their seed only.
  ///
  /// - Parameter progress: called with the worlds that are done; an error that it throws ends the study.
  /// - Throws: `CancellationError` when the task is cancelled, which is looked for between worlds.
  public static func run(
    settings: SyntheticWorld.Settings, seeds: ClosedRange<UInt64>, threads: Int,
    progress: ((WorkProgress) throws -> Void)? = nil
  ) throws -> [Row] {
    try run(settings: settings, oats: .oats, seeds: seeds, threads: threads, progress: progress)
  }

  package static func run(
    settings: SyntheticWorld.Settings, oats: MarketModel, seeds: ClosedRange<UInt64>, threads: Int,
    progress: ((WorkProgress) throws -> Void)? = nil
  ) throws -> [Row] {
    let results = IndexedResults<Figures>(count: seeds.count)
    // As many worlds at a time as there are threads; all of them at once could not be stopped.
    let wave = max(1, threads)
    for first in stride(from: 0, to: seeds.count, by: wave) {
      try Task.checkCancellation()
      let count = min(wave, seeds.count - first)
      parallelFor(count, threads: threads) { offset in
        var settings = settings
        settings.seed = seeds.lowerBound + UInt64(first + offset)
        // The same world without effects differs by what the effects have earned, and by nothing else.
        var bare = settings
        bare.effects = false
        results.set(
          first + offset,
          measure(SyntheticWorld.generate(settings, oats: oats), bare: SyntheticWorld.generate(bare, oats: oats)))
      }
      try progress?(WorkProgress(done: first + count, total: seeds.count))
    }
    let measured = results.values
    let coefficients = Moments.correlations(measured.map(\.moments))
    return SyntheticTarget.daily(effectScale: settings.effects ? settings.effectScale : 0).enumerated().map {
      place, target in
      let own = measured[0].values.count
      let values = place < own ? measured.map { $0.values[place] } : coefficients[place - own]
      let mean = StylizedFacts.mean(values)
      let error =
        values.count > 1 ? StylizedFacts.standardDeviation(values) / Double(values.count - 1).squareRoot() : .nan
      return Row(target: target, mean: mean, standardError: error, isMet: target.isMet(by: mean))
    }
  }

  /// What is measured on one world.
  private struct Figures: Sendable {
    /// In the order of ``SyntheticTarget/daily(effectScale:)``, as far as they go.
    var values: [Double]
    /// Of each feature with later returns; correlations are taken over all worlds together, see ``Moments``.
    var moments: [Moments]
  }

  private static func measure(_ world: SyntheticWorld, bare: SyntheticWorld) -> Figures {
    let oats = HeldSeries(world.markets[0])
    var values = returns(oats)
    values += [expiryRatio(world.markets[0], oats)]
    values += slopes(world.markets[0])
    values += volumes(world.markets[0])
    values += clustering(world.markets[0])
    values.append(100 * limitShare(world.markets[0]))
    for neighbour in world.markets[1...3] {
      values.append(StylizedFacts.correlation(oats.returns, HeldSeries(neighbour).returns))
    }
    let reports = world.commitments.reports.count { !$0.isRevision }
    let withheld = world.commitments.withheld.count
    values.append(100 * Double(withheld) / Double(reports + withheld))
    return Figures(values: values, moments: effectMoments(world, oats, bare: HeldSeries(bare.markets[0])))
  }

  /// Returns of the held contract from the second day on, free of rolls.
  struct HeldSeries {
    var dates: [CivilDate] = []
    var returns: [Double] = []

    init(_ market: SyntheticMarket) {
      let (schedule, curve) = (market.schedule, market.curve)
      for day in schedule.days.indices.dropFirst() {
        let index = schedule.held[day]
        guard let now = curve.settle(day: day, contract: index),
          let before = curve.settle(day: day - 1, contract: index)
        else { continue }
        dates.append(schedule.days[day])
        returns.append(Portable.log(Double(now) / Double(before)))
      }
    }
  }

  private static func returns(_ series: HeldSeries) -> [Double] {
    let r = series.returns
    let absolute = r.map(abs)
    let windows = StylizedFacts.rollingDeviation(r, window: 60).map { 100 * $0 * 252.0.squareRoot() }
    func deviation(month: Int) -> Double {
      StylizedFacts.standardDeviation(zip(series.dates, r).filter { $0.0.month == month }.map(\.1))
    }
    return [
      StylizedFacts.quantile(windows, 0.5), StylizedFacts.quantile(windows, 0.05),
      StylizedFacts.quantile(windows, 0.95), StylizedFacts.excessKurtosis(r), StylizedFacts.skewness(r),
      StylizedFacts.studentDegrees(r), StylizedFacts.autocorrelation(absolute, lag: 1),
      StylizedFacts.autocorrelation(absolute, lag: 5), StylizedFacts.autocorrelation(r, lag: 1),
      GARCHFit(r).persistence, deviation(month: 7) / deviation(month: 12),
    ]
  }

  private static func expiryRatio(_ market: SyntheticMarket, _ series: HeldSeries) -> Double {
    let schedule = market.schedule
    var (near, far): ([Double], [Double]) = ([], [])
    for (index, value) in series.returns.enumerated() {
      let days = schedule.expiries[schedule.held[index + 1]] - series.dates[index]
      if days <= 60 { near.append(value) } else if days > 90, days <= 120 { far.append(value) }
    }
    return StylizedFacts.standardDeviation(near) / StylizedFacts.standardDeviation(far)
  }

  private static func slopes(_ market: SyntheticMarket) -> [Double] {
    let slopes = market.schedule.days.indices.compactMap { market.curve.slope($0) }
    return [
      100 * StylizedFacts.quantile(slopes, 0.5), 100 * StylizedFacts.standardDeviation(slopes),
      100 * Double(slopes.count { $0 < 0 }) / Double(slopes.count),
    ]
  }

  private static func volumes(_ market: SyntheticMarket) -> [Double] {
    let schedule = market.schedule
    var (all, before, after): ([Double], [Double], [Double]) = ([], [], [])
    var jump: CivilDate?
    for (day, date) in schedule.days.enumerated() {
      let front = schedule.front[day]
      if day > 0, schedule.front[day - 1] != front { jump = date }
      let volume = Double(market.activity.volumes[schedule.slot(day: day, contract: front + 1)!])
      all.append(volume)
      let left = schedule.expiries[front] - date
      if left >= 14, left < 30 { before.append(volume) }
      if let jump, date - jump < 21 { after.append(volume) }
    }
    let count = Double(all.count)
    let logs = all.map { Portable.log1p($0) }
    return [
      StylizedFacts.quantile(all, 0.5), 100 * Double(all.count { $0 < 50 }) / count,
      100 * Double(all.count { $0 == 0 }) / count, StylizedFacts.standardDeviation(logs),
      StylizedFacts.autocorrelation(logs, lag: 1),
      StylizedFacts.quantile(before, 0.5) / StylizedFacts.quantile(after, 0.5),
    ]
  }

  /// Shares of the second-nearby's settlements on whole, half, quarter and three-quarter cents.
  private static func clustering(_ market: SyntheticMarket) -> [Double] {
    var counts = [0, 0, 0, 0]
    let schedule = market.schedule
    for day in schedule.days.indices {
      counts[Int(market.curve.settle(day: day, contract: schedule.front[day] + 1)!) % 4] += 1
    }
    return [0, 2, 1, 3].map { 100 * Double(counts[$0]) / Double(schedule.days.count) }
  }

  /// Days on which the held contract's settlement moved by the limit or more.
  private static func limitShare(_ market: SyntheticMarket) -> Double {
    guard let limit = market.model.limitTicks else { return 0 }
    let (schedule, curve) = (market.schedule, market.curve)
    let days = schedule.days.indices.dropFirst()
    let count = days.count { day in
      guard let before = curve.settle(day: day - 1, contract: schedule.held[day]) else { return false }
      return abs(curve.heldSettle(day) - before) >= Int32(limit)
    }
    return Double(count) / Double(days.count)
  }

  /// Features known at the end of a day against the return over its volatility of the twenty days that begin after the
  /// next one.
  private static func effectMoments(_ world: SyntheticWorld, _ series: HeldSeries, bare: HeldSeries) -> [Moments] {
    let truth = world.truth.days
    let horizon = PlantedEffects.horizon
    let relation = world.truth.shifts.first { $0.kind == .relation }
    var decoyRandom = CounterRandom(seed: world.settings.seed, stream: "decoy")
    let decoy = SyntheticFolder.decoyPath(days: truth.count, random: &decoyRandom)
    var (positions, carry, nothing) = (Moments(), Moments(), Moments())
    for day in 0..<max(0, truth.count - horizon - 2) {
      // series.returns[i] is of day i + 1; the label sums the returns of days day + 2 ... day + 1 + horizon.
      let scale = 1 / (truth[day].volatility * (Double(horizon) / 252).squareRoot())
      let label = series.returns[day + 1..<day + 1 + horizon].reduce(0, +) * scale
      let effect = label - bare.returns[day + 1..<day + 1 + horizon].reduce(0, +) * scale
      // The features of the next day's truth are those that were known at the end of this day.
      let sign = relation.map { truth[day + 1].date >= $0.date ? $0.size : 1 } ?? 1
      positions.add(feature: sign * truth[day + 1].positionsFeature, label: label, effect: effect)
      carry.add(feature: truth[day + 1].carryFeature, label: label, effect: effect)
      nothing.add(feature: decoy[day], label: label, effect: label)
    }
    return [positions, carry, nothing]
  }
}

/// Sums for the correlation of a feature with labels, over several worlds with common means.
///
/// The covariance is taken with the part of the label that the effects have made, which leaves out the noise of all other
/// returns; a world's own correlation of slow features with returns says little (standard error 0.08 over ten years) and
/// is biased where the feature moves with past returns (R. Stambaugh, J. Financial Economics 54 (1999) 375-421).
private struct Moments: Sendable {
  private var count = 0.0
  private var (x, y, z, xx, yy, xz) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

  mutating func add(feature: Double, label: Double, effect: Double) {
    count += 1
    x += feature
    y += label
    z += effect
    xx += feature * feature
    yy += label * label
    xz += feature * effect
  }

  /// For each feature one value per world; their mean is the correlation over all worlds.
  static func correlations(_ worlds: [[Moments]]) -> [[Double]] {
    (worlds.first ?? []).indices.map { feature in
      let all = worlds.map { $0[feature] }
      let count = all.reduce(0) { $0 + $1.count }
      let meanX = all.reduce(0) { $0 + $1.x } / count
      let meanY = all.reduce(0) { $0 + $1.y } / count
      let meanZ = all.reduce(0) { $0 + $1.z } / count
      let varianceX = all.reduce(0) { $0 + $1.xx } / count - meanX * meanX
      let varianceY = all.reduce(0) { $0 + $1.yy } / count - meanY * meanY
      return all.map { world in
        let covariance = world.xz - meanX * world.z - meanZ * world.x + world.count * meanX * meanZ
        return covariance * Double(all.count) / count / (varianceX * varianceY).squareRoot()
      }
    }
  }
}

/// A place for each worker's result.
private final class IndexedResults<Value: Sendable>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value?>

  init(count: Int) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: nil)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  /// Each index is written once, by one thread.
  func set(_ index: Int, _ value: Value) { storage[index] = value }

  var values: [Value] { storage.map { $0! } }
}
