import HydraMarket
import HydraNumerics

/// One thing to try: a change, the recipe that it leads to, and the work that may be spent on it.
///
/// The work is counted (trials, refits), never timed: the same plan on the same data gives the same bytes.
public struct ExperimentPlan: Hashable, Codable, Sendable {
  public var id: String
  public var hypothesis: Hypothesis
  /// 0 for the experiment that answers an alarm, k for the k-th time that a held hypothesis is tried again.
  public var look = 0
  /// The champion's recipe with the change applied.
  public var recipe: Recipe
  /// The recipe as it is now.
  public var championRecipe: Recipe
  /// Newest bars on which candidate and champion are compared.
  public var evaluationBars: Int
  /// Bars after which the candidate is fitted anew inside the comparison.
  public var refitBars: Int
  public var embargo: Int
  /// Whether the candidate's linear forecast follows what becomes known, as the champion's does.
  public var follows = false
  /// Recipes tried around the hypothesis.
  public var trials: Int
  /// The dear cost, as a multiple of the account's own.
  public var dearCost: Double
  public var seed: UInt64
  /// The past champion that a ``Change/recall(_:)`` means.
  public var past: Policy?
  /// The champions that a ``Change/ensemble`` means, of equal weights.
  public var ensemble: ChampionEnsemble?

  public init(
    id: String, hypothesis: Hypothesis, recipe: Recipe, championRecipe: Recipe, evaluationBars: Int, refitBars: Int,
    embargo: Int, trials: Int, dearCost: Double, seed: UInt64
  ) {
    self.id = id
    self.hypothesis = hypothesis
    self.recipe = recipe
    self.championRecipe = championRecipe
    self.evaluationBars = evaluationBars
    self.refitBars = refitBars
    self.embargo = embargo
    self.trials = trials
    self.dearCost = dearCost
    self.seed = seed
  }

  /// The plan as it stands in journals.
  public var json: JSONValue {
    .object([
      ("id", .string(id)), ("hypothesis", hypothesis.json), ("recipe", recipe.json),
      ("evaluation_bars", .number(Double(evaluationBars))), ("refit_bars", .number(Double(refitBars))),
      ("embargo", .number(Double(embargo))), ("trials", .number(Double(trials))), ("dear_cost", .number(dearCost)),
      ("seed", .string(String(seed))),
    ])
  }
}

/// All that an experiment may see: what was known at the alarm, and nothing of the agent's store or environment.
public struct ExperimentData: Codable, Sendable {
  /// The events that became known since the row before, up to and with one row of the history.
  public struct Batch: Codable, Sendable {
    public var row: Int
    public var events: [MarketEvent]

    public init(row: Int, events: [MarketEvent]) {
      self.row = row
      self.events = events
    }
  }

  public var instrument: Instrument
  public var book: TradingBook.Settings
  public var capital: Double
  public var history: FeatureHistory
  public var champion: Policy
  /// The forecasts that the arm really made, aligned with the history.
  public var forecasts: [Double] { packedForecasts.values }
  private var packedForecasts: PackedDoubles
  /// Batches of the compared bars and of the bars before them from which volume and volatility are learnt.
  public var batches: [Batch]

  public init(
    instrument: Instrument, book: TradingBook.Settings, capital: Double, history: FeatureHistory, champion: Policy,
    forecasts: [Double], batches: [Batch]
  ) {
    self.instrument = instrument
    self.book = book
    self.capital = capital
    self.history = history
    self.champion = champion
    packedForecasts = PackedDoubles(forecasts)
    self.batches = batches
  }
}

/// What came out of an experiment.
public struct ExperimentResult: Hashable, Codable, Sendable {
  /// A paper account over the compared bars.
  public struct Account: Hashable, Codable, Sendable {
    /// Annual mean of daily net returns, as a share of capital.
    public var annualReturn: Double
    public var sharpe: Double
    /// Largest fall of the equity, as a share of capital.
    public var maximumDrawdown: Double
    public var lotsTraded: Int
    /// Annual mean of daily net returns had every trade cost the gate's percentile of its cost.
    public var annualReturnAtDearCost: Double

    public init(
      annualReturn: Double, sharpe: Double, maximumDrawdown: Double, lotsTraded: Int, annualReturnAtDearCost: Double
    ) {
      self.annualReturn = annualReturn
      self.sharpe = sharpe
      self.maximumDrawdown = maximumDrawdown
      self.lotsTraded = lotsTraded
      self.annualReturnAtDearCost = annualReturnAtDearCost
    }
  }

  public var id: String
  /// The candidate, fitted to all that was known.
  public var policy: Policy
  /// The test that the verdict rests on; nil when the two cannot be told apart.
  public var primary: Comparison?
  /// Daily net returns of the two accounts; nil when they never differ.
  public var netReturn: Comparison?
  public var champion: Account
  public var candidate: Account
  /// Validation losses of the recipes that were tried, the hypothesis itself first.
  public var trialLosses: [Double]
  /// The two accounts in harder worlds; nil in results of earlier versions.
  public var stress: [Stress.Outcome]?
  /// Daily net returns of the two accounts at the dear cost, as shares of capital.
  public var championReturns: [Double] { packedChampion.values }
  public var candidateReturns: [Double] { packedCandidate.values }
  private var packedChampion: PackedDoubles
  private var packedCandidate: PackedDoubles

  /// Annual return of the candidate over the champion's at the dear cost, as a share of capital.
  public var gainAtDearCost: Double { candidate.annualReturnAtDearCost - champion.annualReturnAtDearCost }

  /// A result; the returns are daily, net, at the dear cost.
  public init(
    id: String, policy: Policy, primary: Comparison?, netReturn: Comparison?, champion: Account, candidate: Account,
    trialLosses: [Double], championReturns: [Double], candidateReturns: [Double]
  ) {
    self.id = id
    self.policy = policy
    self.primary = primary
    self.netReturn = netReturn
    self.champion = champion
    self.candidate = candidate
    self.trialLosses = trialLosses
    packedChampion = PackedDoubles(championReturns)
    packedCandidate = PackedDoubles(candidateReturns)
  }

  /// The result as it stands in journals, without the model.
  public var json: JSONValue {
    func account(_ account: Account) -> JSONValue {
      .object([
        ("annual_return", .number(account.annualReturn)), ("sharpe", .number(account.sharpe)),
        ("annual_return_at_dear_cost", .number(account.annualReturnAtDearCost)),
        ("max_drawdown", .number(account.maximumDrawdown)), ("lots_traded", .number(Double(account.lotsTraded))),
      ])
    }
    let stresses = (stress ?? []).map { outcome in
      (
        key: outcome.stress.rawValue,
        value: JSONValue.object([
          ("champion", .number(outcome.champion)), ("candidate", .number(outcome.candidate)),
        ])
      )
    }
    return .object([
      ("stress", .object(stresses)),
      ("id", .string(id)), ("primary", primary?.json ?? .null), ("net_return", netReturn?.json ?? .null),
      ("champion", account(champion)), ("candidate", account(candidate)),
      ("trial_losses", .array(trialLosses.map { .number($0) })), ("recipe", policy.recipe.json),
    ])
  }
}
