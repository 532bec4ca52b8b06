import HydraLearning
import HydraMarket
import HydraNumerics

/// Carries out an experiment: a pure function of its plan and data.
///
/// The candidate walks forward over the compared bars: before each block of `refitBars` it is fitted to the rows whose
/// labels ended before the block, then forecasts the block. So what is judged is the way of making a model, not a model
/// that has seen the answers. Champion and candidate then trade the same bars on paper with the account's own costs and
/// limits.
public enum ExperimentWork {
  /// Why an experiment could not be carried out.
  public enum Failure: Error, Hashable, CustomStringConvertible {
    case tooShort(bars: Int)

    public var description: String {
      switch self {
      case .tooShort(let bars): "only \(bars) bars to compare on"
      }
    }
  }

  /// Fewest bars on which two candidates are compared.
  static let minimumBars = 60

  /// Carries out one plan.
  public static func run(_ plan: ExperimentPlan, on data: ExperimentData, threads: Int) throws -> ExperimentResult {
    let history = data.history
    let end = history.count
    let firstForecast = data.forecasts.firstIndex { $0.isFinite } ?? end
    let start = max(end - plan.evaluationBars, firstForecast)
    guard end - start >= minimumBars else { throw Failure.tooShort(bars: end - start) }

    let (recipe, rounds, losses) = try chooseRecipe(plan, data, before: start, threads: threads)
    var forecasts = data.forecasts
    var policy = data.champion
    policy.recipe = recipe
    if let past = plan.past {
      // Its own days are behind it: nothing is fitted, and every compared day is new to it.
      policy = past
      policy.isPinned = true
      let columns = try past.columns(in: history.names)
      for row in start..<end { forecasts[row] = past.forecast(history.row(row), columns: columns) }
    } else if var ensemble = plan.ensemble {
      // A year before the compared days to find the weights; no row's forecast rests on a label that was not known at it.
      for row in max(0, start - Policy.minimumRows)..<end {
        if row > history.horizon { ensemble.learn(row - 1 - history.horizon, history) }
        if row >= start, let forecast = ensemble.forecast(row, history) { forecasts[row] = forecast }
      }
      policy.ensemble = ensemble
    } else if !plan.hypothesis.change.isSizing {
      for block in stride(from: start, to: end, by: plan.refitBars) {
        let fitted = try fit(plan, recipe, rounds, data, before: block, threads: threads)
        let columns = try fitted.columns(in: history.names)
        for row in block..<min(end, block + plan.refitBars) {
          forecasts[row] = fitted.forecast(at: row, of: history, columns: columns, follows: plan.follows)
        }
      }
      policy = try fit(plan, recipe, rounds, data, before: end, threads: threads)
    }

    let rows = start..<end
    let champion = try replay(plan, data, forecasts: data.forecasts, recipe: plan.championRecipe, rows: rows)
    let candidate = try replay(plan, data, forecasts: forecasts, recipe: recipe, rows: rows)
    let primary: Comparison?
    switch plan.hypothesis.change {
    case .volatilitySpan(let span):
      primary = Comparison(
        .varianceForecast, champion: Losses.variance(span: plan.championRecipe.volatilitySpan, history, rows: rows),
        candidate: Losses.variance(span: span, history, rows: rows), span: 5)
    case .riskScale, .entryThreshold, .orderFraction:
      primary = Comparison(
        .netReturn, champion: champion.returns.map { -$0 }, candidate: candidate.returns.map { -$0 }, span: 5)
    default:
      primary = Comparison(
        .forecastError, champion: Losses.forecast(data.forecasts, history, rows: rows),
        candidate: Losses.forecast(forecasts, history, rows: rows), span: Losses.forecastSpan(history))
    }
    // A loss is a negative return.
    let net = Comparison(
      .netReturn, champion: champion.returns.map { -$0 }, candidate: candidate.returns.map { -$0 }, span: 5)
    var found = ExperimentResult(
      id: plan.id, policy: policy, primary: primary, netReturn: net, champion: champion.account,
      candidate: candidate.account, trialLosses: losses, championReturns: champion.dear,
      candidateReturns: candidate.dear)
    found.stress = try Stress.allCases.map { stress in
      let old = try replay(
        plan, data, forecasts: data.forecasts, recipe: plan.championRecipe, rows: rows, under: stress)
      let new = try replay(plan, data, forecasts: forecasts, recipe: recipe, rows: rows, under: stress)
      return .init(stress: stress, champion: old.account.annualReturn, candidate: new.account.annualReturn)
    }
    return found
  }

