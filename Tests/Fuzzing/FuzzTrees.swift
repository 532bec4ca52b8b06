import HydraCore

extension FuzzTarget {
  /// Model files, and tables that models are made of.
  static func trees() throws -> [FuzzTarget] { try [models(), trainingTables()] }

  /// Sixty rows of three features, the last of them categories, with missing values.
  private static func rows() -> (features: Matrix, targets: [Double]) {
    var random = CounterRandom(seed: 2, stream: "fuzzed trees")
    let values = (0..<180).map { place -> Double in
      if random.below(10) == 0 { return .nan }
      return place % 3 == 2 ? Double(random.below(6)) : random.normal()
    }
    let features = Matrix(rows: 60, columns: 3, values: values)
    let targets = (0..<60).map { (features[$0, 0] > 0 ? 2.0 : 1.0) + (features[$0, 2] == 3 ? 1 : 0) }
    return (features, targets)
  }

  /// One model of each kind that is laid out in a way of its own.
  private static func fitted() throws -> [String] {
    let (features, targets) = rows()
    func text(
      _ targets: [Double]? = nil, _ change: (inout GradientBoostedTrees.Settings) -> Void
    ) throws -> String {
      var settings = GradientBoostedTrees.Settings()
      (settings.rounds, settings.leaves, settings.minimumLeafRows, settings.minimumBinRows) = (2, 5, 3, 1)
      change(&settings)
      return try GradientBoostedTrees.fit(features, targets ?? rows().targets, settings: settings).lightGBMText()
    }
    return [
      try text { $0.categorical.columns = [2] },
      try text(targets.map { $0 - 1 }) {
        $0.categorical.columns = [2]
        $0.objective = .multiclass(classes: 3)
      },
      try text { $0.missing = .zero },
      try text { $0.linearLeaves = LinearLeafFitting() },
      try text {
        $0.boosting = .forest
        ($0.baggingFraction, $0.baggingInterval) = (0.7, 1)
      },
    ]
  }

  private static func models() throws -> FuzzTarget {
    let features = rows().features
    return FuzzTarget("LightGBM model", try fitted()) { bytes in
      let model = try GradientBoostedTrees(lightGBMText: String(decoding: bytes, as: UTF8.self))
      _ = model.importance()
      guard try GradientBoostedTrees(lightGBMText: model.lightGBMText()).trees.count == model.trees.count else {
        preconditionFailure("a model does not survive being written")
      }
      guard model.featureNames.count == 3 else { return }
      let together = model.predict(features)
      let alone = model.predict(Matrix(rows: 1, columns: 3, values: features.row(59)))
      // Not a number is not equal to itself.
      guard alone.map(\.bitPattern) == together.suffix(model.scores).map(\.bitPattern) else {
        preconditionFailure("a row alone has another prediction than among others")
      }
      _ = model.leafIndices(features)
      guard let explainer = try? TreeExplainer(model) else { return }
      _ = explainer.contributions(features)
      _ = explainer.interactions(features.selecting(rows: [0, 1]))
    }
  }

  private static func trainingTables() -> FuzzTarget {
    let (features, targets) = rows()
    var text = "x,\"the, second\",kind,y\n"
    for row in 0..<24 {
      let fields = features.row(row).map { $0.isNaN ? "" : NumberText.text($0) } + [NumberText.text(targets[row])]
      text += fields.joined(separator: ",") + (row % 5 == 0 ? "\r\n" : "\n")
    }
    return FuzzTarget("table to train on", [text]) { bytes in
      let table = try CSVTable(bytes: bytes, file: "fuzz.csv")
      let names = try LabelledRows.featureNames(of: table, label: "y", weight: nil)
      let rows = try LabelledRows(table, label: "y", features: names)
      let parameters = try LightGBMParameters([
        (name: "num_iterations", value: "2"), (name: "num_leaves", value: "4"), (name: "min_data_in_leaf", value: "2"),
        (name: "min_data_in_bin", value: "1"),
      ])
      let settings = try parameters.settings(forFeatures: names, categorical: names.contains("kind") ? ["kind"] : [])
      let model = try GradientBoostedTrees.fit(rows, names: names, settings: settings)
      _ = model.predict(try model.features(of: table))
      _ = try model.explain(rows.features)
    }
  }
}
