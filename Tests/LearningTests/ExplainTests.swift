import HydraLearning
import HydraNumerics
import Testing

@Suite struct ExplainTests {
  @Test func `Interactions and background contributions are those of the reference program`() throws {
    let file = try TreeVectors.file("shap_interventional_interactions")
    let explainer = try TreeExplainer(TreeVectors.model(file))
    let features = try TreeVectors.matrix(file["features"])
    let background = try TreeVectors.matrix(file["background"])
    let found = explainer.contributions(features, background: background)
    let expected = try TreeVectors.matrix(file["interventional"])
    let base = try #require(file["expected_value"]?.double ?? file["expected_value"]?[0]?.double)
    for row in 0..<features.rows {
      let values = found.row(row)
      // The program works in single precision here; ours are compared with an enumeration below.
      #expect(TreeVectors.worst(Array(values.dropLast()), expected.row(row), floor: 1e-3) < 1e-6)
      #expect(abs((values.last ?? .nan) - base) < 1e-9)
    }
    #expect(explainer.contributions(features, background: background, threads: 2).values == found.values)
    let pairs = try TreeVectors.matrix(file["interaction_features"])
    let interactions = try #require(file["interactions_path_dependent"]?.array)
    let foundPairs = explainer.interactions(pairs, threads: 2)
    for row in 0..<pairs.rows {
      let expected = try TreeVectors.flat(interactions[row])
      #expect(TreeVectors.worst(foundPairs.row(row), expected, floor: 1e-3) < 1e-9)
    }
  }

  /// Shapley's formula over all subsets of the features, the worth of the empty one at the end.
  private func enumerated(features: Int, worth: (_ known: Int) -> Double) -> [Double] {
    func factorial(_ k: Int) -> Double { (0..<k).reduce(1) { $0 * Double($1 + 1) } }
    let worths = (0..<1 << features).map(worth)
    return (0..<features).map { feature in
      worths.indices.filter { $0 >> feature & 1 == 0 }.reduce(0.0) { sum, known in
        let size = known.nonzeroBitCount
        let weight = factorial(size) * factorial(features - size - 1) / factorial(features)
        return sum + weight * (worths[known | 1 << feature] - worths[known])
      }
    } + [worths[0]]
  }

  /// The expectation down the trees when only some features are known, as the definition says.
  private func expectation(_ model: GradientBoostedTrees, _ row: [Double], known: Int) -> Double {
    func worth(_ tree: RegressionTree, _ child: Int) -> Double {
      guard child >= 0 else { return tree.leafValue[~child] }
      let feature = tree.splitFeature[child]
      let (left, right) = (tree.leftChild[child], tree.rightChild[child])
      if known >> feature & 1 == 1 {
        let isMissing = row[feature].isNaN
        let goesLeft = isMissing ? tree.decision[child].missingGoesLeft : row[feature] <= tree.threshold[child]
        return worth(tree, goesLeft ? left : right)
      }
      func count(_ child: Int) -> Double { Double(child >= 0 ? tree.internalCount[child] : tree.leafCount[~child]) }
      return (count(left) * worth(tree, left) + count(right) * worth(tree, right)) / (count(left) + count(right))
    }
    return model.trees.reduce(0) { $0 + ($1.leaves > 1 ? worth($1, 0) : $1.leafValue[0]) }
  }

  @Test func `Background contributions are Shapley values of mean scores`() throws {
    let file = try TreeVectors.file("shap_interventional_interactions")
    let model = try TreeVectors.model(file)
    let features = try TreeVectors.matrix(file["features"]).selecting(rows: [0, 1, 2])
    let background = try TreeVectors.matrix(file["background"])
    let found = try TreeExplainer(model).contributions(features, background: background)
    for row in 0..<features.rows {
      let expected = enumerated(features: model.features) { known in
        var mixed = background
        for other in 0..<mixed.rows {
          for column in 0..<mixed.columns where known >> column & 1 == 1 {
            mixed[other, column] = features[row, column]
          }
        }
        return model.rawScores(mixed).reduce(0, +) / Double(mixed.rows)
      }
      #expect(TreeVectors.worst(found.row(row), expected, floor: 1e-3) < 1e-11)
    }
  }

  @Test func `Contributions of our own models are Shapley values, missing features included`() throws {
    let train = SyntheticRows.regression(rows: 300, columns: 5, missing: true)
    var settings = TreesFitTests.quick
    settings.rounds = 5
    settings.leaves = 20
    settings.minimumLeafRows = 2
    let model = try GradientBoostedTrees.fit(train.features, train.targets, settings: settings)
    let found = try model.explain(train.features)
    for row in 0..<12 {
      let features = train.features.row(row)
      let expected = enumerated(features: 5) { expectation(model, features, known: $0) }
      #expect(TreeVectors.worst(found.row(row), expected, floor: 1e-3) < 1e-12)
    }
  }

  @Test func `Deep trees lose no accuracy`() throws {
    // Each row of the triangle differs from the next in one more column: a chain of splits, 40 features deep.
    let depth = 40
    var features = Matrix(rows: depth + 1, columns: depth, repeating: 0)
    for row in 0...depth { for column in 0..<min(row, depth) { features[row, column] = 1 } }
    var settings = GradientBoostedTrees.Settings()
    settings.minimumLeafRows = 1
    settings.minimumBinRows = 1
    settings.leaves = depth + 1
    settings.rounds = 3
    settings.learningRate = 0.5
    let targets = (0...depth).map { Double($0 * $0) }
    let model = try GradientBoostedTrees.fit(features, targets, settings: settings)
    let found = try model.explain(features)
    let raw = model.rawScores(features)
    for row in 0...depth {
      #expect(abs(found.row(row).reduce(0, +) - raw[row]) < 1e-10 * max(1, abs(raw[row])))
    }
  }

  @Test func `Interactions sum to contributions`() throws {
    let train = SyntheticRows.regression(rows: 200, columns: 5)
    var settings = TreesFitTests.quick
    settings.rounds = 4
    let explainer = try TreeExplainer(GradientBoostedTrees.fit(train.features, train.targets, settings: settings))
    let rows = train.features.selecting(rows: [0, 1, 2])
    let (pairs, single) = (explainer.interactions(rows), explainer.contributions(rows))
    for row in 0..<3 {
      for feature in 0..<5 {
        let sum = (0..<5).map { pairs[row, feature * 5 + $0] }.reduce(0, +)
        #expect(abs(sum - single[row, feature]) < 1e-12)
        for other in 0..<5 { #expect(pairs[row, feature * 5 + other] == pairs[row, other * 5 + feature]) }
      }
    }
  }
}
