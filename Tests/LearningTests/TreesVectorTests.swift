import Foundation
import HydraLearning
import HydraNumerics
import TestSupport
import Testing

/// Golden files of trees: models of LightGBM 4.7.0 with their predictions on awkward rows.
enum TreeVectors {
  static let names = [
    "lgbm_binary_nan_cat", "lgbm_binary_num", "lgbm_dart", "lgbm_huber", "lgbm_linear_tree", "lgbm_monotone",
    "lgbm_multiclass_nan_cat", "lgbm_multiclassova", "lgbm_poisson", "lgbm_quantile_nan_cat",
    "lgbm_regression_l1_cat", "lgbm_regression_nan", "lgbm_regression_zero_as_missing", "lgbm_rf", "lgbm_sigmoid2",
    "lgbm_stump_const",
  ]

  static func file(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: TestSupport.vectors("learn/\(name).json"))))
  }

  static func model(_ file: JSONValue) throws -> GradientBoostedTrees {
    try GradientBoostedTrees(lightGBMText: #require(file["model"]?.string))
  }

  static func matrix(_ value: JSONValue?) throws -> Matrix {
    Matrix(try #require(value?.array).map { try #require($0.doubles) })
  }

  /// The numbers of an array, or of an array of arrays one after the other.
  static func flat(_ value: JSONValue?) throws -> [Double] {
    let rows = try #require(value?.array)
    if rows.first?.array == nil { return try #require(value?.doubles) }
    return try rows.flatMap { try #require($0.doubles) }
  }

  /// The largest difference relative to the larger of the two numbers and `floor`.
  static func worst(_ found: [Double], _ expected: [Double], floor: Double = 1e-6) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { a, b in
      a == b ? 0 : abs(a - b) / max(abs(a), abs(b), floor)
    }.max() ?? 0
  }
}

@Suite struct TreesVectorTests {
  @Test(arguments: TreeVectors.names)
  func `Models of LightGBM predict as LightGBM does`(name: String) throws {
    let file = try TreeVectors.file(name)
    let model = try TreeVectors.model(file)
    let features = try TreeVectors.matrix(file["features"])
    #expect(model.features == file["num_features"]?.int)
    #expect(TreeVectors.worst(model.rawScores(features), try TreeVectors.flat(file["raw"])) < 1e-12)
    #expect(TreeVectors.worst(model.predict(features), try TreeVectors.flat(file["prediction"])) < 1e-12)
    #expect(
      TreeVectors.worst(model.rawScores(features, rounds: 3), try TreeVectors.flat(file["raw_first_3_iterations"]))
        < 1e-12)
    #expect(model.leafIndices(features).map(Double.init) == (try TreeVectors.flat(file["leaf_index"])))
    #expect(model.rawScores(features, threads: 3) == model.rawScores(features))
  }

  @Test(arguments: TreeVectors.names)
  func `Each tree alone ends in the leaves of the whole forest`(name: String) throws {
    let file = try TreeVectors.file(name)
    let model = try TreeVectors.model(file)
    let features = try TreeVectors.matrix(file["features"])
    let leaves = model.leafIndices(features)
    for row in 0..<features.rows {
      for (index, tree) in model.trees.enumerated() {
        #expect(tree.leaf(of: features.row(row)) == leaves[row * model.trees.count + index])
      }
    }
  }

  @Test(arguments: TreeVectors.names)
  func `Importance is that of LightGBM`(name: String) throws {
    let file = try TreeVectors.file(name)
    let importance = try TreeVectors.model(file).importance()
    #expect(importance.map { Double($0.splits) } == (try TreeVectors.flat(file["importance_split"])))
    // Gains stand in the file with six digits.
    #expect(TreeVectors.worst(importance.map { $0.gain }, try TreeVectors.flat(file["importance_gain"])) < 1e-5)
  }

  @Test(arguments: TreeVectors.names)
  func `A model that is written and read is the same model`(name: String) throws {
    let model = try TreeVectors.model(TreeVectors.file(name))
    let text = model.lightGBMText()
    let copy = try GradientBoostedTrees(lightGBMText: text)
    #expect(copy == model)
    #expect(copy.lightGBMText() == text)
    let coded = try JSONDecoder().decode(GradientBoostedTrees.self, from: JSONEncoder().encode(model))
    #expect(coded == model)
  }

  @Test(arguments: TreeVectors.names.filter { $0 != "lgbm_linear_tree" })
  func `Shapley values are those of LightGBM and sum to the raw score`(name: String) throws {
    let file = try TreeVectors.file(name)
    let model = try TreeVectors.model(file)
    let features = try TreeVectors.matrix(file["features"])
    let found = try model.explain(features)
    let expected = try TreeVectors.flat(file["contrib"])
    #expect(TreeVectors.worst(found.values, expected, floor: 1e-3) < 1e-9)
    let raw = model.rawScores(features)
    let width = model.features + 1
    for place in raw.indices {
      let sum = found.values[place * width..<(place + 1) * width].reduce(0, +)
      #expect(abs(sum - raw[place]) <= 1e-11 * max(1, abs(raw[place])))
    }
    #expect(try model.explain(features, threads: 3).values == found.values)
  }

  @Test func `Shapley values agree with enumeration of all subsets`() throws {
    let file = try TreeVectors.file("shap_bruteforce")
    let found = try TreeVectors.model(file).explain(TreeVectors.matrix(file["features"]))
    let expected = try TreeVectors.matrix(file["contrib_bruteforce"])
    for row in 0..<expected.rows {
      let features = Array(found.row(row).prefix(expected.columns))
      #expect(TreeVectors.worst(features, expected.row(row), floor: 1e-3) < 1e-12)
    }
  }

  @Test func `Linear leaves are not explained`() throws {
    let model = try TreeVectors.model(TreeVectors.file("lgbm_linear_tree"))
    #expect(throws: ExplanationError.linearLeaves(tree: 0)) { try TreeExplainer(model) }
  }
}
