import HydraLearning
import HydraNumerics

/// `hydra-bench trees`: training, prediction and explanation on tables.
enum TreesCall {
  static let usage =
    "trees --train F --test F --label NAME --params JSON --pred-out F --shap-rows N --shap-out F --repeat R"

  static func run(_ words: ArraySlice<String>) throws {
    let arguments = try Arguments(
      words, call: "trees", positional: 0,
      options: ["train", "test", "label", "params", "pred-out", "shap-rows", "shap-out", "repeat"])
    let (parameters, categorical) = try parameters(arguments.required("params"))
    let threads = parameters.threads ?? 1
    let repeats = try arguments.whole("repeat", default: 3)
    let wanted = try arguments.whole("shap-rows", default: 0, least: 0)
    let label = try arguments.required("label")
    let (train, names) = try rows(arguments.required("train"), label: label)
    let (test, _) = try rows(arguments.required("test"), label: label, names: names)
    let settings = try parameters.settings(forFeatures: names, categorical: categorical)

    var fitted: GradientBoostedTrees?
    let training = try Measurement(repeats: repeats) {
      let model = try GradientBoostedTrees.fit(
        train.features, train.targets, names: names, settings: settings, threads: threads)
      if let fitted { try check(fitted == model, "the same data gave another model") }
      fitted = model
      return model
    }
    guard let model = fitted else { return }
    let trainMegabytes = peakMegabytes()

    let predictions = model.predict(test.features, threads: threads)
    try TreeChecks.predictions(model, test.features, predictions)
    if let path = arguments.optional("pred-out") {
      try write(
        lines: test.targets.indices.map { row in
          predictions[row * model.scores..<(row + 1) * model.scores].map(numberField).joined(separator: ",")
        }, to: path)
    }
    let predicting = Measurement(repeats: repeats) { model.predict(test.features, threads: threads) }
    let single = singles(model, test.features, repeats: repeats)
    let text = model.lightGBMText()
    let loading = try Measurement(repeats: repeats) { try GradientBoostedTrees(lightGBMText: text) }

    var (shapRate, shapProcessorRate) = (JSONValue.null, JSONValue.null)
    let explained = test.features.selecting(rows: Array(0..<min(wanted, test.features.rows)))
    if explained.rows > 0 {
      let contributions = try model.explain(explained, threads: threads)
      try TreeChecks.contributions(model, explained, contributions)
      if let path = arguments.optional("shap-out") {
        try write(
          lines: (0..<explained.rows).map { contributions.row($0).map(numberField).joined(separator: ",") }, to: path)
      }
      let explaining = try Measurement(repeats: repeats) { try model.explain(explained, threads: threads) }
      shapRate = .number(Double(explained.rows) / explaining.seconds)
      shapProcessorRate = .number(Double(explained.rows) / explaining.processorSeconds)
    }

    let report = JSONValue.object([
      ("name", "hydra"), ("version", .string(HydraBench.version)),
      ("train_s", .number(training.seconds)), ("train_cpu_s", .number(training.processorSeconds)),
      ("predict_rows_per_s", .number(Double(test.features.rows) / predicting.seconds)),
      ("predict1_us", .number(single.seconds * 1e6)), ("shap_rows_per_s", shapRate),
      ("predict_rows_per_cpu_s", .number(Double(test.features.rows) / predicting.processorSeconds)),
      ("predict1_cpu_us", .number(single.processorSeconds * 1e6)), ("shap_rows_per_cpu_s", shapProcessorRate),
      ("load_ms", .number(loading.seconds * 1e3)), ("load_cpu_ms", .number(loading.processorSeconds * 1e3)),
      ("metric", metrics(model, predictions, test.targets)),
      ("rss_mb", .number(peakMegabytes())), ("train_rss_mb", .number(trainMegabytes)),
    ])
    print(report.text)
  }

