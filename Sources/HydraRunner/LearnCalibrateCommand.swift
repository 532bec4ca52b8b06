import ArgumentParser
import HydraCore

/// `hydra learn calibrate`: probabilities that mean what they say, intervals that hold what they promise.
struct LearnCalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit calibrations to labels and predictions; print them, or apply one to rows.",
    discussion: """
      isotonic: steps over the prediction. platt: 1 / (1 + exp(A s + B)) over the log-odds s of a probability (over \
      the prediction itself with --raw). beta: three parameters. conformal: the margin of intervals around a number, \
      over lower,upper columns with --prediction lower,upper. Without --method all three of probabilities are \
      fitted. --query gives their values there, in JSON; --apply FILE prints that table with the column \
      'calibrated', or 'lower' and 'upper'.
      """)

  enum Method: String, CaseIterable, ExpressibleByArgument { case isotonic, platt, beta, conformal }

  @Option(help: "The column of what happened.")
  var label: String

  @Option(help: "The column of predictions.")
  var prediction: String = "prediction"

  @Option(help: "The column of row weights.")
  var weight: String?

  @Option(help: "isotonic, platt, beta or conformal.")
  var method: Method?

  @Option(help: "The frequency that conformal intervals promise.")
  var coverage: Double = 0.9

  @Option(help: "The column of scales (volatilities) that conformal intervals are proportional to.")
  var scale: String?

  @Flag(help: "Predictions are raw scores: platt takes them as they are; beta is left out.")
  var raw = false

  @Option(parsing: .unconditional, help: "Scores, separated by commas, whose calibrated values are printed.")
  var query: String?

  @Option(help: "A table to which the calibration is applied.")
  var apply: String?

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    if apply != nil, method == nil { throw ValidationError("--apply needs --method") }
    if method == .beta, raw { throw ValidationError("--method beta is over probabilities, not --raw scores") }
  }

  func run() async throws {
    let table = try input.table()
    try blamingRows(of: table) { try run(table) }
  }

  private func run(_ table: CSVTable) throws {
    let labels = try table.doubles(label, missing: .refused)
    if method == .conformal { return try conformal(table, labels) }
    let scores = try table.doubles(prediction, missing: .refused)
    let weights = try weight.map { try table.doubles($0, missing: .refused) }
    let query = try queried()
    if let apply, let method {
      let other = try readTable(apply)
      let values = try other.doubles(prediction)
      var rows = RowTable(carrying: other)
      rows.add(column: "calibrated", try fit(method, scores, labels, weights).values(values))
      return try output.write(rows: rows)
    }
    var result: JSONValue = ["rows": JSONValue(labels.count)]
    for method in method.map({ [$0] }) ?? (raw ? [.isotonic, .platt] : [.isotonic, .platt, .beta]) {
      let fitted = try fit(method, scores, labels, weights)
      var entry = fitted.parameters
      if let query {
        entry["query"] = JSONValue(query)
        // The curve over log-odds is asked about log-odds, as it is stored in files.
        let out = method == .platt ? fitted.calibration.calibrated(query) : fitted.values(query)
        entry[method == .platt ? "out_at_query" : "out"] = JSONValue(out)
      }
      result[method.rawValue] = entry
    }
    try output.write(summary: result)
  }

  private func queried() throws -> [Double]? {
    try query?.split(separator: ",").map { word in
      guard let value = NumberText.number(String(word)) else {
        throw RunnerError(.usage, "--query: '\(word)' is not a number")
      }
      return value
    }
  }

  /// A calibration, its parameters, and the scale on which it takes what stands in the table.
  private struct Fitted {
    var calibration: any Calibration
    var parameters: JSONValue
    var isOverLogOdds = false

    func values(_ predictions: [Double]) -> [Double] {
      calibration.calibrated(isOverLogOdds ? predictions.map { PlattCalibration.logOdds($0) } : predictions)
    }
  }

  private func fit(_ method: Method, _ scores: [Double], _ labels: [Double], _ weights: [Double]?) throws -> Fitted {
    switch method {
    case .isotonic:
      let fitted = try IsotonicCalibration(scores: scores, labels: labels, weights: weights)
      return Fitted(
        calibration: fitted,
        parameters: ["x_thresholds": JSONValue(fitted.thresholds), "y_thresholds": JSONValue(fitted.values)])
    case .platt:
      if !raw, let row = scores.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
        let allowed = "a probability; see --raw"
        throw MetricError.badValue(what: "prediction", row: row, value: scores[row], allowed: allowed)
      }
      let input = raw ? scores : scores.map { PlattCalibration.logOdds($0) }
      let fitted = try PlattCalibration(scores: input, labels: labels, weights: weights)
      return Fitted(
        calibration: fitted, parameters: ["A": .number(fitted.slope), "B": .number(fitted.offset)], isOverLogOdds: !raw)
    default:
      let fitted = try BetaCalibration(probabilities: scores, labels: labels, weights: weights)
      return Fitted(
        calibration: fitted,
        parameters: ["a": .number(fitted.first), "b": .number(fitted.second), "c": .number(fitted.offset)])
    }
  }

  private func conformal(_ table: CSVTable, _ labels: [Double]) throws {
    let columns = prediction.split(separator: ",").map(String.init)
    let bounds = try columns.map { try table.doubles($0, missing: .refused) }
    let scales = try scale.map { try table.doubles($0, missing: .refused) }
    guard columns.count == 1 || columns.count == 2 && scale == nil else {
      throw RunnerError(.usage, "--prediction: one column (with --scale or without), or lower,upper")
    }
    let fitted =
      columns.count == 1
      ? try ConformalInterval(targets: labels, predictions: bounds[0], scales: scales, coverage: coverage)
      : try ConformalInterval(targets: labels, lower: bounds[0], upper: bounds[1], coverage: coverage)
    guard let apply else {
      return try output.write(
        summary: [
          "rows": JSONValue(labels.count), "coverage": .number(fitted.coverage), "margin": .number(fitted.margin),
        ])
    }
    let other = try readTable(apply)
    let values = try columns.map { try other.doubles($0) }
    let otherScales = try scale.map { try other.doubles($0) }
    let intervals = (0..<other.count).map { row in
      columns.count == 1
        ? fitted.interval(around: values[0][row], scale: otherScales?[row] ?? 1)
        : fitted.interval(lower: values[0][row], upper: values[1][row])
    }
    var rows = RowTable(carrying: other)
    rows.add(column: "lower", intervals.map(\.lower))
    rows.add(column: "upper", intervals.map(\.upper))
    try output.write(rows: rows)
  }
}
