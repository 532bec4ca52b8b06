import HydraNumerics

/// A classifier for a stream of rows whose labels come later, that notices when it fails and mends itself.
///
/// It sees each row with what came before it (trailing means of its values, the latest labels), trains gradient-boosted
/// trees on the warm-up, and from then on
/// - forecasts by a mixture of its champions, past and present, a logistic regression that learns from every row, and
///   the labels' own persistence, weighted by how well each did lately: a returning regime finds its old champion;
/// - watches the loss of its forecasts with a `DriftBank`;
/// - at an alarm refits the champion's leaves to the rows since the change point, and once there are enough of them
///   trains on these rows alone, anew and on top of the champion;
/// - trains on everything it remembers at regular check-ups.
///
/// All newcomers prove themselves in the mixture, so that no step can do lasting harm. Fits of a whole ensemble are
/// rationed: at most `retrainingsPerWarmUp` for each `warmUpRows` rows.
///
///     var model = SelfHealingModel(features: ["price", "demand"], classes: 2, seed: 1)
///     for (row, label) in stream {
///       let probabilities = model.predict(row)
///       try model.learn(label: label)         // of the oldest row whose label it does not know
///     }
///
/// The same calls give the same forecasts, for any number of threads. Its code (`Codable`) holds everything; a decoded model
/// goes on as if nothing had happened.
///
/// - Complexity: a row costs a prediction by each champion; memory for `capacity` rows.
public struct SelfHealingModel: Codable, Sendable {
  /// What is done, how often and with how much.
  public struct Settings: Hashable, Codable, Sendable {
    /// Rows before the first fit.
    public var warmUpRows = 1000
    /// What is done after it.
    public var arm = HealingArm.selfHealing
    /// Most rows that are remembered; the oldest are forgotten first.
    public var capacity = 20_000
    /// Rows between fits to everything remembered, as a share of the warm-up.
    public var checkUpShare = 0.6
    /// Fits of whole ensembles that are granted with each further `warmUpRows` rows.
    public var retrainingsPerWarmUp = 3.0
    /// Mean number of rows between false alarms of the drift detector.
    public var meanRun = 20_000.0
    /// Most champions that are kept; the first one and the newest always are.
    public var champions = 6
    /// The share of trust that flows back to all forecasters with each label.
    public var switchRate = 0.002
    /// Most columns, values and context together, that models use; the most useful ones of the first fit.
    public var columns = 64
    /// How trees are trained; the objective is set by the number of classes, the seed by the model's.
    public var trees = Settings.defaultTrees

    public init() {}

    private static var defaultTrees: GradientBoostedTrees.Settings {
      var trees = GradientBoostedTrees.Settings()
      trees.rounds = 100
      trees.learningRate = 0.08
      trees.leaves = 24
      trees.minimumLeafRows = 20
      trees.l2 = 1
      trees.featureFraction = 0.7
      trees.baggingFraction = 0.8
      trees.baggingInterval = 1
      trees.maximumBins = 127
      return trees
    }
  }

  /// A row whose label is not known yet.
  struct Pending: Hashable, Codable, Sendable {
    @Bitwise var row: [Double]
    var lastLabel: Int?
    /// Of each forecaster.
    var probabilities: [Double]
    var mixed: [Double]
    /// How many champions had been made.
    var generation: Int
  }

  /// What an alarm still asks for.
  struct Recovery: Hashable, Codable, Sendable {
    /// Number of the first row after the change.
    var changePoint: Int
    /// Number of labels at which there are enough rows after it.
    var due: Int
  }

  public let settings: Settings
  /// Number of classes; labels are 0 ..< `classes`.
  public let classes: Int
  let seed: UInt64
  var context: StreamContext
  /// Columns of the context that the models use.
  var columns: [Int]
  var memory: LabelledMemory
  var pending: [Pending] = []
  var transition: TransitionForecast
  var logistic: OnlineLogistic?
  public internal(set) var champions: [HealingChampion] = []
  var mixture: ExpertMixture
  var bank: DriftBank
  var recovery: Recovery?
  var nextCheckUp = 0
  var grants = 0.0
  var generation = 0

