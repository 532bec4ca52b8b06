import HydraLearning
import HydraNumerics
import Testing

/// Rows with a known relation, for training.
enum SyntheticRows {
  /// y = 2 [x0 > 0.3] - x1² + 3 [x2 > 0][x3 > 0] + noise; the other columns mean nothing. Some of x0 is missing, and
  /// missing rows of it have 4 more.
  static func regression(rows: Int, columns: Int = 8, seed: UInt64 = 1, missing: Bool = false) -> LabelledRows {
    var random = CounterRandom(seed: seed, stream: "synthetic rows")
    var features = Matrix(rows: rows, columns: columns, repeating: 0)
    var targets = [Double](repeating: 0, count: rows)
    for row in 0..<rows {
      for column in 0..<columns { features[row, column] = random.normal() }
      let x = features.row(row)
      targets[row] =
        (x[0] > 0.3 ? 2 : 0) - x[1] * x[1] + (x[2] > 0 && x[3] > 0 ? 3 : 0) + 0.2 * random.normal()
      if missing, random.uniform() < 0.2 {
        features[row, 0] = .nan
        targets[row] += 4
      }
    }
    return LabelledRows(features: features, targets: targets)
  }

  static func classes(rows: Int, classes: Int, seed: UInt64 = 2) -> LabelledRows {
    var data = regression(rows: rows, seed: seed)
    let sorted = data.targets.sorted()
    data.targets = data.targets.map { target in
      Double((1..<classes).filter { target > sorted[rows * $0 / classes] }.count)
    }
    return data
  }

  static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
  }
}

@Suite struct TreesFitTests {
  typealias Settings = GradientBoostedTrees.Settings

  static let objectives: [TreeObjective] = [
    .squaredError, .absoluteError, .huber(delta: 1), .quantile(level: 0.8), .poisson, .binary(sigmoid: 1),
    .multiclass(classes: 3), .multiclassOneVersusAll(classes: 3, sigmoid: 1),
  ]

  /// Few bins and leaves: unoptimised builds spend their time in the search over bins.
  static var quick: Settings {
    var settings = Settings()
    settings.rounds = 30
    settings.leaves = 10
    settings.maximumBins = 32
    settings.learningRate = 0.2
    return settings
  }

  static func rows(for objective: TreeObjective, rows: Int, seed: UInt64 = 1) -> LabelledRows {
    switch objective {
    case .binary: return SyntheticRows.classes(rows: rows, classes: 2, seed: seed)
    case .multiclass, .multiclassOneVersusAll: return SyntheticRows.classes(rows: rows, classes: 3, seed: seed)
    case .poisson:
      var data = SyntheticRows.regression(rows: rows, seed: seed)
      data.targets = data.targets.map { max(0, $0.rounded()) }
      return data
    default: return SyntheticRows.regression(rows: rows, seed: seed)
    }
  }

  @Test func `Training finds most of what can be known`() throws {
    let train = SyntheticRows.regression(rows: 1500)
    let test = SyntheticRows.regression(rows: 1000, seed: 7)
    let model = try GradientBoostedTrees.fit(train.features, train.targets, settings: Self.quick)
    let loss = TreeObjective.squaredError.loss(predictions: model.predict(test.features), targets: test.targets)
    // The noise has variance 0.04, the targets 4.6.
    #expect(SyntheticRows.variance(test.targets) > 4)
    #expect(loss < 0.4)
    let ranked = model.importance().sorted { $0.gain > $1.gain }.prefix(4).map { $0.feature }
    #expect(Set(ranked) == ["Column_0", "Column_1", "Column_2", "Column_3"])
  }

  @Test(arguments: objectives)
  func `Each objective beats its best constant on new rows`(objective: TreeObjective) throws {
    let train = Self.rows(for: objective, rows: 1000)
    let test = Self.rows(for: objective, rows: 500, seed: 5)
    var settings = Self.quick
    settings.objective = objective
    settings.rounds = 0
    let constant = try GradientBoostedTrees.fit(train.features, train.targets, settings: settings)
    settings.rounds = 25
    let model = try GradientBoostedTrees.fit(train.features, train.targets, settings: settings)
    let before = objective.loss(predictions: constant.predict(test.features), targets: test.targets)
    let after = objective.loss(predictions: model.predict(test.features), targets: test.targets)
    #expect(after < 0.6 * before, "\(before) to \(after)")
  }

