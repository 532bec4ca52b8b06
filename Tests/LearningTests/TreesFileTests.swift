import Foundation
import HydraLearning
import HydraNumerics
import Testing

@Suite struct TreesFileTests {
  static func text() throws -> String { try #require(TreeVectors.file("lgbm_binary_nan_cat")["model"]?.string) }

  /// The error of the text with the first line that starts with `prefix` replaced.
  private func failure(_ prefix: String, _ replacement: String?) throws -> LightGBMFileError? {
    var lines = try Self.text().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let place = try #require(lines.firstIndex { $0.hasPrefix(prefix) })
    if let replacement { lines[place] = replacement } else { lines.remove(at: place) }
    do {
      _ = try GradientBoostedTrees(lightGBMText: lines.joined(separator: "\n"))
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("tree", "forest", "tree"), ("max_feature_idx=", "max_feature_idx=x", "max_feature_idx"),
    ("max_feature_idx=", "max_feature_idx=99999999999", "max_feature_idx"),
    ("feature_names=", "feature_names=a b", "feature_names"), ("objective=", "objective=magic", "objective"),
    ("objective=", "objective=multiclass num_class:3", "num_tree_per_iteration"),
    ("Tree=0", "Tree=7", "Tree"), ("num_leaves=", "num_leaves=-1", "num_leaves"),
    ("num_leaves=", "num_leaves=30", "leaf_value"), ("leaf_value=", "leaf_value=1 2 3", "leaf_value"),
    ("threshold=", "threshold=" + String(repeating: "nan ", count: 30), "threshold"),
    ("threshold=", "threshold=" + String(repeating: "x ", count: 30), "threshold"),
    ("threshold=", "threshold=" + String(repeating: "77 ", count: 30), "threshold"),
    ("left_child=", "left_child=" + String(repeating: "0 ", count: 30), "left_child"),
    ("left_child=", "left_child=" + String(repeating: "99 ", count: 30), "left_child"),
    ("decision_type=", "decision_type=" + String(repeating: "16 ", count: 30), "decision_type"),
    ("split_feature=", "split_feature=" + String(repeating: "14 ", count: 30), "split_feature"),
    ("cat_boundaries=", "cat_boundaries=0 5 3 5", "cat_boundaries"),
    ("cat_threshold=", "cat_threshold=1 2 3 4 5000000000", "cat_threshold"),
    ("tree_sizes=", "tree_sizes=1 2", "tree_sizes"),
  ])
  func `A damaged file is an error with line and key`(prefix: String, replacement: String, key: String) throws {
    let error = try #require(try failure(prefix, replacement))
    #expect(error.key == key)
    #expect(error.line >= 1)
    #expect(error.description.contains(key))
  }

  @Test(arguments: ["leaf_value=", "left_child=", "threshold=", "cat_boundaries=", "max_feature_idx="])
  func `A missing key is an error`(prefix: String) throws {
    let error = try #require(try failure(prefix, nil))
    #expect(error.key == String(prefix.dropLast()))
  }

  @Test func `The line of an error is that of the file`() throws {
    let lines = try Self.text().split(separator: "\n", omittingEmptySubsequences: false)
    let line = try #require(lines.firstIndex { $0.hasPrefix("leaf_value=") }) + 1
    #expect(try failure("leaf_value=", "leaf_value=oops")?.line == line)
  }

  @Test func `Cutting a file anywhere never crashes`() throws {
    let bytes = Array(try Self.text().utf8)
    for length in stride(from: 0, to: min(bytes.count, 9000), by: 97) {
      let cut = String(decoding: bytes.prefix(length), as: UTF8.self)
      if let model = try? GradientBoostedTrees(lightGBMText: cut) {
        _ = model.predict(Matrix(rows: 1, columns: model.features, repeating: 0))
      }
    }
  }

  @Test func `A trained model survives its file to the last bit`() throws {
    for objective in TreesFitTests.objectives {
      let train = TreesFitTests.rows(for: objective, rows: 200)
      var settings = TreesFitTests.quick
      settings.objective = objective
      settings.rounds = 3
      let model = try GradientBoostedTrees.fit(train.features, train.targets, settings: settings)
      let copy = try GradientBoostedTrees(lightGBMText: model.lightGBMText())
      #expect(copy == model)
      #expect(copy.predict(train.features) == model.predict(train.features))
    }
  }

  @Test func `Parameters have the names and aliases of LightGBM`() throws {
    let parameters = try LightGBMParameters([
      ("objective", "binary"), ("eta", "0.05"), ("n_estimators", "30"), ("max_leaves", "15"), ("max_depth", "-1"),
      ("min_child_samples", "7"), ("reg_lambda", "2"), ("subsample", "0.5"), ("subsample_freq", "1"),
      ("num_threads", "2"), ("verbose", "-1"),
    ])
    var settings = GradientBoostedTrees.Settings()
    settings.objective = .binary(sigmoid: 1)
    settings.learningRate = 0.05
    settings.rounds = 30
    settings.leaves = 15
    settings.minimumLeafRows = 7
    settings.l2 = 2
    settings.baggingFraction = 0.5
    settings.baggingInterval = 1
    #expect(parameters.settings == settings)
    #expect(parameters.threads == 2)
    #expect(throws: LightGBMParameterError.unknown(name: "num_leafs", nearest: "num_leaf")) {
      try LightGBMParameters([("num_leafs", "3")])
    }
    #expect(throws: LightGBMParameterError.badValue(name: "learning_rate", value: "fast")) {
      try LightGBMParameters([("learning_rate", "fast")])
    }
  }

  @Test(arguments: [("max_feature_idx=1", "max_feature_idx="), ("num_cat=0", "num_cat=")])
  func countsBeyondAllMeasureAreErrors(line: String, key: String) throws {
    var settings = GradientBoostedTrees.Settings()
    (settings.rounds, settings.leaves, settings.minimumLeafRows) = (1, 2, 2)
    let values = (0..<40).map { Double($0 % 20) }
    let model = try GradientBoostedTrees.fit(
      Matrix(rows: 20, columns: 2, values: values), (0..<20).map { Double($0) }, settings: settings)
    let text = model.lightGBMText()
    #expect(text.contains("\n\(line)\n"))
    for count in ["9223372036854775807", "-9223372036854775808", "-2", "99999999"] {
      #expect(throws: LightGBMFileError.self) {
        try GradientBoostedTrees(
          lightGBMText: text.replacingOccurrences(of: "\n\(line)\n", with: "\n\(key)\(count)\n"))
      }
    }
  }
}
