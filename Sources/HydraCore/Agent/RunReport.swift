import HydraLearning
import HydraMarket
import HydraNumerics

/// What a run came to.
public struct RunReport: Sendable {
  public var summary: RunSummary
  /// What the arms did, counted.
  public var records: [Arm: ArmRecord]
  public var settings: AgentSettings
  /// Every row that was seen, with labels as far as they are known.
  public var history: FeatureHistory
  /// Forecasts of each arm, aligned with the rows of the history; NaN where there was none.
  public var forecasts: [Arm: [Double]]

  init(
    market: MarketHistory, from: CivilDate, to: CivilDate, settings: AgentSettings, states: [AgentState],
    history: FeatureHistory, journalHash: String, runKey: String
  ) {
    var returns: [Arm: [Double]] = [:]
    var summaries: [Arm: ArmSummary] = [:]
    for state in states {
      let daily = Self.dailyReturns(state.record.equity, capital: settings.capital)
      returns[state.arm] = daily
      summaries[state.arm] = ArmSummary(state, history, daily: daily, settings: settings)
    }
    let healing = returns[.selfHealing] ?? []
    let differences = [Arm.frozen, .periodic].compactMap { other -> RunSummary.Difference? in
      guard let theirs = returns[other],
        let interval = SharpeInterval.difference(of: healing, theirs, confidence: 0.9, seed: settings.seed)
      else { return nil }
      return .init(against: other, sharpe: interval.estimate, low: interval.lower, high: interval.upper)
    }
    summary = RunSummary(
      market: market.instrument.symbol, from: from, to: to, capital: settings.capital,
      volatilityTarget: settings.volatilityTarget, seed: settings.seed, arms: summaries, differences: differences,
      findings: market.findings.count, journalHash: journalHash, runKey: runKey)
    records = Dictionary(uniqueKeysWithValues: states.map { ($0.arm, $0.record) })
    self.settings = settings
    forecasts = Dictionary(uniqueKeysWithValues: states.map { ($0.arm, $0.forecasts) })
    self.history = history
  }

  /// Changes of the equity from bar to bar, as shares of the starting capital.
  static func dailyReturns(_ equity: [Double], capital: Double) -> [Double] {
    var previous = capital
    return equity.map { value in
      defer { previous = value }
      return (value - previous) / capital
    }
  }
}

extension ArmSummary {
  init(_ state: AgentState, _ history: FeatureHistory, daily: [Double], settings: AgentSettings) {
    let record = state.record
    let interval = SharpeInterval.ratio(of: daily, confidence: 0.9, seed: settings.seed)
    var (highest, drawdown) = (settings.capital, 0.0)
    for value in record.equity {
      highest = max(highest, value)
      drawdown = max(drawdown, highest - value)
    }
    let pairs = state.forecasts.indices.map { (state.forecasts[$0], history.label($0)) }
      .filter { $0.0.isFinite && $0.1.isFinite }
    let coefficient = pairs.count >= 60 ? Statistics.correlation(pairs.map(\.0), pairs.map(\.1)) : .nan
    self.init(
      bars: record.dates.count, fills: state.book.fillCount, lotsTraded: state.book.portfolio.lotsTraded,
      netProfit: state.book.equity - settings.capital, slippage: state.book.slippage, fees: state.book.portfolio.fees,
      sharpe: interval?.estimate, sharpeLow: interval?.lower, sharpeHigh: interval?.upper,
      volatility: daily.count > 1 ? Statistics.standardDeviation(daily) * 252.0.squareRoot() : 0,
      maximumDrawdown: drawdown / settings.capital,
      informationCoefficient: coefficient.isFinite ? coefficient : nil, driftAlarms: record.alarms.count,
      experiments: record.experiments, failedExperiments: record.failedExperiments, promotions: record.promotions,
      rollbacks: record.rollbacks, fits: record.fits, champion: state.champion?.number, refusals: record.refusals)
  }
}