  /// The hypothesis's recipe or a neighbour of it, by the loss on validation rows that end before the comparison.
  private static func chooseRecipe(
    _ plan: ExperimentPlan, _ data: ExperimentData, before start: Int, threads: Int
  ) throws -> (recipe: Recipe, rounds: Int, losses: [Double]) {
    guard !plan.hypothesis.change.isSizing, plan.past == nil, plan.ensemble == nil else { return (plan.recipe, 0, []) }
    if case .refitLeaves = plan.hypothesis.change { return (plan.recipe, 0, []) }
    let choice = try RecipeSearch.choose(plan, data.history, before: start, threads: threads)
    return (choice.recipe, choice.rounds, choice.losses)
  }

  private static func fit(
    _ plan: ExperimentPlan, _ recipe: Recipe, _ rounds: Int, _ data: ExperimentData, before limit: Int, threads: Int
  ) throws -> Policy {
    if case .refitLeaves(let bars) = plan.hypothesis.change {
      return try data.champion.refitted(to: data.history, before: limit, bars: bars, embargo: plan.embargo)
    }
    return try Policy.fit(
      recipe, to: data.history, before: limit, embargo: plan.embargo, seed: plan.seed, threads: threads, rounds: rounds)
  }

  /// Lets a batch happen moment by moment; `cancelled` is called after a moment before the bar in which an order ended.
  private static func settle(
    _ batch: ExperimentData.Batch, in book: inout TradingBook, cancelled: (inout TradingBook, Timestamp) -> Void
  ) throws {
    var start = batch.events.startIndex
    while start < batch.events.endIndex {
      let time = batch.events[start].knownTime
      let end = batch.events[start...].firstIndex { $0.knownTime != time } ?? batch.events.endIndex
      let settlement = try book.settle(Array(batch.events[start..<end]))
      if end < batch.events.endIndex, !settlement.ended.isEmpty { cancelled(&book, time) }
      start = end
    }
  }

  private struct Replay {
    var account: ExperimentResult.Account
    /// Daily net returns, as shares of capital, at the account's own cost and at the dear one.
    var returns: [Double]
    var dear: [Double]
  }

  /// Trades the compared rows on paper. The same trades are charged twice: decisions follow the account's own cost.
  private static func replay(
    _ plan: ExperimentPlan, _ data: ExperimentData, forecasts: [Double], recipe: Recipe, rows: Range<Int>,
    under stress: Stress? = nil
  ) throws -> Replay {
    let forecasts = stress?.applied(to: forecasts) ?? forecasts
    var book = TradingBook(
      instrument: data.instrument, capital: data.capital,
      settings: stress?.applied(to: data.book.under(recipe)) ?? data.book.under(recipe))
    let deviations = VolatilityPath.deviations(span: recipe.volatilitySpan, data.history)
    var (returns, dear) = ([Double](), [Double]())
    var (equity, slippage) = (data.capital, 0.0)
    for batch in data.batches {
      try settle(batch, in: &book) { book, now in
        // A roll cancels the order for the contract left behind: decide anew, as the account does.
        guard rows.contains(batch.row - 1), forecasts[batch.row - 1].isFinite else { return }
        _ = book.decide(
          forecast: forecasts[batch.row - 1], volatility: deviations[batch.row - 1], riskScale: recipe.riskScale,
          at: now)
      }
      guard rows.contains(batch.row) else { continue }
      returns.append((book.equity - equity) / data.capital)
      dear.append(returns[returns.count - 1] - (plan.dearCost - 1) * (book.slippage - slippage) / data.capital)
      (equity, slippage) = (book.equity, book.slippage)
      let forecast = forecasts[batch.row]
      guard let now = batch.events.last?.knownTime else { continue }
      _ = book.decide(
        forecast: forecast.isFinite ? forecast : nil, volatility: deviations[batch.row], riskScale: recipe.riskScale,
        at: now)
    }
    let mean = Statistics.mean(returns)
    let deviation = Statistics.standardDeviation(returns)
    let account = ExperimentResult.Account(
      annualReturn: 252 * mean, sharpe: deviation > 0 ? mean / deviation * 252.0.squareRoot() : 0,
      maximumDrawdown: maximumDrawdown(of: returns), lotsTraded: book.portfolio.lotsTraded,
      annualReturnAtDearCost: 252 * Statistics.mean(dear))
    return Replay(account: account, returns: returns, dear: dear)
  }
}
