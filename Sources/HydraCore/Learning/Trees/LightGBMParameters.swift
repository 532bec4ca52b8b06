/// Training parameters under LightGBM's names and aliases, as in `learning_rate` or `eta`.
///
///     let parameters = try LightGBMParameters([("objective", "binary"), ("num_leaves", "15")])
///     parameters.settings.leaves     // 15
///
/// Parameters that only choose an implementation or an output (`verbosity`, `metric`, `force_col_wise`, …) are accepted
/// and change nothing. Parameters of LightGBM that would change the result but are not known here are errors.
public struct LightGBMParameters: Hashable, Sendable {
  /// The settings that the parameters amount to.
  public private(set) var settings = GradientBoostedTrees.Settings()
  /// `num_threads`, where it is given and not 0.
  public private(set) var threads: Int?

  public init(_ pairs: [(name: String, value: String)]) throws {
    var given: [String: String] = [:]
    for (name, value) in pairs {
      guard let canonical = Self.canonical[name] else {
        throw LightGBMParameterError.unknown(name: name, nearest: Self.nearest(to: name))
      }
      given[canonical] = value
    }
    func text(_ name: String) -> String? { given[name] }
    func number(_ name: String) throws -> Double? {
      guard let value = given[name] else { return nil }
      guard let number = Double(value) else { throw LightGBMParameterError.badValue(name: name, value: value) }
      return number
    }
    func whole(_ name: String) throws -> Int? {
      guard let number = try number(name) else { return nil }
      guard let whole = Int(exactly: number) else {
        throw LightGBMParameterError.badValue(name: name, value: given[name] ?? "")
      }
      return whole
    }
    if let value = try whole("num_iterations") { settings.rounds = value }
    if let value = try number("learning_rate") { settings.learningRate = value }
    if let value = try whole("num_leaves") { settings.leaves = value }
    if let value = try whole("max_depth"), value > 0 { settings.maximumDepth = value }
    if let value = try whole("min_data_in_leaf") { settings.minimumLeafRows = value }
    if let value = try number("min_sum_hessian_in_leaf") { settings.minimumLeafHessian = value }
    if let value = try number("lambda_l1") { settings.l1 = value }
    if let value = try number("lambda_l2") { settings.l2 = value }
    if let value = try number("min_gain_to_split") { settings.minimumGain = value }
    if let value = try number("feature_fraction") { settings.featureFraction = value }
    if let value = try number("bagging_fraction") { settings.baggingFraction = value }
    if let value = try whole("bagging_freq") { settings.baggingInterval = value }
    if let value = try whole("max_bin") { settings.maximumBins = value }
    if let value = try whole("min_data_in_bin") { settings.minimumBinRows = value }
    if let value = try whole("seed") { settings.seed = UInt64(bitPattern: Int64(value)) }
    if let value = try whole("early_stopping_round"), value > 0 { settings.earlyStoppingRounds = value }
    if let value = text("boost_from_average") {
      settings.startsFromAverage = try Self.flag("boost_from_average", value)
    }
    if let value = try whole("num_threads"), value > 0 { threads = value }
    if let boosting = text("boosting"), boosting != "gbdt", boosting != "gbrt" {
      throw LightGBMParameterError.badValue(name: "boosting", value: boosting)
    }
    settings.objective = try Self.objective(
      text("objective") ?? "regression", alpha: number("alpha") ?? 0.9, sigmoid: number("sigmoid") ?? 1,
      classes: whole("num_class") ?? 1)
    settings = try settings.checked()
  }

  private static func flag(_ name: String, _ value: String) throws -> Bool {
    switch value.lowercased() {
    case "true", "1", "+": true
    case "false", "0", "-": false
    default: throw LightGBMParameterError.badValue(name: name, value: value)
    }
  }

  private static func objective(_ name: String, alpha: Double, sigmoid: Double, classes: Int) throws -> TreeObjective {
    switch TreeObjective(name) {
    case .huber: .huber(delta: alpha)
    case .quantile: .quantile(level: alpha)
    case .binary: .binary(sigmoid: sigmoid)
    case .multiclass: .multiclass(classes: classes)
    case .multiclassOneVersusAll: .multiclassOneVersusAll(classes: classes, sigmoid: sigmoid)
    case .some(let objective) where objective.isTrainable: objective
    default: throw LightGBMParameterError.badValue(name: "objective", value: name)
    }
  }
}

/// A parameter that cannot be used.
public enum LightGBMParameterError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(name: String, nearest: String)
  case badValue(name: String, value: String)

  public var description: String {
    switch self {
    case .unknown(let name, let nearest): "unknown parameter '\(name)'; the nearest known one is '\(nearest)'"
    case .badValue(let name, let value): "'\(value)' is not a value that parameter '\(name)' can have here"
    }
  }
}

