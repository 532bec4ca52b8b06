import HydraMarket
import HydraNumerics
import Testing

/// Features of prices against plain reference versions.
@Suite struct FeaturesPriceTests {
  static let world = RandomWalkMarket.world(days: 400, seed: 21)
  static let table = FeaturesPipelineTests.table(world.primary, world.related)

  /// Roll-free changes and relative changes, taken from the history in one go.
  static func changes(_ history: MarketHistory) -> (absolute: [Double], relative: [Double]) {
    var (absolute, relative) = ([Double.nan], [Double.nan])
    for (last, bar) in zip(history.bars, history.bars.dropFirst()) {
      let roll = history.rolls.first { $0.date == last.date }
      let previous = last.contract == bar.contract ? last.close : roll!.toPrice
      absolute.append(bar.close - previous)
      relative.append((bar.close - previous) / previous)
    }
    return (absolute, relative)
  }

  /// Exponentially weighted deviation about zero, by its sum.
  static func deviation(_ changes: ArraySlice<Double>, span: Double = 36) -> Double {
    let decay = 1 - 2 / (span + 1)
    var (sum, weights, weight) = (0.0, 0.0, 1.0)
    for change in changes.reversed() where change.isFinite {
      sum += weight * change * change
      weights += weight
      weight *= decay
    }
    return (sum / weights).squareRoot()
  }

  static func expectNear(_ name: String, row: Int, _ expected: Double, tolerance: Double = 1e-9) {
    let value = table.column(name)![row]
    #expect(abs(value - expected) <= tolerance * max(1, abs(expected)), "\(name) at \(row): \(value), not \(expected)")
  }

  @Test(arguments: [120, 180, 299, 399]) func `returns and volatilities agree with their definition`(row: Int) {
    let (absolute, relative) = Self.changes(Self.world.primary)
    let sigma = Self.deviation(absolute[...row])
    for horizon in [1, 5, 20, 120] {
      let sum = absolute[(row - horizon + 1)...row].reduce(0, +)
      Self.expectNear("return_\(horizon)", row: row, sum / (sigma * Double(horizon).squareRoot()))
    }
    for window in [10, 60] {
      let squares = relative[(row - window + 1)...row].reduce(0) { $0 + $1 * $1 }
      Self.expectNear("volatility_\(window)", row: row, (252 * squares / Double(window)).squareRoot())
    }
    Self.expectNear(
      "volatility_ewm", row: row, sigma * 252.0.squareRoot() / Self.world.primary.bars[row].close)
    let ratio = Self.table.column("volatility_10")![row] / Self.table.column("volatility_60")![row]
    Self.expectNear("volatility_ratio_10_60", row: row, ratio)
  }

  @Test(arguments: [127, 255, 399]) func `crossovers agree with weighted sums of levels`(row: Int) {
    let absolute = Self.changes(Self.world.primary).absolute
    var levels = [0.0]
    for change in absolute.dropFirst() { levels.append(levels.last! + change) }
    func average(_ span: Int) -> Double {
      // From a start of zero: Σ a (1 − a)^k level.
      let a = 2 / Double(span + 1)
      var (sum, weight) = (0.0, a)
      for level in levels[...row].reversed() {
        sum += weight * level
        weight *= 1 - a
      }
      return sum
    }
    let sigma = Self.deviation(absolute[...row])
    Self.expectNear("trend_8_32", row: row, (average(8) - average(32)) / sigma)
    Self.expectNear("trend_32_128", row: row, (average(32) - average(128)) / sigma)
    let window = levels[(row - 59)...row]
    Self.expectNear(
      "range_position_60", row: row, (levels[row] - window.min()!) / (window.max()! - window.min()!))
    #expect(Self.table.column("trend_32_128")![126].isNaN)
  }

  @Test(arguments: [300, 399]) func `related returns, ratios and residuals agree with their definition`(row: Int) {
    let own = Self.changes(Self.world.primary)
    let corn = Self.world.related[0]
    let other = Self.changes(corn)
    let sigma = Self.deviation(other.absolute[...row])
    Self.expectNear(
      "ZC_return_5", row: row, other.absolute[(row - 4)...row].reduce(0, +) / (sigma * 5.0.squareRoot()))

    let logs = zip(Self.world.primary.bars, corn.bars).prefix(row + 1).map { Portable.log($0.close / $1.close) }
    let window = logs.suffix(250)
    let mean = window.reduce(0, +) / 250
    let deviation = (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 249).squareRoot()
    Self.expectNear("ZC_ratio_z", row: row, (logs.last! - mean) / deviation)

    let a = 2 / 121.0
    var (covariance, variance, ownVariance) = (0.0, 0.0, 0.0)
    var residuals: [Double] = []
    for index in 1...row {
      let (x, y) = (other.relative[index], own.relative[index])
      if index > 60 { residuals.append(y - covariance / variance * x) }
      covariance += a * (x * y - covariance)
      variance += a * (x * x - variance)
      ownVariance += a * (y * y - ownVariance)
    }
    let residualSigma = Self.deviation(residuals[...])
    Self.expectNear(
      "ZC_residual_20", row: row, residuals.suffix(20).reduce(0, +) / (residualSigma * 20.0.squareRoot()))
    Self.expectNear("ZC_correlation", row: row, covariance / (variance * ownVariance).squareRoot())
    let vix = Self.world.related[1]
    Self.expectNear("VIX_level", row: row, vix.bars[row].close)
    Self.expectNear("VIX_change_5", row: row, Self.changes(vix).absolute[(row - 4)...row].reduce(0, +))
  }

  @Test func `a related market that falls silent is missing after days, not repeated`() {
    let (primary, original) = RandomWalkMarket.world(days: 300, seed: 5)
    var related = original
    related[0].bars.removeLast(40)
    let column = FeaturesPipelineTests.table(primary, related).column("ZC_return_5")!
    // The newest bar may be five calendar days old: three to five bars later it is gone.
    #expect(column[259].isFinite && column[262].isFinite && column[266...].allSatisfy { $0.isNaN })
  }

  @Test func `without the new contract's price a roll leaves a gap and no jump`() {
    var (primary, _) = RandomWalkMarket.world(days: 200, seed: 5)
    primary.rolls.removeAll()
    let table = FeaturesPipelineTests.table(primary, [])
    let returns = table.column("return_5")!
    #expect(returns[119].isFinite && (120...124).allSatisfy { returns[$0].isNaN } && returns[125].isFinite)
    #expect(table.column("volatility_20")![125].isFinite)
  }

  @Test func `season runs once round a year and expiry comes nearer`() {
    let table = Self.table
    for row in 0..<table.count {
      let (sin, cos) = (table.column("season_sin")![row], table.column("season_cos")![row])
      if row % 50 == 0 { #expect(abs(sin * sin + cos * cos - 1) < 1e-14) }
    }
    let months = table.column("months_to_expiry")!
    #expect(abs(months[0] - 133 / 30.4375) < 1e-12)  // 2000-01-03 to 2000-05-15
    let days = table.column("days_since_roll")!
    #expect(days[59].isNaN && days[60] == 0 && days[119] == 59 && days[120] == 0)
  }
}
