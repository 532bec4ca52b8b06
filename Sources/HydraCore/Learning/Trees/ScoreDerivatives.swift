import HydraNumerics

/// The derivatives of the loss at the scores of all rows, whoever defines the loss.
struct ScoreDerivatives {
  private let rows: LabelledRows
  private let objective: TreeObjective
  private let user: UserObjective?
  private let weights: [Double]?
  /// Whether hessians differ from row to row.
  let hasHessians: Bool

  init(_ rows: LabelledRows, settings: GradientBoostedTrees.Settings, user: UserObjective?) {
    self.rows = rows
    objective = settings.objective
    self.user = user
    weights = Self.weights(rows, settings)
    hasHessians = weights != nil || !objective.hasConstantHessian
  }

  /// The weights of rows, with those of their labels.
  private static func weights(_ rows: LabelledRows, _ settings: GradientBoostedTrees.Settings) -> [Double]? {
    var factors = (negative: 1.0, positive: settings.positiveWeight)
    if settings.balancesLabels {
      let positives = Double(rows.targets.count { $0 == 1 })
      let negatives = Double(rows.targets.count) - positives
      // As LightGBM's `is_unbalance`: the rarer label weighs more.
      if positives > 0, negatives > 0 {
        factors = (max(positives / negatives, 1), max(negatives / positives, 1))
      }
    }
    // One-sided samples weigh rows, so that hessians must be written.
    guard factors != (1, 1) || (settings.oneSidedSampling != nil && settings.objective.hasConstantHessian) else {
      return rows.weights
    }
    return rows.targets.indices.map {
      (rows.weights?[$0] ?? 1) * (rows.targets[$0] == 1 ? factors.positive : factors.negative)
    }
  }

  func compute(scores: [Double], gradients: inout [Double], hessians: inout [Double], threads: Int) throws {
    if let user { return try compute(user, scores, &gradients, &hessians) }
    let (count, objective, hasHessians, queries) = (rows.targets.count, objective, hasHessians, rows.queries)
    let chunk = 8192
    gradients.withUnsafeMutableBufferPointer { gradients in
      hessians.withUnsafeMutableBufferPointer { hessians in
        scores.withUnsafeBufferPointer { scores in
          rows.targets.withUnsafeBufferPointer { targets in
            withOptionalPointer(weights) { weights in
              nonisolated(unsafe) let pointers = (
                scores.baseAddress!, targets.baseAddress!, weights, gradients.baseAddress!,
                hasHessians ? hessians.baseAddress : nil
              )
              if case .lambdaRank(let ranking) = objective, let queries, let second = pointers.4 {
                nonisolated(unsafe) let second = second
                let starts = queries.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
                parallelFor(queries.count, threads: threads) { query in
                  ranking.derivatives(
                    rows: starts[query]..<starts[query + 1], scores: pointers.0, targets: pointers.1,
                    weights: pointers.2, gradients: pointers.3, hessians: second)
                }
                return
              }
              parallelFor((count + chunk - 1) / chunk, threads: threads) { index in
                objective.derivatives(
                  index * chunk..<min((index + 1) * chunk, count), rows: count, scores: pointers.0,
                  targets: pointers.1, weights: pointers.2, gradients: pointers.3, hessians: pointers.4)
              }
            }
          }
        }
      }
    }
  }

  private func compute(
    _ user: UserObjective, _ scores: [Double], _ gradients: inout [Double], _ hessians: inout [Double]
  ) throws {
    let found = try user.derivatives(scores, rows.targets)
    for (what, values) in [("gradients", found.gradients), ("hessians", found.hessians)] {
      guard values.count == scores.count else {
        throw TreeFitError.lengthMismatch(what: what, expected: scores.count, found: values.count)
      }
      if let wrong = values.firstIndex(where: { !$0.isFinite || (what == "hessians" && $0 < 0) }) {
        throw TreeFitError.notFinite(what: what, row: wrong % max(rows.targets.count, 1))
      }
    }
    let count = rows.targets.count
    for index in scores.indices {
      let weight = weights?[index % count] ?? 1
      gradients[index] = weight * found.gradients[index]
      hessians[index] = weight * found.hessians[index]
    }
  }
}
