import HydraLearning
import HydraNumerics
import Testing

@Suite struct MetricsTests {
  private func check(_ found: Double, _ expected: JSONValue?, _ name: String, tolerance: Double = 1e-12) throws {
    let expected = try #require(expected?.double, "\(name)")
    #expect(abs(found - expected) <= tolerance * max(1, abs(expected)), "\(name): \(found), expected \(expected)")
  }

  private func check(_ found: [Double], _ expected: JSONValue?, _ name: String, tolerance: Double = 1e-12) throws {
    let expected = try #require(expected?.doubles, "\(name)")
    try #require(found.count == expected.count, "\(name)")
    for (place, pair) in zip(found, expected).enumerated() where pair.0 != pair.1 {
      if pair.0.isNaN, pair.1.isNaN { continue }
      #expect(abs(pair.0 - pair.1) <= tolerance * max(1, abs(pair.1)), "\(name)[\(place)]: \(pair)")
    }
  }

  private func check(_ report: ConfusionMatrix.ClassReport, _ expected: JSONValue?, _ name: String) throws {
    try check(report.precision, expected?["precision"], "\(name) precision")
    try check(report.recall, expected?["recall"], "\(name) recall")
    try check(report.f1, expected?["f1-score"], "\(name) f1")
    try check(report.support, expected?["support"], "\(name) support")
  }

  private func check(_ confusion: ConfusionMatrix, _ file: JSONValue) throws {
    for label in 0..<confusion.classes {
      try check(confusion.counts[label], file["confusion"]?[label], "confusion")
      try check(confusion.report[label], file["report"]?["\(label)"], "class \(label)")
    }
    try check(confusion.macroAverage, file["report"]?["macro avg"], "macro")
    try check(confusion.weightedAverage, file["report"]?["weighted avg"], "weighted")
    try check(confusion.accuracy, file["report"]?["accuracy"], "accuracy")
  }

  private static func binaryCases() throws -> [JSONValue] {
    try #require(TreeVectors.file("binary_metrics_calibration")["cases"]?.array)
  }

  @Test func `Binary metrics are those of the golden cases`() throws {
    let cases = try Self.binaryCases()
    #expect(cases.count == 6)
    for file in cases {
      let labels = try #require(file["y"]?.doubles)
      let p = try #require(file["p"]?.doubles)
      let found = try BinaryMetrics(labels: labels, probabilities: p, weights: file["w"]?.doubles)
      try check(found.ranking.auc, file["auc"], "auc")
      try check(found.ranking.averagePrecision, file["average_precision"], "average precision")
      try check(found.ranking.precisionRecallArea, file["pr_auc_trapezoid"], "pr area")
      try check(found.brier, file["brier"], "brier")
      try check(found.logLoss, file["logloss"], "logloss")
      try check(found.accuracy, file["accuracy"], "accuracy")
      try check(found.confusion.balancedAccuracy, file["balanced_accuracy"], "balanced")
      try check(found.confusion.matthewsCorrelation, file["mcc"], "mcc")
      try check(found.confusion.report[1].f1, file["f1"], "f1")
      try check(found.confusion.kappa, file["kappa"], "kappa")
      try check(found.confusion, file)
      if let roc = file["roc"] {
        try check(found.ranking.roc.map(\.falsePositiveRate), roc["fpr"], "fpr")
        try check(found.ranking.roc.map(\.truePositiveRate), roc["tpr"], "tpr")
        try check(found.ranking.roc.map(\.threshold), roc["thresholds"], "roc thresholds")
      }
      if let curve = file["pr"] {
        try check(found.ranking.precisionRecall.map(\.precision), curve["precision"], "precision")
        try check(found.ranking.precisionRecall.map(\.recall), curve["recall"], "recall")
        try check(found.ranking.precisionRecall.dropLast().map(\.threshold), curve["thresholds"], "pr thresholds")
      }
      for kind in CalibrationCurve.Bins.allCases {
        let curve = try CalibrationCurve(labels: labels, probabilities: p, by: kind)
        let expected = file["calibration_curve"]?[kind.rawValue]
        try check(curve.bins.map(\.observed), expected?["prob_true"], "\(kind) observed")
        try check(curve.bins.map(\.predicted), expected?["prob_pred"], "\(kind) predicted")
      }
    }
  }

