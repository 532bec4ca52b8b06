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
    ("min_data_in_leaf", ["min_data_per_leaf", "min_data", "min_child_samples", "min_samples_leaf"]),
    (
      "min_sum_hessian_in_leaf",
      ["min_sum_hessian_per_leaf", "min_sum_hessian", "min_hessian", "min_child_weight"]
    ),
    ("lambda_l1", ["reg_alpha", "l1_regularization"]),
    ("lambda_l2", ["reg_lambda", "lambda", "l2_regularization"]),
    ("min_gain_to_split", ["min_split_gain"]),
    ("feature_fraction", ["sub_feature", "colsample_bytree"]),
    ("feature_fraction_bynode", ["sub_feature_bynode", "colsample_bynode"]),
    ("bagging_fraction", ["sub_row", "subsample", "bagging"]),
    ("pos_bagging_fraction", ["pos_sub_row", "pos_subsample", "pos_bagging"]),
    ("neg_bagging_fraction", ["neg_sub_row", "neg_subsample", "neg_bagging"]),
    ("bagging_freq", ["subsample_freq"]),
    ("data_sample_strategy", []), ("top_rate", []), ("other_rate", []),
    ("max_bin", ["max_bins"]),
    ("min_data_in_bin", []),
    ("seed", ["random_seed", "random_state"]),
    ("early_stopping_round", ["early_stopping_rounds", "early_stopping", "n_iter_no_change"]),
    ("early_stopping_min_delta", []),
    ("first_metric_only", []),
    ("boost_from_average", []),
    ("num_threads", ["num_thread", "nthread", "nthreads", "n_jobs"]),
    ("boosting", ["boosting_type", "boost"]),
    ("drop_rate", ["rate_drop"]), ("max_drop", []), ("skip_drop", []), ("uniform_drop", []),
    ("xgboost_dart_mode", []),
    ("objective", ["objective_type", "app", "application", "loss"]),
    ("alpha", []), ("sigmoid", []), ("fair_c", []), ("tweedie_variance_power", []), ("quantile_levels", []),
    ("num_class", ["num_classes"]),
    ("scale_pos_weight", []), ("is_unbalance", ["unbalance", "unbalanced_sets"]),
    ("lambdarank_truncation_level", []), ("lambdarank_norm", []),
    ("metric", ["metrics", "metric_types"]),
    ("eval_at", ["ndcg_eval_at", "ndcg_at", "map_eval_at", "map_at"]),
    ("grow_policy", []), ("extra_trees", ["extra_tree"]),
    ("linear_tree", ["linear_trees"]), ("linear_lambda", []),
    ("monotone_constraints", ["mc", "monotone_constraint", "monotonic_cst"]),
    ("monotone_constraints_method", ["monotone_constraining_method", "mc_method"]),
    ("monotone_penalty", ["monotone_splits_penalty", "ms_penalty", "mc_penalty"]),
    ("interaction_constraints", ["interaction_constraint"]),
    ("feature_contri", ["feature_contrib", "fc", "fp", "feature_penalty"]),
    ("max_delta_step", ["max_tree_output", "max_leaf_output"]), ("path_smooth", []),
    ("categorical_feature", ["cat_feature", "categorical_column", "cat_column", "categorical_features"]),
    ("max_cat_to_onehot", []), ("max_cat_threshold", []), ("cat_smooth", []), ("cat_l2", []),
    ("min_data_per_group", []),
    ("zero_as_missing", []), ("use_missing", []),
    ("enable_bundle", ["is_enable_bundle", "bundle"]),
    ("poisson_max_delta_step", []), ("reg_sqrt", []),
    // Without effect here.
    ("verbosity", ["verbose"]),
    ("deterministic", []),
    ("force_col_wise", []),
    ("force_row_wise", []),
    ("histogram_pool_size", ["hist_pool_size"]),
    ("device_type", ["device"]),
    ("tree_learner", ["tree", "tree_type", "tree_learner_type"]),
    ("bagging_seed", ["bagging_fraction_seed"]),
    ("feature_fraction_seed", []), ("drop_seed", []),
    ("data_random_seed", ["data_seed"]),
    ("objective_seed", []),
    ("extra_seed", []),
    ("feature_pre_filter", []), ("pre_partition", ["is_pre_partition"]), ("max_conflict_rate", []),
    ("is_enable_sparse", ["is_sparse", "enable_sparse", "sparse"]),
    ("bin_construct_sample_cnt", ["subsample_for_bin"]),
    ("is_provide_training_metric", ["training_metric", "is_training_metric", "train_metric"]),
    ("metric_freq", ["output_freq"]),
    ("use_quantized_grad", []), ("num_grad_quant_bins", []), ("quant_train_renew_leaf", []),
    ("stochastic_rounding", []),
  ]

  /// Parameters with effects of which only one value is known here.
  static let fixed: [(name: String, allowed: Set<String>)] = [
    ("monotone_constraints_method", ["basic"]), ("poisson_max_delta_step", ["0.7"]), ("reg_sqrt", ["false", "0", "-"]),
    ("device_type", ["cpu"]), ("tree_learner", ["serial"]),
  ]

  static let canonical: [String: String] = {
    var result: [String: String] = [:]
    for (name, others) in aliases {
      result[name] = name
      for other in others { result[other] = name }
    }
    return result
  }()

  /// The known name with the fewest edits; of equals the first in the alphabet.
  static func nearest(to name: String) -> String {
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
