import HydraNumerics

extension GradientBoostedTrees {
  /// The mean raw score of some rows when one feature has each of some values, whatever the rows say.
  ///
  /// Row g of the result holds the scores at `values[g]`, one column for each score of the model. What the curve shows
  /// is an effect of the feature alone as long as it does not go with others: values that no row could have, given its
  /// other features, count like all others.
  ///
  /// - Complexity: O(values) predictions of all rows.
  ///
  /// Source: J. Friedman, Annals of Statistics 29 (2001), section 8.2.
  public func partialDependence(
    of feature: Int, at values: [Double], over rows: Matrix, threads: Int = 1
  ) -> Matrix {
    precondition(feature >= 0 && feature < features, "feature \(feature) of \(features)")
    precondition(rows.columns == features && rows.rows > 0, "\(rows.rows) rows of \(rows.columns) columns")
    let model = self
    let means = parallelMap(values.count, threads: threads) { place -> [Double] in
      var changed = rows
      for row in 0..<rows.rows { changed[row, feature] = values[place] }
      let raw = model.rawScores(changed)
      return (0..<model.scores).map { score in
        Statistics.mean((0..<rows.rows).map { raw[$0 * model.scores + score] })
      }
    }
    return Matrix(rows: values.count, columns: scores, values: means.flatMap { $0 })
  }

  /// Where a curve of `partialDependence` is worth drawing: for a feature that the model splits by categories every one
  /// that occurs in some rows, else their values at even shares.
  public func dependenceValues(of feature: Int, in rows: Matrix, points: Int = 20) -> [Double] {
    precondition(feature >= 0 && feature < features, "feature \(feature) of \(features)")
    let isCategorical = trees.contains { tree in
      tree.splitFeature.indices.contains { tree.splitFeature[$0] == feature && tree.decision[$0].isCategorical }
    }
    guard isCategorical else { return Self.grid(of: feature, in: rows, points: points) }
    return Set(rows.column(feature).filter { !$0.isNaN }).sorted()
  }

  /// Values of a feature at even shares of some rows, each once: a grid for `partialDependence`.
  public static func grid(of feature: Int, in rows: Matrix, points: Int = 20) -> [Double] {
    let sorted = rows.column(feature).filter { !$0.isNaN }.sorted()
    guard !sorted.isEmpty, points > 0 else { return [] }
    var grid: [Double] = []
    for place in 0..<points {
      let value = Statistics.quantile(sorted: sorted, points > 1 ? Double(place) / Double(points - 1) : 0.5)
      if grid.last != value { grid.append(value) }
    }
    return grid
  }
}
