import HydraLearning
import HydraNumerics

/// Boosted trees on 2,000 generated rows of 60 features, the size of a decade of days.
enum TreePaths {
  static func measure(_ load: Load) throws {
    let train = rows(2_000, seed: load.seed, stream: "train")
    let test = rows(20_000, seed: load.seed, stream: "test")
    var settings = GradientBoostedTrees.Settings()
    settings.rounds = 100
    func fit(threads: Int) throws -> GradientBoostedTrees {
      try GradientBoostedTrees.fit(train.features, train.targets, settings: settings, threads: threads)
    }

    let model = try fit(threads: load.threads)
    try check(try fit(threads: load.threads == 1 ? 2 : 1) == model, "the model depends on the number of threads")
    let predictions = model.predict(test.features, threads: load.threads)
    let mean = test.targets.reduce(0, +) / Double(test.targets.count)
    var (missed, spread) = (0.0, 0.0)
    for (prediction, target) in zip(predictions, test.targets) {
      missed += (prediction - target) * (prediction - target)
      spread += (target - mean) * (target - mean)
    }
    try check(missed < 0.4 * spread, "new rows are explained to \(1 - missed / spread), not to 0.6")
    try load.measure("trees train", count: 1, unit: "2000 rows × 60 features × 100 rounds") {
      try fit(threads: load.threads)
    }

    try TreeChecks.predictions(model, test.features, predictions)
    load.measure("trees predict", count: test.features.rows, unit: "row") {
      model.predict(test.features, threads: load.threads)
    }
    let alone = (0..<2_000).map { Matrix(rows: 1, columns: 60, values: test.features.row($0)) }
    load.measure("trees predict one", count: alone.count, unit: "row", threads: 1) {
      alone.reduce(0) { $0 + model.predict($1)[0] }
    }

    let explained = test.features.selecting(rows: Array(0..<1_000))
    try TreeChecks.contributions(model, explained, model.explain(explained, threads: load.threads))
    try load.measure("trees shap", count: explained.rows, unit: "row") {
      try model.explain(explained, threads: load.threads)
    }
  }

  /// Normal features, one in fifty missing, and a target that depends on four of them.
  private static func rows(_ count: Int, seed: UInt64, stream: String) -> LabelledRows {
    var random = CounterRandom(seed: seed, stream: "trees \(stream)")
    var values: [Double] = []
    var targets: [Double] = []
    for _ in 0..<count {
      let row = (0..<60).map { _ in random.normal() }
      targets.append(2 * row[0] + row[1] * row[2] + (row[3] > 0.5 ? 1 : 0) + 0.5 * random.normal())
      values += row.map { random.uniform() < 0.02 ? .nan : $0 }
    }
    return LabelledRows(features: Matrix(rows: count, columns: 60, values: values), targets: targets)
  }
}
