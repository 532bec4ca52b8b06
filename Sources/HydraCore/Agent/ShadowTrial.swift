import HydraLearning
import HydraMarket
import HydraNumerics

/// A challenger that predicts beside the champion, every day, and what the days have shown.
///
/// It earns and costs nothing. What is compared is what its experiment was judged by: squared errors of its forecasts,
/// once their labels are known; the likelihood of its volatility; or, where the change concerns what is traded, the
/// returns of an account of its own, which began as a copy of the real one.
public struct ShadowTrial: Sendable {
  /// What is compared, day by day.
  public let basis: Comparison.Basis
  /// Champion's loss less the challenger's, over the days since.
  public private(set) var evidence: SequentialMean
  /// What the first experiment is worth as evidence, in logarithms: it chose the challenger, and all that it chose among
  /// is in the ledger's count.
  public let logPrior: Double
  /// The challenger; fitted anew, on the same days, when the champion is.
  public internal(set) var policy: Policy
  var columns: [Int]
  private let follows: Bool
  private let sinceRow: Int
  private var forecasts: [Double] = []
  /// The first row that is not yet compared.
  private var nextRow: Int
  private var championVolatility: DailyVolatility
  private var ownVolatility: DailyVolatility
  private var account: TradingBook?
  private var newestForecast = Double.nan
  private var equities: (champion: Double, own: Double)

  /// Begins on the day after the newest row of `history`; nil when the experiment does not say how much the two differ.
  ///
  /// `champion` is the account as it is; `settings` are those of accounts without any recipe's limits; `follows` says
  /// whether linear forecasts do, see ``LinearPath/Use/following``.
  init?(
    _ result: ExperimentResult, champion: TradingBook, settings: TradingBook.Settings, recipe: Recipe, columns: [Int],
    follows: Bool, _ history: FeatureHistory
  ) {
    guard let primary = result.primary else { return nil }
    let scale = abs(primary.meanDifference / primary.ratio)
    guard scale > 0, scale.isFinite else { return nil }
    basis = primary.basis
    let span = basis == .forecastError ? Losses.forecastSpan(history) : 5
    evidence = SequentialMean(scale: scale, lags: span - 1)
    logPrior = SequentialMean.logEvidence(ofPValue: min(1, max(1e-12, primary.pValue)))
    policy = result.policy
    (self.columns, self.follows) = (columns, follows)
    sinceRow = history.count
    nextRow = sinceRow
    championVolatility = VolatilityPath.newest(span: recipe.volatilitySpan, history)
    ownVolatility = VolatilityPath.newest(span: policy.recipe.volatilitySpan, history)
    if basis == .netReturn {
      var own = champion
      own.settings = settings.under(policy.recipe)
      account = own
    }
    equities = (champion.equity, champion.equity)
  }

  /// ln of all evidence for the challenger, the first experiment's included.
  public var logEvidence: Double { logPrior + evidence.logEvidence }

  /// Lets the events of a moment happen to the challenger's account, and decides anew where a roll cancelled its order.
  mutating func settle(_ moment: AgentInput.Moment, isBlocked: Bool) throws {
    guard let settlement = try account?.settle(moment.events), moment.bar == nil, moment.trades,
      !settlement.ended.isEmpty, !isBlocked, newestForecast.isFinite
    else { return }
    decide(newestForecast, isBlocked: false, at: moment.time)
  }

  /// Takes the newest row of the history: the challenger's word on it, and what has become known of earlier ones.
  mutating func predict(champion forecastsOfChampion: [Double], _ history: FeatureHistory) {
    let row = history.count - 1
    let change = history.changes[row]
    switch basis {
    case .forecastError:
      forecasts.append(policy.forecast(at: row, of: history, columns: columns, follows: follows))
      // A label is known a bar after its horizon at the latest; what is missing then is missing for good.
      while nextRow + history.horizon < row {
        policy.ensemble?.learn(nextRow, history)
        let label = min(3, max(-3, history.label(nextRow)))
        let (champion, own) = (label - forecastsOfChampion[nextRow], label - forecasts[nextRow - sinceRow])
        evidence.update(champion * champion - own * own)
        nextRow += 1
      }
    case .varianceForecast:
      if let champion = championVolatility.value, let own = ownVolatility.value {
        evidence.update(Losses.likelihood(champion, change) - Losses.likelihood(own, change))
      }
    case .netReturn: break
    }
    championVolatility.update(change)
    ownVolatility.update(change)
  }

  /// Trades the challenger's account at the end of a bar, and compares what both accounts have earned since the one before.
  mutating func trade(
    _ forecast: Double, champion: TradingBook, capital: Double, isBlocked: Bool, at now: Timestamp
  ) {
    guard let own = account else { return }
    evidence.update(((own.equity - equities.own) - (champion.equity - equities.champion)) / capital)
    equities = (champion.equity, own.equity)
    newestForecast = forecast
    decide(forecast, isBlocked: isBlocked, at: now)
  }

  private mutating func decide(_ forecast: Double, isBlocked: Bool, at now: Timestamp) {
    _ = account?.decide(
      forecast: forecast.isFinite && !isBlocked ? forecast : nil, volatility: ownVolatility.value,
      riskScale: policy.recipe.riskScale, at: now)
  }

  /// The trial as it stands in journals.
  var json: JSONValue {
    .object([
      ("basis", .string(basis.rawValue)), ("days", JSONValue(evidence.count)),
      ("mean_difference", evidence.mean.map { .number($0) } ?? .null), ("log_prior", .number(logPrior)),
      ("log_evidence", .number(logEvidence)), ("log_evidence_against", .number(evidence.logEvidenceAgainst)),
    ])
  }
}
