import HydraLearning
import HydraNumerics

/// What has to hold of predictions and explanations, whatever the model is.
enum TreeChecks {
  /// Rows alone give what rows together give, bit for bit; probabilities of classes sum to one.
  static func predictions(_ model: GradientBoostedTrees, _ features: Matrix, _ predictions: [Double]) throws {
    let width = model.scores
    try check(predictions.count == features.rows * width, "\(predictions.count) predictions")
    for row in stride(from: 0, to: features.rows, by: max(1, features.rows / 200)) {
      let alone = model.predict(Matrix(rows: 1, columns: features.columns, values: features.row(row)))
      let together = Array(predictions[row * width..<(row + 1) * width])
      try check(alone == together, "row \(row): \(together) together, \(alone) alone")
      guard case .multiclass = model.objective else { continue }
      let sum = together.reduce(0, +)
      try check(abs(sum - 1) < 1e-12, "row \(row): probabilities sum to \(sum)")
    }
  }

  /// The contributions of a row and the base value sum to its raw score.
  static func contributions(_ model: GradientBoostedTrees, _ features: Matrix, _ contributions: Matrix) throws {
    let raw = model.rawScores(features)
    let width = model.features + 1
    for row in 0..<features.rows {
      for score in 0..<model.scores {
        var (sum, size) = (0.0, 1.0)
        for column in score * width..<(score + 1) * width {
          sum += contributions[row, column]
          size += abs(contributions[row, column])
        }
        let gap = abs(sum - raw[row * model.scores + score])
        try check(gap <= 1e-10 * size, "row \(row): contributions miss the raw score by \(gap)")
      }
    }
  }
}
