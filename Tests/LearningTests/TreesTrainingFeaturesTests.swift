import HydraLearning
import HydraNumerics
import Testing

/// Rows whose target depends on categories, with noise.
enum FeatureRows {
  /// Column 0 is a category of 12 whose effects are out of order, column 1 is a number.
  static func categories(rows: Int, seed: UInt64 = 1) -> LabelledRows {
    var random = CounterRandom(seed: seed, stream: "categories")
    let effects: [Double] = [5, -3, 8, 0, -7, 2, 9, -1, 4, -9, 6, 1]
    var features = Matrix(rows: rows, columns: 2, repeating: 0)
    var targets: [Double] = []
    for row in 0..<rows {
      let category = random.below(effects.count)
      features[row, 0] = Double(category)
      features[row, 1] = random.normal()
      targets.append(effects[category] + features[row, 1] + 0.1 * random.normal())
    }
    return LabelledRows(features: features, targets: targets)
  }

  /// Two columns of numbers, the target rises with the first and is a wave of the second.
  static func waves(rows: Int, seed: UInt64 = 2) -> LabelledRows {
    var random = CounterRandom(seed: seed, stream: "waves")
    var features = Matrix(rows: rows, columns: 2, repeating: 0)
    var targets: [Double] = []
    for row in 0..<rows {
      features[row, 0] = 4 * random.uniform()
      features[row, 1] = 6 * random.uniform()
      targets.append(2 * features[row, 0] + Portable.sin(features[row, 1] * 2) + random.normal())
    }
    return LabelledRows(features: features, targets: targets)
  }

  static func squaredError(_ model: GradientBoostedTrees, _ rows: LabelledRows) -> Double {
    TreeObjective.squaredError.loss(predictions: model.predict(rows.features), targets: rows.targets)
  }

  /// The sets of columns on the paths of a model's trees.
  static func paths(_ tree: RegressionTree) -> [Set<Int>] {
    var result: [Set<Int>] = []
    var open: [(Int, Set<Int>)] = [(tree.splitFeature.isEmpty ? ~0 : 0, [])]
    while let (node, columns) = open.popLast() {
      guard node >= 0 else {
        result.append(columns)
        continue
      }
      let below = columns.union([tree.splitFeature[node]])
      open += [(tree.leftChild[node], below), (tree.rightChild[node], below)]
    }
    return result
  }
}

@Suite struct TreesTrainingFeaturesTests {
  private func settings(_ change: (inout GradientBoostedTrees.Settings) -> Void = { _ in })
    -> GradientBoostedTrees.Settings
  {
    var settings = GradientBoostedTrees.Settings()
    settings.rounds = 40
    settings.leaves = 8
    change(&settings)
    return settings
  }

  @Test func `Sets of categories part what no cut can`() throws {
    let (train, test) = (FeatureRows.categories(rows: 2000), FeatureRows.categories(rows: 500, seed: 9))
    let few = settings { ($0.rounds, $0.leaves, $0.learningRate) = (1, 4, 1) }
    let plain = try GradientBoostedTrees.fit(train, settings: few)
    var native = few
    native.categorical.columns = [0]
    native.categorical.l2 = 0
    let split = try GradientBoostedTrees.fit(train, settings: native)
    #expect(FeatureRows.squaredError(split, test) < 0.5 * FeatureRows.squaredError(plain, test))
    #expect(split.trees[0].decision.contains { $0.isCategorical })
    #expect(split.featureRanges[0].split(separator: ":").count == 12)
    // Categories that training never saw, missing and negative ones all go right.
    let strange = Matrix([[99, 0], [.nan, 0], [-4, 0]])
    #expect(Set(split.predict(strange)).count == 1)
    let copy = try GradientBoostedTrees(lightGBMText: split.lightGBMText())
    #expect(copy.predict(test.features) == split.predict(test.features))
    #expect(try split.explain(strange).rows == 3)
  }

  @Test func `A category against the others where there are few`() throws {
    var random = CounterRandom(seed: 3, stream: "one hot")
    let features = Matrix(rows: 300, columns: 1, values: (0..<300).map { _ in Double(random.below(3)) })
    let targets = features.values.map { $0 == 1 ? 10.0 : 0 }
    let model = try GradientBoostedTrees.fit(
      LabelledRows(features: features, targets: targets),
      settings: settings {
        ($0.rounds, $0.leaves, $0.learningRate) = (1, 2, 1)
        $0.categorical.columns = [0]
      })
    #expect(model.predict(Matrix([[0], [1], [2]])).map { ($0 * 1e9).rounded() / 1e9 } == [0, 10, 0])
  }

  @Test func `Predictions rise with a monotone column`() throws {
    let train = FeatureRows.waves(rows: 600)
    func falls(_ model: GradientBoostedTrees) -> Int {
      var count = 0
      for second in stride(from: 0.0, to: 6, by: 0.5) {
        let grid = stride(from: 0.0, through: 4, by: 0.02).map { [$0, second] }
        let values = model.predict(Matrix(grid))
        count += zip(values, values.dropFirst()).count { $1 < $0 }
      }
      return count
    }
    let free = try GradientBoostedTrees.fit(train, settings: settings { $0.minimumLeafRows = 3 })
    #expect(falls(free) > 0)
    for direction in [1, -1] {
      let bound = try GradientBoostedTrees.fit(
        train,
        settings: settings {
          $0.minimumLeafRows = 3
          $0.constraints.monotone = [direction, 0]
        })
      let turned = bound.predict(Matrix([[0, 1], [4, 1]]))
      #expect(direction == 1 ? falls(bound) == 0 && turned[1] > turned[0] : turned[1] <= turned[0])
    }
  }

