import ArgumentParser
import HydraCore

/// `hydra learn metrics`: how good predictions are.
struct LearnMetricsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Metrics of predictions as one JSON object.",
    discussion: """
      Kinds: binary (labels 0 and 1, probabilities of 1), multiclass (labels 0, 1, …; a column of probabilities per \
      class: P_0, P_1, … or names separated by commas) and regression. Without --kind it is multiclass when there are \
      such columns, binary when all labels are 0 or 1 and all predictions are from 0 to 1, else regression. With \
      weights, areas, losses and the accuracy of two classes are weighted, counts of calls are not; of numbers the \
      weighted metrics end in _w. What is not defined is null.
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument { case binary, regression, multiclass }

  @Option(help: "The column of what happened.")
  var label: String

  @Option(help: "The column of predictions, or the beginning of the names of several.")
  var prediction: String = "prediction"

  @Option(help: "The column of row weights.")
  var weight: String?

  @Option(help: "binary, regression or multiclass.")
  var kind: Kind?

  @Option(help: "Rows of at least this probability are called 1.")
  var threshold: Double = 0.5

  @Option(help: "Bins of the calibration curves.")
  var bins: Int = 10

  @Flag(help: "Add the points of the ROC and precision-recall curves.")
  var curves = false

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let table = try input.table()
    try output.write(summary: blamingRows(of: table) { try summary(table) })
  }

  private func summary(_ table: CSVTable) throws -> JSONValue {
    let labels = try table.doubles(label, missing: .refused)
    let weights = try weight.map { try table.doubles($0, missing: .refused) }
    let columns = classColumns(of: table)
    if kind == .multiclass || (kind == nil && columns.count > 1) {
      guard columns.count > 1 else {
        throw RunnerError(.badData, "no columns '\(prediction)_0', '\(prediction)_1', … of probabilities")
      }
      return try multiclass(labels, table.matrix(columns: columns))
    }
    let predictions = try table.doubles(prediction, missing: .refused)
    let looksBinary =
      labels.allSatisfy { $0 == 0 || $0 == 1 } && predictions.allSatisfy { $0 >= 0 && $0 <= 1 } && !labels.isEmpty
    switch kind ?? (looksBinary ? .binary : .regression) {
    case .binary: return try binary(labels, predictions, weights)
    default: return try regression(labels, predictions, weights)
    }
  }

  private func classColumns(of table: CSVTable) -> [String] {
    if prediction.contains(",") { return prediction.split(separator: ",").map(String.init) }
    var names: [String] = []
    while table.hasColumn("\(prediction)_\(names.count)") { names.append("\(prediction)_\(names.count)") }
    return names
  }

  private func binary(_ labels: [Double], _ p: [Double], _ weights: [Double]?) throws -> JSONValue {
    let metrics = try BinaryMetrics(labels: labels, probabilities: p, weights: weights, threshold: threshold)
    var result: JSONValue = [
      "kind": "binary", "rows": JSONValue(labels.count), "auc": .number(metrics.ranking.auc),
      "average_precision": .number(metrics.ranking.averagePrecision),
      "pr_auc_trapezoid": .number(metrics.ranking.precisionRecallArea), "brier": .number(metrics.brier),
      "logloss": .number(metrics.logLoss), "accuracy": .number(metrics.accuracy),
      "balanced_accuracy": .number(metrics.confusion.balancedAccuracy),
      "mcc": .number(metrics.confusion.matthewsCorrelation), "f1": .number(metrics.confusion.report[1].f1),
      "kappa": .number(metrics.confusion.kappa),
    ]
    add(metrics.confusion, to: &result)
    var calibration: JSONValue = [:]
    for kind in CalibrationCurve.Bins.allCases {
      let curve = try CalibrationCurve(labels: labels, probabilities: p, bins: bins, by: kind)
      calibration[kind.rawValue] = [
        "prob_true": JSONValue(curve.bins.map(\.observed)), "prob_pred": JSONValue(curve.bins.map(\.predicted)),
        "count": JSONValue(curve.bins.map(\.count)), "expected_error": .number(curve.expectedError),
      ]
    }
    result["calibration_curve"] = calibration
    if curves {
      let (roc, pr) = (metrics.ranking.roc, metrics.ranking.precisionRecall)
      result["roc"] = [
        "fpr": JSONValue(roc.map(\.falsePositiveRate)), "tpr": JSONValue(roc.map(\.truePositiveRate)),
        "thresholds": JSONValue(roc.map(\.threshold)),
      ]
      result["pr"] = [
        "precision": JSONValue(pr.map(\.precision)), "recall": JSONValue(pr.map(\.recall)),
        "thresholds": JSONValue(pr.dropLast().map(\.threshold)),
      ]
    }
    return result
  }

  private func multiclass(_ labels: [Double], _ probabilities: Matrix) throws -> JSONValue {
    let classes = try labels.enumerated().map { row, label in
      guard let whole = Int(exactly: label) else {
        throw MetricError.badValue(what: "label", row: row, value: label, allowed: "a class")
      }
      return whole
    }
    let metrics = try MulticlassMetrics(labels: classes, probabilities: probabilities)
    var result: JSONValue = [
      "kind": "multiclass", "rows": JSONValue(labels.count), "mlogloss": .number(metrics.logLoss),
      "auc_ovr_macro": .number(metrics.aucOneVersusRest), "auc_ovo_macro": .number(metrics.aucOneVersusOne),
      "top2": .number(metrics.topTwoAccuracy), "accuracy": .number(metrics.confusion.accuracy),
      "balanced_accuracy": .number(metrics.confusion.balancedAccuracy),
      "mcc": .number(metrics.confusion.matthewsCorrelation), "kappa": .number(metrics.confusion.kappa),
    ]
    add(metrics.confusion, to: &result)
    return result
  }

  private func regression(_ targets: [Double], _ predictions: [Double], _ weights: [Double]?) throws -> JSONValue {
    var result: JSONValue = ["kind": "regression", "rows": JSONValue(targets.count)]
    add(try RegressionMetrics(targets: targets, predictions: predictions), to: &result, suffix: "")
    if let weights {
      let weighted = try RegressionMetrics(targets: targets, predictions: predictions, weights: weights)
      add(weighted, to: &result, suffix: "_w")
    }
    return result
  }

  private func add(_ metrics: RegressionMetrics, to result: inout JSONValue, suffix: String) {
    result["rmse" + suffix] = .number(metrics.rootMeanSquaredError)
    result["mse" + suffix] = .number(metrics.meanSquaredError)
    result["mae" + suffix] = .number(metrics.meanAbsoluteError)
    if suffix.isEmpty { result["medae"] = .number(metrics.medianAbsoluteError) }
    result["r2" + suffix] = .number(metrics.rSquared)
    result["explained_variance" + suffix] = .number(metrics.explainedVariance)
    result["mape" + suffix] = .number(metrics.meanAbsolutePercentageError)
    for (name, level) in [("01", 0.1), ("05", 0.5), ("09", 0.9)] {
      result["pinball_\(name)\(suffix)"] = .number(metrics.pinballLoss(level: level))
    }
    if suffix.isEmpty { result["d2_pinball"] = .number(metrics.pinballSkill()) }
  }

  private func add(_ confusion: ConfusionMatrix, to result: inout JSONValue) {
    func entry(_ report: ConfusionMatrix.ClassReport) -> JSONValue {
      [
        "precision": .number(report.precision), "recall": .number(report.recall), "f1-score": .number(report.f1),
        "support": .number(report.support),
      ]
    }
    result["confusion"] = .array(confusion.counts.map { JSONValue($0) })
    var report: JSONValue = [:]
    for (label, line) in confusion.report.enumerated() { report["\(label)"] = entry(line) }
    report["accuracy"] = .number(confusion.accuracy)
    report["macro avg"] = entry(confusion.macroAverage)
    report["weighted avg"] = entry(confusion.weightedAverage)
    result["report"] = report
  }
}
