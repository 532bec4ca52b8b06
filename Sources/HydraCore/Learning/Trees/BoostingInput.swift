import HydraNumerics

extension GradientBoostedTrees {
  /// The largest category: sets of categories are stored as bits.
  static let largestCategory = 1 << 20

  /// Throws for rows that the settings cannot train on.
  static func check(_ rows: LabelledRows, _ settings: Settings, columns: Int? = nil) throws {
    guard rows.features.columns == columns ?? rows.features.columns || rows.features.rows == 0 else {
      throw TreeFitError.lengthMismatch(
        what: "validation columns", expected: columns ?? 0, found: rows.features.columns)
    }
    try check(rows.targets, rows.weights, rows: rows.features.rows, settings.objective)
    try checkQueries(rows, settings)
    for column in settings.categorical.columns {
      for row in 0..<rows.features.rows where rows.features[row, column] > Double(largestCategory) {
        throw TreeFitError.badCategory(column: column, row: row, value: rows.features[row, column])
      }
    }
  }

  private static func checkQueries(_ rows: LabelledRows, _ settings: Settings) throws {
    var isNeeded = settings.metrics.contains { $0.needsQueries }
    if case .lambdaRank = settings.objective { isNeeded = true }
    guard let queries = rows.queries else {
      if isNeeded { throw TreeFitError.noQueries }
      return
    }
    let total = queries.reduce(0, +)
    guard queries.allSatisfy({ $0 > 0 }), total == rows.targets.count else {
      throw TreeFitError.lengthMismatch(what: "rows in queries", expected: rows.targets.count, found: total)
    }
  }

  static func check(_ targets: [Double], _ weights: [Double]?, rows: Int, _ objective: TreeObjective) throws {
    guard targets.count == rows else {
      throw TreeFitError.lengthMismatch(what: "targets", expected: rows, found: targets.count)
    }
    try objective.check(targets: targets)
    guard let weights else { return }
    guard weights.count == rows else {
      throw TreeFitError.lengthMismatch(what: "weights", expected: rows, found: weights.count)
    }
    for (row, weight) in weights.enumerated() {
      guard weight.isFinite else { throw TreeFitError.notFinite(what: "weight", row: row) }
      guard weight >= 0 else { throw TreeFitError.negativeWeight(row: row, value: weight) }
    }
  }

  /// Throws for an ensemble that new rounds cannot follow.
  static func checkBase(_ base: GradientBoostedTrees, _ settings: Settings, columns: Int) throws {
    guard base.features == columns else {
      throw TreeFitError.lengthMismatch(what: "columns", expected: base.features, found: columns)
    }
    guard base.scores == settings.objective.scores else {
      throw TreeFitError.lengthMismatch(
        what: "scores of the continued model", expected: settings.objective.scores, found: base.scores)
    }
    guard !base.averagesRounds, settings.boosting != .forest else {
      throw TreeFitError.badSetting(name: "continued training", value: "a forest")
    }
  }
}