  /// LightGBM's parameters from a JSON file, or from the JSON itself when it begins with a brace; the names under
  /// `categorical` are columns of categories.
  private static func parameters(
    _ source: String
  ) throws -> (parameters: LightGBMParameters, categorical: [String]) {
    let isText = source.drop { $0 == " " }.hasPrefix("{")
    let value = try isText ? JSONValue(parsing: source) : JSONValue(parsing: FileBytes.read(source))
    let place = isText ? "--params" : source
    guard let members = value.object else { throw BenchError.badData("\(place): an object of parameters is expected") }
    var pairs: [(name: String, value: String)] = []
    var categorical: [String] = []
    for (name, value) in members {
      switch value {
      case .array(let names) where name == "categorical": categorical = names.compactMap { $0.string }
      case .array(let values): pairs.append((name, try list(values, name, place)))
      default: pairs.append((name, try text(value, name, place)))
      }
    }
    return (try LightGBMParameters(pairs), categorical)
  }

  private static func text(_ value: JSONValue, _ name: String, _ place: String) throws -> String {
    switch value {
    case .string(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .number, .integer: value.text
    default: throw BenchError.badData("\(place): parameter '\(name)' is not a number, a text or a flag")
    }
  }

  /// A list as LightGBM writes it, lists in it in brackets.
  private static func list(_ values: [JSONValue], _ name: String, _ place: String) throws -> String {
    try values.map { value in
      if case .array(let inner) = value { return "[\(try list(inner, name, place))]" }
      return try text(value, name, place)
    }.joined(separator: ",")
  }

  private static func rows(
    _ path: String, label: String, names: [String]? = nil
  ) throws -> (rows: LabelledRows, names: [String]) {
    let table = try CSVTable(path: path)
    let names = try names ?? LabelledRows.featureNames(of: table, label: label, weight: nil)
    return (try LabelledRows(table, label: label, features: names), names)
  }

  /// Seconds, by the clock and of the processor, for the prediction of one row: medians over repeats of up to 2,000 rows
  /// one after another.
  static func singles(
    _ model: GradientBoostedTrees, _ features: Matrix, repeats: Int
  ) -> (seconds: Double, processorSeconds: Double) {
    let rows = (0..<min(features.rows, 2_000)).map { features.row($0) }
    let measurement = Measurement(repeats: repeats) {
      withUnsafeTemporaryAllocation(of: Double.self, capacity: model.scores) { result in
        var sum = 0.0
        for row in rows {
          row.withUnsafeBufferPointer { model.predict($0, into: result) }
          sum += result[0]
        }
        return sum
      }
    }
    let count = Double(max(rows.count, 1))
    return (measurement.seconds / count, measurement.processorSeconds / count)
  }

  /// The loss under LightGBM's name on the test rows, and the figure people look at beside it.
  private static func metrics(
    _ model: GradientBoostedTrees, _ predictions: [Double], _ targets: [Double]
  ) -> JSONValue {
    let loss = model.objective.loss(predictions: predictions, targets: targets)
    var members: [(key: String, value: JSONValue)] = [(model.objective.metric, .number(loss))]
    switch model.objective {
    case .binary: members.append(("auc", .number(areaUnderCurve(predictions, targets))))
    case .squaredError: members.append(("rmse", .number(loss.squareRoot())))
    case .multiclass(let classes), .multiclassOneVersusAll(let classes, _):
      let hits = targets.indices.count { row in
        let shares = predictions[row * classes..<(row + 1) * classes]
        return shares.firstIndex(of: shares.max() ?? 0) == row * classes + Int(targets[row])
      }
      members.append(("accuracy", .number(Double(hits) / Double(max(targets.count, 1)))))
    default: break
    }
    return .object(members)
  }

  /// The probability that a row of class 1 scores above one of class 0, ties counting half.
  private static func areaUnderCurve(_ scores: [Double], _ targets: [Double]) -> Double {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var (negatives, wins) = (0.0, 0.0)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let tied = order[start..<end].reduce(0.0) { $0 + targets[$1] }
      let others = Double(end - start) - tied
      wins += tied * (negatives + others / 2)
      negatives += others
      start = end
    }
    return wins / (negatives * (Double(order.count) - negatives))
  }
}
