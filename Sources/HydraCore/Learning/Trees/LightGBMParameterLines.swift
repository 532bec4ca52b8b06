extension GradientBoostedTrees.Settings {
  /// The parameter block of a model file, in LightGBM's names.
  func parameterLines() -> [String] {
    let words = objective.description.split(separator: " ").first.map(String.init) ?? ""
    var lines = [
      "boosting: \(boostingName)", "objective: \(words)", "metric: \(objective.metric)", "num_iterations: \(rounds)",
      "learning_rate: \(shortNumber(learningRate))", "num_leaves: \(leaves)", "max_depth: \(maximumDepth ?? -1)",
      "min_data_in_leaf: \(minimumLeafRows)", "min_sum_hessian_in_leaf: \(shortNumber(minimumLeafHessian))",
      "lambda_l1: \(shortNumber(l1))", "lambda_l2: \(shortNumber(l2))",
      "min_gain_to_split: \(shortNumber(minimumGain))",
      "feature_fraction: \(shortNumber(featureFraction))", "bagging_fraction: \(shortNumber(baggingFraction))",
      "bagging_freq: \(baggingInterval)", "max_bin: \(maximumBins)", "min_data_in_bin: \(minimumBinRows)",
      "seed: \(seed)", "early_stopping_round: \(earlyStoppingRounds ?? 0)",
      "boost_from_average: \(startsFromAverage ? 1 : 0)",
    ]
    lines += changedLines()
    switch objective {
    case .quantiles(let levels): lines.append("quantile_levels: \(levels.map(shortNumber).joined(separator: ","))")
    case .fair(let scale): lines.append("fair_c: \(shortNumber(scale))")
    case .tweedie(let power): lines.append("tweedie_variance_power: \(shortNumber(power))")
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

  private var boostingName: String {
    switch boosting {
    case .gradient: "gbdt"
    case .dart: "dart"
    case .forest: "rf"
    }
  }

  /// Settings that most models leave as they are.
  private func changedLines() -> [String] {
    var lines: [String] = []
    func list(_ values: [some CustomStringConvertible]) -> String {
      values.map { $0.description }.joined(separator: ",")
    }
    func add(_ holds: Bool, _ line: @autoclosure () -> String) { if holds { lines.append(line()) } }
    add(growth != .bestFirst, "grow_policy: \(growth.rawValue)")
    add(drawsCuts, "extra_trees: 1")
    add(missing == .zero, "zero_as_missing: 1")
    add(missing == .none, "use_missing: 0")
    add(!categorical.columns.isEmpty, "categorical_feature: \(list(categorical.columns))")
    add(nodeFeatureFraction < 1, "feature_fraction_bynode: \(shortNumber(nodeFeatureFraction))")
    add(positiveWeight != 1, "scale_pos_weight: \(shortNumber(positiveWeight))")
    add(balancesLabels, "is_unbalance: 1")
    add(!constraints.monotone.isEmpty, "monotone_constraints: \(list(constraints.monotone))")
    add(constraints.pathSmoothing > 0, "path_smooth: \(shortNumber(constraints.pathSmoothing))")
    add(
      !constraints.interactions.isEmpty,
      "interaction_constraints: \(constraints.interactions.map { "[\(list($0))]" }.joined(separator: ","))")
    if let step = constraints.largestStep { lines.append("max_delta_step: \(shortNumber(step))") }
    if let linear = linearLeaves { lines += ["linear_tree: 1", "linear_lambda: \(shortNumber(linear.l2))"] }
    if let sampling = oneSidedSampling {
      lines += [
        "data_sample_strategy: goss", "top_rate: \(shortNumber(sampling.top))",
        "other_rate: \(shortNumber(sampling.other))",
      ]
    }
    if case .dart(let dropout) = boosting {
      lines += [
        "drop_rate: \(shortNumber(dropout.rate))", "max_drop: \(dropout.most ?? 0)",
        "skip_drop: \(shortNumber(dropout.skip))", "uniform_drop: \(dropout.isUniform ? 1 : 0)",
        "xgboost_dart_mode: \(dropout.followsXGBoost ? 1 : 0)",
      ]
    }
    return lines
  }
}
