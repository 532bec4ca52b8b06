import HydraLearning
import HydraNumerics
import Testing

@Suite struct TreesObjectiveTests {
  private func settings(_ objective: TreeObjective) -> GradientBoostedTrees.Settings {
    var settings = GradientBoostedTrees.Settings()
    settings.objective = objective
    settings.rounds = 40
    settings.leaves = 8
    return settings
  }

  /// Positive targets whose logarithm is a function of the columns.
  private func positive(rows: Int, seed: UInt64) -> LabelledRows {
    var random = CounterRandom(seed: seed, stream: "positive")
    let features = Matrix(rows: rows, columns: 2, values: (0..<2 * rows).map { _ in random.normal() })
    let targets = (0..<rows).map { row in
      Portable.exp(features[row, 0] + (features[row, 1] > 0 ? 1 : 0)) * random.exponential()
    }
    return LabelledRows(features: features, targets: targets)
  }

  @Test(arguments: [
    TreeObjective.fair(scale: 1), .absolutePercentageError, .gamma, .tweedie(power: 1.4), .poisson,
  ])
  func `Objectives of positive targets beat their best constant`(objective: TreeObjective) throws {
    let (train, test) = (positive(rows: 1500, seed: 1), positive(rows: 500, seed: 2))
    let model = try GradientBoostedTrees.fit(train, settings: settings(objective))
    let constant = try GradientBoostedTrees.fit(
      LabelledRows(features: Matrix(rows: 1500, columns: 0, values: []), targets: train.targets),
      settings: settings(objective))
    let start = constant.predict(Matrix(rows: 500, columns: 0, values: []))
    let before = objective.loss(predictions: start, targets: test.targets)
    let after = objective.loss(predictions: model.predict(test.features), targets: test.targets)
    #expect(after < before - 0.05 * abs(before), "\(before) to \(after)")
    #expect(try GradientBoostedTrees(lightGBMText: model.lightGBMText()).objective == objective)
  }

  /// Derivatives by differences of the loss.
  @Test(arguments: [
    TreeObjective.fair(scale: 0.7), .gamma, .tweedie(power: 1.3), .crossEntropy, .squaredError, .poisson,
  ])
  func `A small step against the gradient lowers the loss`(objective: TreeObjective) throws {
    let rows = LabelledRows(
      features: Matrix(rows: 40, columns: 1, values: (0..<40).map { Double($0 % 2) }),
      targets: (0..<40).map { $0 % 2 == 0 ? 0.2 : 0.9 })
    var small = settings(objective)
    (small.rounds, small.learningRate, small.minimumLeafRows) = (300, 0.3, 1)
    let model = try GradientBoostedTrees.fit(rows, settings: small)
    let found = model.predict(Matrix([[0], [1]]))
    #expect(abs(found[0] - 0.2) < 1e-4 && abs(found[1] - 0.9) < 1e-4, "\(found)")
  }

  @Test func `Quantiles of several levels never cross and each has its share below it`() throws {
    let (train, test) = (FeatureRows.waves(rows: 3000), FeatureRows.waves(rows: 2000, seed: 5))
    let levels = [0.1, 0.25, 0.5, 0.75, 0.9]
    let model = try GradientBoostedTrees.fit(train, settings: settings(.quantiles(levels: levels)))
    let found = model.predict(test.features)
    for row in 0..<2000 {
      let own = found[row * 5..<row * 5 + 5]
      #expect(zip(own, own.dropFirst()).allSatisfy { $0 <= $1 })
    }
    for (index, level) in levels.enumerated() {
      let below = (0..<2000).count { test.targets[$0] <= found[$0 * 5 + index] }
      #expect(abs(Double(below) / 2000 - level) < 0.05, "\(level): \(below)")
    }
    let copy = try GradientBoostedTrees(lightGBMText: model.lightGBMText())
    #expect(copy.objective == .quantiles(levels: levels) && copy.predict(test.features) == found)
  }

