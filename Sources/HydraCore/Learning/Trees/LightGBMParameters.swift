/// Training parameters under LightGBM's names and aliases, as in `learning_rate` or `eta`.
///
///     let parameters = try LightGBMParameters([("objective", "binary"), ("num_leaves", "15")])
///     parameters.settings.leaves     // 15
///
/// Parameters that only choose an implementation or an output (`verbosity`, `force_col_wise`, …) are accepted and change
/// nothing. Names that are not known, and values that would change the result in a way not known here, are errors.
///
/// Beyond LightGBM's: `grow_policy` (`lossguide`, `depthwise`), and `quantile_levels` (`0.1,0.5,0.9`) with the objective
/// `quantile` for several quantiles at once that never cross.
public struct LightGBMParameters: Hashable, Sendable {
  /// The settings that the parameters amount to, but for those that name columns.
  public internal(set) var settings = GradientBoostedTrees.Settings()
  /// `num_threads`, where it is given and not 0.
  public private(set) var threads: Int?
  /// Columns that are given by name or number: categories, and columns to leave out.
  var categoricalColumns: [String] = []
  var given: [String: String] = [:]

  public init(_ pairs: [(name: String, value: String)]) throws {
    for (name, value) in pairs {
      guard let canonical = Self.canonical[name] else {
        throw LightGBMParameterError.unknown(name: name, nearest: Self.nearest(to: name))
      }
      given[canonical] = value
    }
    try readGrowth()
    try readSampling()
    try readConstraints()
    try readColumns()
    settings.objective = try objective()
    try readMetrics()
    for (name, allowed) in Self.fixed {
      if let value = given[name], !allowed.contains(value.lowercased()) {
        throw LightGBMParameterError.badValue(name: name, value: value)
      }
    }
    settings = try settings.checked()
  }

  /// The settings for a table with these feature columns.
  ///
  /// - Parameter categorical: names of columns of categories, beside those among the parameters.
  public func settings(
    forFeatures names: [String], categorical: [String] = []
  ) throws -> GradientBoostedTrees.Settings {
    var settings = settings
    for text in categoricalColumns + categorical {
      let isNumber = !categorical.contains(text)
      guard let column = names.firstIndex(of: text) ?? (isNumber ? Int(text) : nil), names.indices.contains(column)
      else { throw LightGBMParameterError.badValue(name: "categorical_feature", value: text) }
      if !settings.categorical.columns.contains(column) { settings.categorical.columns.append(column) }
    }
    try settings.checked(columns: names.count)
    return settings
  }

  // MARK: - Values

  func text(_ name: String) -> String? { given[name] }

  func bad(_ name: String) -> LightGBMParameterError {
    .badValue(name: name, value: String((given[name] ?? "").prefix(80)))
  }

  func number(_ name: String) throws -> Double? {
    guard let value = given[name] else { return nil }
    guard let number = Double(value) else { throw bad(name) }
    return number
  }

  func whole(_ name: String) throws -> Int? {
    guard let number = try number(name) else { return nil }
    guard let whole = Int(exactly: number) else { throw bad(name) }
    return whole
  }

  func flag(_ name: String) throws -> Bool? {
    switch given[name]?.lowercased() {
    case nil: nil
    case "true", "1", "+": true
    case "false", "0", "-": false
    default: throw bad(name)
    }
  }

  func list<Value>(_ name: String, _ parse: (String) -> Value?) throws -> [Value]? {
    guard let value = given[name] else { return nil }
    return try value.split(separator: ",").map { part in
      guard let value = parse(part.filter { !$0.isWhitespace }) else { throw bad(name) }
      return value
    }
  }

  // MARK: - Groups of parameters

