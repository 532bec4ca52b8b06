import HydraLearning
import HydraNumerics

extension FeatureHistory {
  /// The linear model as it stood when a row was the newest; nil without one.
  func linearModel(at row: Int) -> LinearModel? { linear.settings.use != .none ? linear.model(at: row) : nil }

  /// The linear forecast that was made at a row from some of its columns; 0 without one.
  func linearForecast(_ row: Int, columns: [Int]) -> Double {
    linearModel(at: row)?.columns(columns).predict(self.row(row), columns: columns) ?? 0
  }
}

extension Policy {
  /// The forecast for a row of a history; with `follows` by what the linear forecast has learnt up to the row, where
  /// nothing pins it.
  func forecast(at row: Int, of history: FeatureHistory, columns: [Int], follows: Bool) -> Double {
    standing(at: row, of: history, columns: columns, follows: follows).forecast(history.row(row), columns: columns)
  }

  /// The policy as it decides at a row.
  func standing(at row: Int, of history: FeatureHistory, columns: [Int], follows: Bool) -> Policy {
    guard follows, !isPinned, ensemble == nil, linear != nil else { return self }
    var policy = self
    policy.linear = history.linearModel(at: row)?.columns(columns)
    return policy
  }

  /// What each of the model's features adds to the forecasts for some rows: Shapley values of the trees and of the linear
  /// forecast, one row each.
  ///
  /// - Complexity: that of ``TreeExplainer``.
  func contributions(_ rows: [Int], of history: FeatureHistory, columns: [Int], follows: Bool) throws -> [[Double]] {
    let explained = try TreeExplainer(model).contributions(history.matrix(rows: rows, columns: columns))
    return rows.enumerated().map { place, row in
      let values = history.row(row)
      let linear = standing(at: row, of: history, columns: columns, follows: follows).linear
      let parts = linear?.contributions(columns.map { values[values.startIndex + $0] })
      return columns.indices.map { explained[place, $0] + (parts?[$0] ?? 0) }
    }
  }
}