extension LightGBMParameters {
  /// Each parameter with its aliases, from LightGBM's documentation of version 4.
  private static let aliases: [(name: String, others: [String])] = [
    (
      "num_iterations",
      [
        "num_iteration", "n_iter", "num_tree", "num_trees", "num_round", "num_rounds", "nrounds", "num_boost_round",
        "n_estimators", "max_iter", "rounds",
      ]
    ),
    ("learning_rate", ["shrinkage_rate", "eta"]),
    ("num_leaves", ["num_leaf", "max_leaves", "max_leaf", "max_leaf_nodes"]),
    ("max_depth", []),
    (
      "min_data_in_leaf",
      ["min_data_per_leaf", "min_data", "min_child_samples", "min_samples_leaf"]
    ),
    (
      "min_sum_hessian_in_leaf",
      ["min_sum_hessian_per_leaf", "min_sum_hessian", "min_hessian", "min_child_weight"]
    ),
    ("lambda_l1", ["reg_alpha", "l1_regularization"]),
    ("lambda_l2", ["reg_lambda", "lambda", "l2_regularization"]),
    ("min_gain_to_split", ["min_split_gain"]),
    ("feature_fraction", ["sub_feature", "colsample_bytree"]),
    ("bagging_fraction", ["sub_row", "subsample", "bagging"]),
    ("bagging_freq", ["subsample_freq"]),
    ("max_bin", ["max_bins"]),
    ("min_data_in_bin", []),
    ("seed", ["random_seed", "random_state"]),
    ("early_stopping_round", ["early_stopping_rounds", "early_stopping", "n_iter_no_change"]),
    ("boost_from_average", []),
    ("num_threads", ["num_thread", "nthread", "nthreads", "n_jobs"]),
    ("boosting", ["boosting_type", "boost"]),
    ("objective", ["objective_type", "app", "application", "loss"]),
    ("alpha", []),
    ("sigmoid", []),
    ("num_class", ["num_classes"]),
    // Without effect here.
    ("verbosity", ["verbose"]),
    ("metric", ["metrics", "metric_types"]),
    ("deterministic", []),
    ("force_col_wise", []),
    ("force_row_wise", []),
    ("histogram_pool_size", ["hist_pool_size"]),
    ("device_type", ["device"]),
    ("tree_learner", ["tree", "tree_type", "tree_learner_type"]),
    ("bagging_seed", ["bagging_fraction_seed"]),
    ("feature_fraction_seed", []),
    ("data_random_seed", ["data_seed"]),
    ("objective_seed", []),
    ("extra_seed", []),
    ("feature_pre_filter", []),
    ("is_enable_sparse", ["is_sparse", "enable_sparse", "sparse"]),
    ("enable_bundle", ["is_enable_bundle", "bundle"]),
    ("first_metric_only", []),
    ("bin_construct_sample_cnt", ["subsample_for_bin"]),
    ("is_provide_training_metric", ["training_metric", "is_training_metric", "train_metric"]),
    ("metric_freq", ["output_freq"]),
  ]

  private static let canonical: [String: String] = {
    var result: [String: String] = [:]
    for (name, others) in aliases {
      result[name] = name
      for other in others { result[other] = name }
    }
    return result
  }()

  /// The known name with the fewest edits; of equals the first in the alphabet.
  private static func nearest(to name: String) -> String {
    // No parameter's name is longer; the name that was given may be a file.
    let name = String(name.prefix(64))
    return canonical.keys.sorted().map { ($0, editDistance($0, name)) }.min { $0.1 < $1.1 }?.0 ?? ""
  }
}

/// The number of letters to insert, delete or replace that turns one word into the other (Levenshtein).
func editDistance(_ left: String, _ right: String) -> Int {
  let (left, right) = (Array(left.utf8), Array(right.utf8))
  var row = Array(0...right.count)
  for (i, a) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in right.enumerated() {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
      diagonal = above
    }
  }
  return row[right.count]
}

extension GradientBoostedTrees.Settings {
  /// The parameter block of a model file, in LightGBM's names.
  func parameterLines() -> [String] {
    let words = objective.description.split(separator: " ").first.map(String.init) ?? ""
    var lines = [
      "boosting: gbdt", "objective: \(words)", "metric: \(objective.metric)", "num_iterations: \(rounds)",
      "learning_rate: \(shortNumber(learningRate))", "num_leaves: \(leaves)", "max_depth: \(maximumDepth ?? -1)",
      "min_data_in_leaf: \(minimumLeafRows)", "min_sum_hessian_in_leaf: \(shortNumber(minimumLeafHessian))",
      "lambda_l1: \(shortNumber(l1))", "lambda_l2: \(shortNumber(l2))",
      "min_gain_to_split: \(shortNumber(minimumGain))",
      "feature_fraction: \(shortNumber(featureFraction))", "bagging_fraction: \(shortNumber(baggingFraction))",
      "bagging_freq: \(baggingInterval)", "max_bin: \(maximumBins)", "min_data_in_bin: \(minimumBinRows)",
      "seed: \(seed)", "early_stopping_round: \(earlyStoppingRounds ?? 0)",
      "boost_from_average: \(startsFromAverage ? 1 : 0)",
    ]
    switch objective {
    case .huber(let delta): lines.append("alpha: \(shortNumber(delta))")
    case .quantile(let level): lines.append("alpha: \(shortNumber(level))")
    case .binary(let sigmoid): lines.append("sigmoid: \(shortNumber(sigmoid))")
    case .multiclass(let classes): lines.append("num_class: \(classes)")
    case .multiclassOneVersusAll(let classes, let sigmoid):
      lines += ["num_class: \(classes)", "sigmoid: \(shortNumber(sigmoid))"]
    default: break
    }
    return lines
  }
}