  @Test(arguments: objectives)
  func `The loss on the training rows never rises`(objective: TreeObjective) throws {
    let train = Self.rows(for: objective, rows: 500)
    var settings = Self.quick
    settings.objective = objective
    settings.rounds = 20
    let model = try GradientBoostedTrees.fit(train.features, train.targets, settings: settings)
    var last = Double.infinity
    for rounds in 1...model.rounds {
      let predictions = model.prefix(rounds: rounds).predict(train.features)
      let loss = objective.loss(predictions: predictions, targets: train.targets)
      #expect(loss <= last, "round \(rounds)")
      last = loss
    }
    #expect(model.history?.trainingLoss == last)
  }

  @Test(arguments: objectives)
  func `Threads change no bit of a model`(objective: TreeObjective) throws {
    var train = Self.rows(for: objective, rows: 600)
    train.weights = train.targets.indices.map { 1 + Double($0 % 3) }
    var settings = Self.quick
    settings.objective = objective
    settings.rounds = 5
    settings.baggingFraction = 0.7
    settings.baggingInterval = 2
    settings.featureFraction = 0.8
    let texts = try [1, 2, 3, 7].map { threads in
      try GradientBoostedTrees.fit(
        train.features, train.targets, weights: train.weights, settings: settings, threads: threads
      ).lightGBMText()
    }
    #expect(Set(texts).count == 1)
    settings.seed = 43
    let other = try GradientBoostedTrees.fit(
      train.features, train.targets, weights: train.weights, settings: settings)
    #expect(other.lightGBMText() != texts[0])
  }

  @Test func `Planted interactions are found`() throws {
    var random = CounterRandom(seed: 3, stream: "interaction")
    var features = Matrix(rows: 2000, columns: 6, repeating: 0)
    for row in 0..<2000 { for column in 0..<6 { features[row, column] = random.normal() } }
    // Neither column says anything alone.
    let targets = (0..<2000).map { features[$0, 2] * features[$0, 4] > 0 ? 1.0 : -1.0 }
    let model = try GradientBoostedTrees.fit(features, targets, settings: Self.quick)
    let gains = model.importance().map { $0.gain }
    #expect(gains[2] + gains[4] > 0.95 * gains.reduce(0, +))
    #expect(TreeObjective.squaredError.loss(predictions: model.predict(features), targets: targets) < 0.15)
  }

  @Test func `Missing values go where they belong`() throws {
    let train = SyntheticRows.regression(rows: 1500, missing: true)
    let test = SyntheticRows.regression(rows: 1000, seed: 9, missing: true)
    let model = try GradientBoostedTrees.fit(train.features, train.targets, settings: Self.quick)
    let loss = TreeObjective.squaredError.loss(predictions: model.predict(test.features), targets: test.targets)
    // Missing rows have lost what column 0 says, a variance of 0.19 over all rows.
    #expect(loss < 0.7)
  }

  @Test func `A missing value that training never saw goes with the majority`() throws {
    let features = Matrix(rows: 100, columns: 1, values: (0..<100).map(Double.init))
    let targets = (0..<100).map { $0 < 30 ? 1.0 : 2.0 }
    var settings = Self.quick
    settings.leaves = 2
    settings.rounds = 200
    settings.minimumLeafRows = 1
    let model = try GradientBoostedTrees.fit(features, targets, settings: settings)
    #expect(abs(model.predict([.nan]) - 2) < 1e-6)
    #expect(abs(model.predict([-5]) - 1) < 1e-6)
  }

  @Test func `Infinite features are ordinary large numbers`() throws {
    var values = (0..<60).map { Double($0 % 3) }
    for row in values.indices { values[row] = [-.infinity, 0, .infinity][row % 3] }
    let targets = (0..<60).map { Double($0 % 3) }
    var settings = Self.quick
    settings.minimumLeafRows = 5
    let model = try GradientBoostedTrees.fit(Matrix(rows: 60, columns: 1, values: values), targets, settings: settings)
    for (value, target) in [(-Double.infinity, 0.0), (0, 1), (.infinity, 2)] {
      #expect(abs(model.predict([value]) - target) < 0.01)
    }
    let copy = try GradientBoostedTrees(lightGBMText: model.lightGBMText())
    #expect(copy.predict([.infinity]) == model.predict([.infinity]))
  }

