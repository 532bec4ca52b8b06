import HydraNumerics

/// A linear forecast over a horizon that learns from each step as soon as its outcome is known.
///
/// Outcomes are those of single steps: they hold what overlapping outcomes over the horizon hold, and are known a horizon
/// sooner. Regressions with several memories run side by side; each counts by how likely it made the outcomes lately
/// (fixed share), so that after a change of the world the short memories lead and in a world that stays the long ones do.
/// What a feature says of one step is carried over the horizon by its persistence g:
/// ```
/// c_j = √h · g_j · Σ_k w_k β_kj      g_j = E[z_t · mean(z_t … z_{t+h−1})] / E[z_t²], in 0…1
/// ```
/// which makes the forecast one of the horizon's sum over `√h`, in standard deviations of a step.
///
/// Features are standardised by the means and deviations of all rows so far. Everything at a row rests on the rows up to
/// it: appending is the only way to grow.
///
/// Sources: for weighing memories A. Raftery, M. Kárný, P. Ettler, "Online prediction under model uncertainty via dynamic
/// model averaging", Technometrics 52 (2010) 52–66; for the weights see ``ExpertMixture``.
public struct AdaptiveRegression: Hashable, Sendable {
  /// How the regressions learn.
  public struct Settings: Hashable, Codable, Sendable {
    /// κ of each regression, see ``DiscountedRegression``: a coefficient of 1 / √κ is ordinary. 8000 stands for a daily
    /// correlation of about 0.011, which is what features of daily markets have at best.
    public var shrinkage = 8000.0
    /// Half-lives of two memories, in steps; beside them runs one that forgets nothing.
    public var longHalfLife = 1000.0
    public var shortHalfLife = 250.0

    public init() {}
  }

  /// Steps after which the coefficients are solved for again.
  public static let solveEvery = 5
  /// Values of a feature before it is used.
  public static let warmUp = 250
  /// Rows before persistence is taken from them.
  static let persistenceRows = 500
  /// Weight that flows back to all memories with each outcome.
  static let switchRate = 0.001
  /// Outcomes are cut here: one wild step shall not teach what a quiet year does.
  static let outcomeBound = 4.0

  /// Steps that a forecast spans.
  public let horizon: Int
  /// Steps from a row to the newest one at which its outcome is known.
  public let delay: Int
  /// The forecast for the newest row's features, as of the newest solving.
  public private(set) var model: LinearModel

  /// A standardised row with the members' forecasts of its step.
  private struct Step: Hashable, Sendable {
    var features: [Double]
    var forecasts: [Double]
  }

  private var members: [DiscountedRegression]
  private var mixture: ExpertMixture
  private var moments: [RunningMoments]
  /// The newest standardised rows, oldest first.
  private var recent: [Step] = []
  /// Sums of the newest `horizon` rows, and those of products for the persistence.
  private var windowSums: [Double]
  private var lagged: [Double]
  private var squared: [Double]
  private var rows = 0

  public init(columns: Int, horizon: Int, delay: Int, settings: Settings = Settings()) {
    precondition(horizon > 0 && delay > 0, "horizon \(horizon) or delay \(delay) is not positive")
    (self.horizon, self.delay) = (horizon, delay)
    let memories: [Double?] = [nil, settings.longHalfLife, settings.shortHalfLife]
    members = memories.map { DiscountedRegression(columns: columns, shrinkage: settings.shrinkage, halfLife: $0) }
    mixture = ExpertMixture(classes: 1, switchRate: Self.switchRate)
    for _ in memories { mixture.add() }
    moments = Array(repeating: RunningMoments(), count: columns)
    windowSums = [Double](repeating: 0, count: columns)
    (lagged, squared) = (windowSums, windowSums)
    model = LinearModel(columns: columns)
  }

  /// The weights of the memories: of the one that forgets nothing, the long one and the short one.
  public var weights: [Double] { mixture.weights }

  /// Takes the newest row and the outcome, in standard deviations of a step, of the row `delay` before it; NaN where
  /// there is none.
  ///
  /// - Complexity: O(memories × columns²), and O(memories × columns³) every ``solveEvery`` rows.
  public mutating func update(_ row: some RandomAccessCollection<Double>, outcome: Double) {
    precondition(row.count == model.means.count, "a row of \(row.count) values for \(model.means.count) features")
    let features = row.enumerated().map { model.standardised($1, column: $0) }
    recent.append(Step(features: features, forecasts: members.map { $0.predict(features) }))
    carry(features)
    if outcome.isFinite, recent.count > delay { learn(recent[recent.count - 1 - delay], outcome) }
    for (column, value) in row.enumerated() where value.isFinite { moments[column].update(value) }
    rows += 1
    if recent.count > max(horizon, delay) + 1 { recent.removeFirst() }
    if rows % Self.solveEvery == 0 { solve() }
  }

  private mutating func learn(_ step: Step, _ outcome: Double) {
    let outcome = min(Self.outcomeBound, max(-Self.outcomeBound, outcome))
    mixture.learn(
      step.forecasts.map { Portable.exp(-(outcome - $0) * (outcome - $0) / 2) }, label: 0)
    for member in members.indices { members[member].update(step.features, outcome: outcome) }
  }

  /// Adds the newest row to the sums that persistence is taken from.
  private mutating func carry(_ features: [Double]) {
    for column in features.indices { windowSums[column] += features[column] }
    guard recent.count >= horizon else { return }
    let old = recent[recent.count - horizon].features
    for column in features.indices {
      lagged[column] += old[column] * windowSums[column] / Double(horizon)
      squared[column] += old[column] * old[column]
      windowSums[column] -= old[column]
    }
  }

  private mutating func solve() {
    for member in members.indices { members[member].solve() }
    let spread = Double(horizon).squareRoot()
    for column in moments.indices {
      let isKnown = moments[column].count >= Self.warmUp
      let deviation = moments[column].standardDeviation ?? 0
      model.means[column] = moments[column].mean ?? 0
      model.scales[column] = isKnown && deviation > 0 ? 1 / deviation : 0
      var step = 0.0
      for (member, weight) in zip(members, mixture.weights) { step += weight * member.coefficients[column] }
      let persistence =
        rows < Self.persistenceRows || squared[column] == 0
        ? 1 : min(1, max(0, lagged[column] / squared[column]))
      model.coefficients[column] = spread * persistence * step
    }
  }
}