  @Test func `LambdaRank puts the rows of a query in order`() throws {
    func queries(_ count: Int, seed: UInt64) -> LabelledRows {
      var random = CounterRandom(seed: seed, stream: "queries")
      var (values, targets, sizes): ([Double], [Double], [Int]) = ([], [], [])
      for _ in 0..<count {
        let size = 5 + random.below(10)
        sizes.append(size)
        for _ in 0..<size {
          let row = (0..<3).map { _ in random.normal() }
          values += row
          targets.append(min(max((row[0] - row[1] + 0.3 * random.normal() + 1).rounded(), 0), 4))
        }
      }
      return LabelledRows(
        features: Matrix(rows: targets.count, columns: 3, values: values), targets: targets, queries: sizes)
    }
    let (train, test) = (queries(200, seed: 1), queries(80, seed: 2))
    let metric = TreeMetric.ndcg(at: 5)
    let model = try GradientBoostedTrees.fit(
      train, validation: test, settings: settings(.lambdaRank(RankingLoss())), threads: 2)
    let ranked = metric.value(predictions: model.predict(test.features), rows: test)
    let blind = metric.value(predictions: [Double](repeating: 0, count: test.targets.count), rows: test)
    #expect(ranked > 0.9 && ranked > blind + 0.15, "\(blind) to \(ranked)")
    #expect(model.history?.validationMetrics.first?.name == "ndcg@5")
    #expect(abs((model.history?.validationLoss.last ?? 0) - ranked) < 1e-12)
    #expect(throws: TreeFitError.noQueries) {
      try GradientBoostedTrees.fit(
        LabelledRows(features: train.features, targets: train.targets),
        settings: settings(.lambdaRank(RankingLoss())))
    }
  }

  @Test func `A program's own loss and metric train a model`() throws {
    let train = FeatureRows.waves(rows: 1000)
    let own = UserObjective(start: [3]) { scores, targets in
      (zip(scores, targets).map { $0 - $1 }, scores.map { _ in 1 })
    }
    let worst = UserMetric("worst") { predictions, rows in
      zip(predictions, rows.targets).map { abs($0 - $1) }.max() ?? 0
    }
    var small = settings(.squaredError)
    (small.rounds, small.metrics) = (20, [.loss(.squaredError), .rootMeanSquare])
    let model = try GradientBoostedTrees.fit(
      train, validation: train, settings: small, objective: own, metrics: [worst])
    #expect(model.history?.validationMetrics.map { $0.name } == ["l2", "rmse", "worst"])
    let squares = model.history?.validationMetrics[0].values ?? []
    #expect(zip(squares, squares.dropFirst()).allSatisfy { $1 < $0 } && squares.count == 20)
    small.startsFromAverage = false
    let known = try GradientBoostedTrees.fit(
      LabelledRows(features: train.features, targets: train.targets.map { $0 - 3 }), settings: small)
    let (a, b) = (model.predict(train.features), known.predict(train.features))
    #expect(zip(a, b).allSatisfy { abs($0 - 3 - $1) < 1e-6 })
    #expect(throws: TreeFitError.lengthMismatch(what: "gradients", expected: 1000, found: 1)) {
      try GradientBoostedTrees.fit(train, objective: UserObjective { _, _ in ([0], [1]) })
    }
  }

  @Test func `Training goes on where a model ended`() throws {
    let train = FeatureRows.waves(rows: 1000)
    var small = settings(.squaredError)
    small.rounds = 30
    let whole = try GradientBoostedTrees.fit(train, settings: small)
    small.rounds = 12
    let first = try GradientBoostedTrees.fit(train, settings: small)
    small.rounds = 18
    let both = try GradientBoostedTrees.fit(train, settings: small, continuing: first)
    #expect(both.rounds == 30 && both.history?.bestRound == 18)
    #expect(FeatureRows.squaredError(both, train) < FeatureRows.squaredError(first, train))
    let (a, b) = (whole.predict(train.features), both.predict(train.features))
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `Training stops on the metric that stops improving`() throws {
    let (train, test) = (FeatureRows.waves(rows: 300), FeatureRows.waves(rows: 300, seed: 6))
    var long = settings(.squaredError)
    (long.rounds, long.learningRate, long.earlyStoppingRounds) = (500, 0.3, 5)
    long.metrics = [.determination, .loss(.absoluteError)]
    let model = try GradientBoostedTrees.fit(train, validation: test, settings: long)
    let history = try #require(model.history)
    let (fit, error) = (history.validationMetrics[0].values, history.validationMetrics[1].values)
    #expect(fit.count < 500 && fit.count == error.count)
    let best = [fit.firstIndex(of: fit.max() ?? 0) ?? 0, error.firstIndex(of: error.min() ?? 0) ?? 0]
    #expect(best.contains(model.rounds - 1) && fit.count == (best.min() ?? 0) + 6)
    long.stopsOnFirstMetricOnly = true
    let first = try GradientBoostedTrees.fit(train, validation: test, settings: long)
    let values = first.history?.validationLoss ?? []
    #expect(first.rounds - 1 == values.firstIndex(of: values.max() ?? 0))
  }

  @Test func `Metrics are those of the definition`() {
    let rows = LabelledRows(
      features: Matrix(rows: 4, columns: 0, values: []), targets: [0, 1, 1, 0], queries: [4])
    let scores = [0.1, 0.4, 0.35, 0.8]
    func value(_ name: String) -> Double { TreeMetric(name)?.value(predictions: scores, rows: rows) ?? .nan }
    #expect(value("auc") == 0.5)
    #expect(abs(value("average_precision") - (1 / 2.0 + 2 / 3.0) / 2) < 1e-15)
    #expect(value("binary_error") == 0.75)
    #expect(value("map@2") == 0.25)
    let second = 1 / Portable.log(3) * Portable.log(2)
    #expect(abs(value("ndcg@2") - second / (1 + second)) < 1e-12)
    #expect(TreeMetric("nonsense") == nil && TreeMetric("auc@3") == nil)
  }
}