  @Test func `Columns that may not meet share no path`() throws {
    let train = SyntheticRows.regression(rows: 800, columns: 6)
    func meets(_ model: GradientBoostedTrees, _ sets: [Set<Int>]) -> Bool {
      model.trees.contains { tree in
        FeatureRows.paths(tree).contains { path in !sets.contains { path.isSubset(of: $0) } }
      }
    }
    let sets: [Set<Int>] = [[0, 1], [2, 3, 4]]
    #expect(meets(try GradientBoostedTrees.fit(train, settings: settings()), sets))
    let bound = try GradientBoostedTrees.fit(
      train, settings: settings { $0.constraints.interactions = sets.map { $0.sorted() } })
    #expect(!meets(bound, sets))
    #expect(FeatureRows.paths(bound.trees[0]).contains { $0.count == 2 })
  }

  @Test func `Zero can be a missing value`() throws {
    var random = CounterRandom(seed: 4, stream: "zeros")
    let values = (0..<1000).map { _ in random.uniform() < 0.4 ? 0 : 2 * random.uniform() - 1 }
    let train = LabelledRows(
      features: Matrix(rows: 1000, columns: 1, values: values), targets: values.map { $0 == 0 ? 5 : $0 })
    let model = try GradientBoostedTrees.fit(
      train,
      settings: settings {
        ($0.missing, $0.leaves, $0.rounds, $0.learningRate) = (.zero, 2, 1, 1)
        $0.minimumLeafRows = 1
      })
    #expect(model.trees[0].decision[0].missing == .zero)
    let found = model.predict(Matrix([[0], [.nan], [-0.5], [0.5]]))
    #expect(found[0] == found[1] && abs(found[0] - 5) < 1 && found[0] != found[2] && found[2] == found[3])
  }

  @Test func `Dropped trees, forests and drawn cuts learn as well`() throws {
    let (train, test) = (SyntheticRows.regression(rows: 1500), SyntheticRows.regression(rows: 500, seed: 8))
    let spread = SyntheticRows.variance(test.targets)
    let kinds: [(GradientBoostedTrees.Settings, Double)] = [
      (settings { $0.boosting = .dart(TreeDropout()) }, 0.35),
      (
        settings {
          ($0.boosting, $0.baggingFraction, $0.baggingInterval, $0.leaves) = (.forest, 0.6, 1, 60)
          $0.minimumLeafRows = 3
        }, 0.5
      ),
      (settings { $0.drawsCuts = true }, 0.5), (settings { $0.oneSidedSampling = OneSidedSampling() }, 0.35),
      (settings { $0.growth = .depthWise }, 0.35), (settings { $0.nodeFeatureFraction = 0.5 }, 0.35),
      (settings { $0.maximumBins = 1000 }, 0.35), (settings { $0.constraints.pathSmoothing = 5 }, 0.35),
    ]
    for (settings, share) in kinds {
      let model = try GradientBoostedTrees.fit(train, settings: settings, threads: 2)
      let again = try GradientBoostedTrees.fit(train, settings: settings)
      #expect(model.lightGBMText() == again.lightGBMText())
      #expect(FeatureRows.squaredError(model, test) < share * spread, "\(settings)")
      let loss = FeatureRows.squaredError(model, train)
      #expect(abs((model.history?.trainingLoss ?? 0) - loss) < 1e-9 * (1 + loss))
    }
  }

  @Test func `Linear leaves follow slopes`() throws {
    let (train, test) = (FeatureRows.waves(rows: 800), FeatureRows.waves(rows: 400, seed: 7))
    let few = settings { ($0.rounds, $0.leaves) = (30, 4) }
    var linear = few
    linear.linearLeaves = LinearLeafFitting()
    let (plain, lines) = try (
      GradientBoostedTrees.fit(train, settings: few), GradientBoostedTrees.fit(train, settings: linear)
    )
    #expect(FeatureRows.squaredError(lines, test) < FeatureRows.squaredError(plain, test))
    #expect(lines.trees[0].linearLeaves == nil && lines.trees[1].linearLeaves != nil)
    let copy = try GradientBoostedTrees(lightGBMText: lines.lightGBMText())
    #expect(copy.predict(test.features) == lines.predict(test.features))
  }

  @Test func `Depth-wise trees are split level by level`() throws {
    let train = SyntheticRows.regression(rows: 1000)
    /// The depths of nodes, which are numbered as they are split.
    func depths(_ growth: TreeGrowth) throws -> [Int] {
      let model = try GradientBoostedTrees.fit(
        train, settings: settings { ($0.growth, $0.leaves, $0.rounds) = (growth, 12, 1) })
      let tree = model.trees[0]
      var depths = [Int](repeating: 0, count: tree.splitFeature.count)
      for node in depths.indices {
        for child in [tree.leftChild[node], tree.rightChild[node]] where child >= 0 { depths[child] = depths[node] + 1 }
      }
      return depths
    }
    let (levels, best) = try (depths(.depthWise), depths(.bestFirst))
    #expect(levels == levels.sorted() && levels.count == 11)
    #expect(best != best.sorted())
  }
}