  @Test func `Isotonic and Platt calibrations are those of the golden cases`() throws {
    for file in try Self.binaryCases() {
      let labels = try #require(file["y"]?.doubles)
      let p = try #require(file["p"]?.doubles)
      let weights = file["w"]?.doubles
      let isotonic = try IsotonicCalibration(scores: p, labels: labels, weights: weights)
      let expected = try #require(file["isotonic"])
      try check(isotonic.calibrated(try #require(expected["query"]?.doubles)), expected["out"], "isotonic")
      try check(isotonic.thresholds, expected["x_thresholds"], "corners")
      try check(isotonic.values, expected["y_thresholds"], "corner values")
      let logistic = try #require(file["platt"])
      let scores = logistic["scores"]?.doubles ?? p.map { PlattCalibration.logOdds($0) }
      let platt = try PlattCalibration(scores: scores, labels: labels, weights: weights)
      let query = try #require(logistic["query"]?.doubles)
      // The reference program stops its optimiser early.
      try check(platt.calibrated(query), logistic["out_at_query"], "platt", tolerance: 1e-4)
    }
  }

  @Test func `Metrics of classes are those of the golden case`() throws {
    let file = try TreeVectors.file("multiclass_metrics")
    let labels = try #require(file["y"]?.doubles).map { Int($0) }
    let found = try MulticlassMetrics(labels: labels, probabilities: TreeVectors.matrix(file["P"]))
    try check(found.logLoss, file["mlogloss"], "mlogloss")
    try check(found.aucOneVersusRest, file["auc_ovr_macro"], "ovr")
    try check(found.aucOneVersusOne, file["auc_ovo_macro"], "ovo")
    try check(found.topTwoAccuracy, file["top2"], "top2")
    try check(found.confusion, file)
  }

  @Test func `Metrics of numbers are those of the golden case`() throws {
    let file = try TreeVectors.file("regression_metrics")
    let y = try #require(file["y"]?.doubles)
    let p = try #require(file["p"]?.doubles)
    let plain = try RegressionMetrics(targets: y, predictions: p)
    let weighted = try RegressionMetrics(targets: y, predictions: p, weights: file["w"]?.doubles)
    try check(plain.rootMeanSquaredError, file["rmse"], "rmse")
    try check(weighted.meanSquaredError, file["mse_w"], "mse_w")
    try check(plain.meanAbsoluteError, file["mae"], "mae")
    try check(plain.medianAbsoluteError, file["medae"], "medae")
    try check(plain.rSquared, file["r2"], "r2")
    try check(weighted.rSquared, file["r2_w"], "r2_w")
    try check(plain.explainedVariance, file["explained_variance"], "explained variance")
    try check(plain.pinballLoss(level: 0.9), file["pinball_09"], "pinball .9")
    try check(weighted.pinballLoss(level: 0.1), file["pinball_01_w"], "pinball .1")
    try check(plain.meanAbsolutePercentageError, file["mape"], "mape")
    try check(plain.pinballSkill(), file["d2_pinball"], "pinball skill")
  }

  @Test func `Scaled tables are those of the golden case`() throws {
    let file = try TreeVectors.file("scalers")
    let cases: [(name: String, kind: FeatureScaler.Kind, table: String)] = [
      ("standard", .standard, "X"), ("standard_nan", .standard, "X_nan"), ("robust", .robust, "X"),
      ("minmax", .minmax, "X"),
    ]
    for (name, kind, input) in cases {
      let table = try TreeVectors.matrix(file[input])
      let scaler = try FeatureScaler(kind, fittedTo: table)
      let scaled = scaler.scaled(table)
      try check(scaled.values, .array(TreeVectors.flat(file[name]?["out"]).map { .number($0) }), name)
      if let centers = file[name]?["mean"] ?? file[name]?["center"] { try check(scaler.centers, centers, name) }
      if let scales = file[name]?["scale"] { try check(scaler.scales, scales, name) }
      try check(scaler.unscaled(scaled).values, JSONValue(table.values), "\(name) and back", tolerance: 1e-9)
    }
  }

  @Test func `The area is the share of pairs in the right order`() throws {
    var random = CounterRandom(seed: 3, stream: "auc")
    for _ in 0..<20 {
      let labels = (0..<40).map { _ in Double(random.below(2)) }
      let scores = labels.map { $0 + Double(random.below(5)) }
      var (pairs, right) = (0.0, 0.0)
      for i in 0..<40 where labels[i] == 1 {
        for j in 0..<40 where labels[j] == 0 {
          pairs += 1
          right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
        }
      }
      #expect(abs(try RankingCurve(labels: labels, scores: scores).auc - right / pairs) < 1e-12)
    }
  }

  @Test func `Isotonic values are the largest of smallest means`() throws {
    // The formula of minima and maxima, an independent way to the same function.
    var random = CounterRandom(seed: 4, stream: "isotonic")
    let scores = (0..<30).map { Double($0) }
    let labels = scores.map { $0 / 30 + random.normal() }
    let weights = scores.map { _ in random.uniform() + 0.1 }
    let fit = try IsotonicCalibration(scores: scores, labels: labels, weights: weights)
    func mean(_ rows: ClosedRange<Int>) -> Double {
      rows.reduce(0) { $0 + weights[$1] * labels[$1] } / rows.reduce(0) { $0 + weights[$1] }
    }
    for row in 0..<30 {
      let expected = (0...row).map { low in (row..<30).map { mean(low...$0) }.min() ?? .nan }.max() ?? .nan
      #expect(abs(fit.calibrated(scores[row]) - expected) < 1e-12)
    }
  }

  @Test func `Beta calibration finds the curve that made the labels`() throws {
    var random = CounterRandom(seed: 5, stream: "beta")
    let p = (0..<10_000).map { _ in random.uniformOpen() }
    let truth = p.map { Portable.logistic(0.3 + 0.6 * Portable.log($0) - 1.7 * Portable.log1p(-$0)) }
    let labels = truth.map { random.uniform() < $0 ? 1.0 : 0 }
    let fit = try BetaCalibration(probabilities: p, labels: labels)
    #expect(abs(fit.first - 0.6) < 0.25 && abs(fit.second - 1.7) < 0.25 && abs(fit.offset - 0.3) < 0.3)
    // Probabilities that fall where they should rise: the order is never turned round.
    let turned = try BetaCalibration(probabilities: p.map { 1 - $0 }, labels: labels)
    #expect(turned.first >= 0 && turned.second >= 0)
    #expect(throws: MetricError.oneClass) { try BetaCalibration(probabilities: [0.1, 0.2], labels: [1, 1]) }
  }

  @Test func `Conformal intervals hold the truth as often as they say`() throws {
    var random = CounterRandom(seed: 6, stream: "conformal")
    var held = [0, 0, 0]
    let trials = 4000
    for _ in 0..<trials {
      let x = (0..<30).map { _ in random.uniform() + 0.5 }
      let y = x.map { $0 * random.studentT(3) }
      let zero = x.map { _ in 0.0 }
      let plain = try ConformalInterval(
        targets: Array(y.dropLast()), predictions: Array(zero.dropLast()), coverage: 0.8)
      let scaled = try ConformalInterval(
        targets: Array(y.dropLast()), predictions: Array(zero.dropLast()), scales: Array(x.dropLast()), coverage: 0.8)
      let own = try ConformalInterval(
        targets: Array(y.dropLast()), lower: x.dropLast().map { -$0 }, upper: x.dropLast().map { $0 / 2 }, coverage: 0.8
      )
      let intervals = [
        plain.interval(around: 0), scaled.interval(around: 0, scale: x[29]),
        own.interval(lower: -x[29], upper: x[29] / 2),
      ]
      for (place, interval) in intervals.enumerated() where interval.lower <= y[29] && y[29] <= interval.upper {
        held[place] += 1
      }
    }
    // ⌈30 × 0.8⌉ = 24 of 30 ranks: exactly 80 %, with a standard error of 0.6 %.
    for count in held { #expect(abs(Double(count) / Double(trials) - 0.8) < 0.025) }
    let few = try ConformalInterval(targets: [1, 2], predictions: [1, 2], coverage: 0.9)
    #expect(few.margin == .infinity)
  }

  @Test func `What cannot be measured is refused with its row`() {
    #expect(throws: MetricError.empty) { try RankingCurve(labels: [], scores: []) }
    #expect(throws: MetricError.badValue(what: "label", row: 1, value: 2, allowed: "0 or 1")) {
      try BinaryMetrics(labels: [0, 2], probabilities: [0.1, 0.2])
    }
    #expect(throws: MetricError.badValue(what: "prediction", row: 0, value: 1.5, allowed: "a probability")) {
      try BinaryMetrics(labels: [0, 1], probabilities: [1.5, 0.2])
    }
    #expect(throws: MetricError.self) { try RegressionMetrics(targets: [1], predictions: [.nan]) }
    #expect(throws: MetricError.self) { try FeatureScaler(fittedTo: Matrix([[.infinity]])) }
  }
}