  @Test func `Validation stops training and keeps the best round`() throws {
    let train = SyntheticRows.regression(rows: 300)
    let validation = SyntheticRows.regression(rows: 300, seed: 11)
    var settings = Self.quick
    settings.rounds = 500
    settings.learningRate = 0.3
    settings.earlyStoppingRounds = 5
    let model = try GradientBoostedTrees.fit(
      train.features, train.targets, validation: validation, settings: settings)
    let history = try #require(model.history)
    let best = try #require(
      history.validationLoss.indices.min { history.validationLoss[$0] < history.validationLoss[$1] })
    #expect(history.bestRound == best + 1)
    #expect(model.rounds == best + 1)
    #expect(history.validationLoss.count == best + 6)
    let loss = TreeObjective.squaredError.loss(
      predictions: model.predict(validation.features), targets: validation.targets)
    #expect(abs(loss - history.validationLoss[best]) < 1e-12)
  }

  @Test func `A row of weight two is two rows`() throws {
    let data = SyntheticRows.regression(rows: 400)
    var settings = Self.quick
    settings.rounds = 20
    settings.minimumLeafRows = 1
    settings.minimumLeafHessian = 5
    settings.maximumBins = 64
    settings.minimumBinRows = 1
    let weights = (0..<400).map { $0 % 4 == 0 ? 2.0 : 1.0 }
    let repeated = (0..<400).flatMap { $0 % 4 == 0 ? [$0, $0] : [$0] }
    // The same bins for both: few distinct values.
    var features = data.features
    features.values = features.values.map { ($0 * 8).rounded() / 8 }
    settings.maximumBins = 255
    let weighted = try GradientBoostedTrees.fit(features, data.targets, weights: weights, settings: settings)
    let plain = try GradientBoostedTrees.fit(
      features.selecting(rows: repeated), repeated.map { data.targets[$0] }, settings: settings)
    let (a, b) = (weighted.predict(features), plain.predict(features))
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func `Small and constant inputs have an answer`() throws {
    #expect(throws: TreeFitError.noRows) {
      try GradientBoostedTrees.fit(Matrix(rows: 0, columns: 3, values: []), [])
    }
    let one = try GradientBoostedTrees.fit(Matrix([[1, 2]]), [5])
    #expect(one.predict([9, 9]) == 5)
    #expect(one.rounds == 1 && one.trees[0].leaves == 1)
    let same = try GradientBoostedTrees.fit(Matrix(rows: 200, columns: 2, repeating: 1), (0..<200).map(Double.init))
    #expect(same.predict([1, 1]) == 99.5)
    let flat = try GradientBoostedTrees.fit(
      SyntheticRows.regression(rows: 200).features, Array(repeating: 0.1, count: 200))
    #expect(flat.trees.count == 1 && abs(flat.predict([Double](repeating: 0, count: 8)) - 0.1) < 1e-15)
    let nothing = try GradientBoostedTrees.fit(Matrix(rows: 30, columns: 0, values: []), (0..<30).map(Double.init))
    #expect(nothing.predict(Matrix(rows: 2, columns: 0, values: [])) == [14.5, 14.5])
    #expect(try one.explain(Matrix([[1, 2]])).values == [0, 0, 5])
    #expect(one.predict(Matrix(rows: 0, columns: 2, values: [])) == [])
  }

  @Test func `Without the average as a start trees begin at zero`() throws {
    let train = SyntheticRows.regression(rows: 300)
    var settings = Self.quick
    settings.startsFromAverage = false
    settings.rounds = 1
    settings.learningRate = 1e-6
    let model = try GradientBoostedTrees.fit(train.features, train.targets.map { $0 + 1000 }, settings: settings)
    #expect(model.predict(train.features).allSatisfy { abs($0) < 0.01 })
    let constant = try GradientBoostedTrees.fit(
      Matrix(rows: 300, columns: 0, values: []), train.targets, settings: settings)
    let mean = train.targets.reduce(0, +) / 300
    #expect(abs(constant.predict(Matrix(rows: 1, columns: 0, values: []))[0] - mean) < 1e-12)
  }

  @Test func `Targets and weights that cannot be are errors`() throws {
    let features = Matrix([[1], [2]])
    var settings = Self.quick
    #expect(throws: TreeFitError.notFinite(what: "target", row: 1)) {
      try GradientBoostedTrees.fit(features, [1, .nan])
    }
    #expect(throws: TreeFitError.negativeWeight(row: 0, value: -1)) {
      try GradientBoostedTrees.fit(features, [1, 2], weights: [-1, 1])
    }
    #expect(throws: TreeFitError.lengthMismatch(what: "targets", expected: 2, found: 1)) {
      try GradientBoostedTrees.fit(features, [1])
    }
    settings.objective = .binary(sigmoid: 1)
    #expect(throws: TreeFitError.badTarget(row: 1, value: 2, expected: "0 or 1")) {
      try GradientBoostedTrees.fit(features, [1, 2], settings: settings)
    }
    settings.learningRate = 0
    #expect(throws: TreeFitError.badSetting(name: "learningRate", value: "0.0")) {
      try GradientBoostedTrees.fit(features, [1, 0], settings: settings)
    }
  }
}