  /// Number of labels learnt.
  public internal(set) var labels = 0
  /// Fits of whole ensembles, the first one included.
  public internal(set) var retrainings = 0
  /// Cheaper repairs: leaves refitted, trees added.
  public internal(set) var repairs = 0
  /// When the loss rose, by number of the row.
  public internal(set) var alarms: [HealingAlarm] = []

  /// A model that has seen nothing.
  public init(features: [String], classes: Int, settings: Settings = Settings(), seed: UInt64) {
    precondition(settings.warmUpRows >= 20, "a warm-up of \(settings.warmUpRows) rows")
    precondition(settings.capacity >= settings.warmUpRows, "the warm-up does not fit into the capacity")
    precondition(settings.champions >= 2, "room for \(settings.champions) champions")
    (self.settings, self.classes, self.seed) = (settings, classes, seed)
    context = StreamContext(features: features, classes: classes)
    columns = Array(0..<context.names.count)
    memory = LabelledMemory(width: context.names.count, capacity: settings.capacity)
    transition = TransitionForecast(classes: classes)
    mixture = ExpertMixture(classes: classes, switchRate: settings.switchRate)
    var watch = DriftBank.Settings.level
    watch.meanRun = settings.meanRun
    bank = DriftBank(settings: watch)
  }

  /// Whether the warm-up is over.
  public var isTrained: Bool { !champions.isEmpty }

  /// How much each champion is trusted, in the order of `champions`; the rest goes to the two simple forecasters.
  public var trust: [Double] {
    settings.arm == .selfHealing
      ? Array(mixture.weights.dropFirst(2))
      : champions.indices.map {
        $0 == champions.count - 1 ? 1 : 0
      }
  }

  /// The probability of each class for the next row of the stream. A missing value is NaN.
  ///
  /// - Precondition: as many values as features.
  public mutating func predict(_ row: [Double]) -> [Double] {
    let whole = context.row(row)
    let used = columns.count == whole.count ? whole : columns.map { whole[$0] }
    var next = Pending(
      row: used, lastLabel: context.lastLabel, probabilities: [], mixed: [],
      generation: generation)
    if let logistic, settings.arm == .selfHealing {
      next.probabilities = transition.probabilities(after: next.lastLabel) + logistic.probabilities(used)
      for champion in champions { next.probabilities += champion.probabilities(used, classes: classes) }
      next.mixed = mixture.mix(next.probabilities)
    } else if let champion = champions.last {
      next.mixed = champion.probabilities(used, classes: classes)
    } else {
      next.mixed = transition.probabilities(after: next.lastLabel)
    }
    pending.append(next)
    return next.mixed
  }

  /// Learns the label of the oldest row that was predicted and has none yet; may train.
  ///
  /// - Precondition: there is such a row, and 0 ≤ `label` < `classes`.
  /// - Throws: what training throws (`TreeFitError`, `CancellationError`); the label is then learnt, the fit missing.
  public mutating func learn(label: Int, threads: Int = 1) throws {
    precondition(label >= 0 && label < classes, "label \(label) of \(classes) classes")
    precondition(!pending.isEmpty, "no row waits for a label")
    let row = pending.removeFirst()
    context.know(label)
    transition.learn(label, after: row.lastLabel)
    memory.append(row.row.count == memory.width ? row.row : columns.map { row.row[$0] }, label: label)
    labels += 1
    guard isTrained else {
      if labels >= settings.warmUpRows, memory.hasTwoClasses { try begin(threads: threads) }
      return
    }
    grants = min(4, grants + settings.retrainingsPerWarmUp / Double(settings.warmUpRows))
    switch settings.arm {
    case .frozen: break
    case .periodic: if labels >= nextCheckUp { try checkUp(threads: threads) }
    case .selfHealing:
      // Forecasters that have come since cannot be judged by this row.
      if row.generation == generation { mixture.learn(row.probabilities, label: label) }
      if row.row.count == columns.count { logistic?.learn(row.row, label: label) }
      try watch(loss: -Portable.log(max(1e-3, row.mixed[label])), threads: threads)
    }
  }
}