  private mutating func readGrowth() throws {
    if let value = try whole("num_iterations") { settings.rounds = value }
    if let value = try number("learning_rate") { settings.learningRate = value }
    if let value = try whole("num_leaves") { settings.leaves = value }
    if let value = try whole("max_depth"), value > 0 { settings.maximumDepth = value }
    if let value = try whole("min_data_in_leaf") { settings.minimumLeafRows = value }
    if let value = try number("min_sum_hessian_in_leaf") { settings.minimumLeafHessian = value }
    if let value = try number("lambda_l1") { settings.l1 = value }
    if let value = try number("lambda_l2") { settings.l2 = value }
    if let value = try number("min_gain_to_split") { settings.minimumGain = value }
    if let value = try whole("max_bin") { settings.maximumBins = value }
    if let value = try whole("min_data_in_bin") { settings.minimumBinRows = value }
    if let value = try flag("boost_from_average") { settings.startsFromAverage = value }
    if let value = try whole("num_threads"), value > 0 { threads = value }
    if let value = text("grow_policy") {
      guard let growth = TreeGrowth(rawValue: value) else { throw bad("grow_policy") }
      settings.growth = growth
    }
    if let value = try flag("extra_trees") { settings.drawsCuts = value }
    if try flag("linear_tree") == true {
      var linear = LinearLeafFitting()
      if let value = try number("linear_lambda") { linear.l2 = value }
      settings.linearLeaves = linear
    }
    if let value = try flag("enable_bundle") { settings.bundlesColumns = value }
    let usesMissing = try flag("use_missing") ?? true
    settings.missing = try !usesMissing ? .none : flag("zero_as_missing") == true ? .zero : .nan
    switch text("boosting") ?? "gbdt" {
    case "gbdt", "gbrt": break
    case "goss": settings.oneSidedSampling = OneSidedSampling()
    case "rf", "random_forest": settings.boosting = .forest
    case "dart": settings.boosting = .dart(try dropout())
    default: throw bad("boosting")
    }
  }

  private func dropout() throws -> TreeDropout {
    var dropout = TreeDropout()
    if let value = try number("drop_rate") { dropout.rate = value }
    if let value = try whole("max_drop") { dropout.most = value > 0 ? value : nil }
    if let value = try number("skip_drop") { dropout.skip = value }
    if let value = try flag("uniform_drop") { dropout.isUniform = value }
    if let value = try flag("xgboost_dart_mode") { dropout.followsXGBoost = value }
    return dropout
  }

  private mutating func readMetrics() throws {
    if let value = try whole("early_stopping_round"), value > 0 { settings.earlyStoppingRounds = value }
    if let value = try flag("first_metric_only") { settings.stopsOnFirstMetricOnly = value }
    if let value = try number("early_stopping_min_delta") { settings.earlyStoppingMinimumImprovement = value }
    let ranks = try list("eval_at", { Int($0) }) ?? []
    for name in (text("metric") ?? "").split(separator: ",").map({ $0.filter { !$0.isWhitespace } }) {
      switch name {
      case "None", "none", "null", "custom", "na", "": continue
      case settings.objective.metric, "multi_logloss", "multiclass", "softmax":
        settings.metrics.append(.loss(settings.objective))
      default:
        guard let metric = TreeMetric(name) else { throw bad("metric") }
        if metric.needsQueries, !name.contains("@"), !ranks.isEmpty {
          settings.metrics += ranks.compactMap { TreeMetric("\(name)@\($0)") }
        } else {
          settings.metrics.append(metric)
        }
      }
    }
  }

  private func objective() throws -> TreeObjective {
    let name = text("objective") ?? "regression"
    let (alpha, sigmoid) = (try number("alpha") ?? 0.9, try number("sigmoid") ?? 1)
    let classes = try whole("num_class") ?? 1
    switch TreeObjective(name) {
    case .huber: return .huber(delta: alpha)
    case .quantile:
      return try list("quantile_levels", { Double($0) }).map { .quantiles(levels: $0) } ?? .quantile(level: alpha)
    case .fair: return .fair(scale: try number("fair_c") ?? 1)
    case .tweedie: return .tweedie(power: try number("tweedie_variance_power") ?? 1.5)
    case .binary: return .binary(sigmoid: sigmoid)
    case .multiclass: return .multiclass(classes: classes)
    case .multiclassOneVersusAll: return .multiclassOneVersusAll(classes: classes, sigmoid: sigmoid)
    case .lambdaRank:
      var ranking = RankingLoss()
      ranking.sharpness = sigmoid
      if let value = try whole("lambdarank_truncation_level") { ranking.truncation = value }
      if let value = try flag("lambdarank_norm") { ranking.isNormalised = value }
      return .lambdaRank(ranking)
    case .some(let objective) where objective.isTrainable: return objective
    default: throw bad("objective")
    }
  }
}
