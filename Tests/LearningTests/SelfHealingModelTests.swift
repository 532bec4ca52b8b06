import Foundation
import HydraNumerics
import Testing

@testable import HydraLearning

@Suite struct SelfHealingModelTests {
  /// Rows of two values; the label says whether the first is above the second, or after a flip below; some are wrong.
  struct Stream {
    var rows: Matrix
    var labels: [Int]

    init(_ n: Int, flips: [Int] = [], seed: UInt64 = 1, classes: Int = 2) {
      var random = CounterRandom(seed: seed, stream: "self-healing stream")
      var values: [Double] = []
      labels = []
      for t in 0..<n {
        let (a, b, noise) = (random.normal(), random.normal(), random.uniform())
        values += [a, b]
        let gap = flips.count(where: { $0 <= t }) % 2 == 0 ? a - b : b - a
        let place = classes == 2 ? (gap > 0 ? 1 : 0) : gap > 0.7 ? 2 : gap > -0.7 ? 1 : 0
        labels.append(noise < 0.05 ? (place + 1) % classes : place)
      }
      rows = Matrix(rows: n, columns: 2, values: values)
    }
  }

  static var quick: SelfHealingModel.Settings {
    var settings = SelfHealingModel.Settings()
    settings.warmUpRows = 300
    settings.trees.rounds = 12
    settings.trees.leaves = 6
    settings.trees.learningRate = 0.3
    settings.trees.maximumBins = 31
    return settings
  }

  static func run(
    _ model: inout SelfHealingModel, _ stream: Stream, _ range: Range<Int>, threads: Int = 1
  ) throws -> [[Double]] {
    try range.map { t in
      let probabilities = model.predict(stream.rows.row(t))
      try model.learn(label: stream.labels[t], threads: threads)
      return probabilities
    }
  }

  static func accuracy(_ forecasts: [[Double]], _ stream: Stream, from start: Int) -> Double {
    let right = forecasts.indices.count {
      forecasts[$0].firstIndex(of: forecasts[$0].max()!) == stream.labels[start + $0]
    }
    return Double(right) / Double(forecasts.count)
  }

  @Test func aFlippedRelationIsNoticedDatedAndLearntAnew() throws {
    let stream = Stream(2400, flips: [1400])
    var model = SelfHealingModel(features: ["a", "b"], classes: 2, settings: Self.quick, seed: 1)
    let before = try Self.run(&model, stream, 0..<1400)
    #expect(Self.accuracy(Array(before[300...]), stream, from: 300) > 0.88)
    #expect(model.alarms.isEmpty)
    _ = try Self.run(&model, stream, 1400..<1900)
    let alarm = try #require(model.alarms.first)
    #expect((1400..<1480).contains(alarm.row) && abs(alarm.changePoint - 1400) < 25, "\(alarm)")
    #expect(model.champions.contains { $0.origin == .refitted } && model.champions.contains { $0.origin == .window })
    let after = try Self.run(&model, stream, 1900..<2400)
    #expect(Self.accuracy(after, stream, from: 1900) > 0.85)
    #expect(model.retrainings <= 1 + 2 + 3 * (2400 - 300) / 300)
  }

  @Test func aReturningRegimeFindsAnOldChampion() throws {
    let stream = Stream(2600, flips: [1200, 1900])
    var settings = Self.quick
    // No fits to everything: what follows the return must have been there before it.
    settings.checkUpShare = 100
    var model = SelfHealingModel(features: ["a", "b"], classes: 2, settings: settings, seed: 2)
    _ = try Self.run(&model, stream, 0..<1900)
    let away = model.champions.firstIndex { $0.origin == .first }
    #expect(try model.trust[#require(away)] < 0.2)
    let back = try Self.run(&model, stream, 1900..<1960)
    #expect(Self.accuracy(Array(back[20...]), stream, from: 1920) > 0.8)
    let old = zip(model.champions, model.trust).filter { $0.0.row < 1200 }.map { $0.1 }.reduce(0, +)
    #expect(old > 0.5, "\(model.trust)")
  }

  @Test func threadsChangeNothing() throws {
    let stream = Stream(1300, flips: [900])
    var one = SelfHealingModel(features: ["a", "b"], classes: 2, settings: Self.quick, seed: 3)
    var two = one
    #expect(try Self.run(&one, stream, 0..<1300) == Self.run(&two, stream, 0..<1300, threads: 2))
    #expect(one.champions.last?.trees == two.champions.last?.trees)
  }

  @Test(arguments: [200, 950]) func aModelContinuesFromItsCode(pause: Int) throws {
    let stream = Stream(1500, flips: [800])
    var model = SelfHealingModel(features: ["a", "b"], classes: 2, settings: Self.quick, seed: 5)
    _ = try Self.run(&model, stream, 0..<pause)
    _ = model.predict(stream.rows.row(pause))
    let code = try JSONEncoder().encode(model)
    var copy = try JSONDecoder().decode(SelfHealingModel.self, from: code)
    try model.learn(label: stream.labels[pause])
    try copy.learn(label: stream.labels[pause])
    let rest = pause + 1..<1500
    #expect(try Self.run(&copy, stream, rest) == Self.run(&model, stream, rest))
    #expect(copy.alarms == model.alarms && copy.retrainings == model.retrainings)
  }

  @Test func threeClassesMissingValuesAndLateLabelsAreTakenAsTheyCome() throws {
    var stream = Stream(1200, seed: 6, classes: 3)
    for t in stride(from: 0, to: 1200, by: 7) { stream.rows[t, 1] = .nan }
    for arm in HealingArm.allCases {
      let trial = try HealingTrial(
        features: ["a", "b"], rows: stream.rows, labels: stream.labels, classes: 3, arm: arm, warmUpShare: 0.25,
        delay: 4, settings: Self.quick, seed: 1)
      #expect(trial.rows == 900 && trial.accuracy > 0.7 && trial.kappa > 0.5, "\(trial)")
      #expect(trial.retrainings == (arm == .frozen ? 1 : arm == .periodic ? 4 : 6), "\(trial)")
    }
  }

  @Test func aWarmUpOfOneClassWaitsForTheOther() throws {
    var model = SelfHealingModel(features: ["a"], classes: 2, settings: Self.quick, seed: 1)
    for t in 0..<320 {
      #expect(model.predict([Double(t % 5)])[0] > 0.49)
      try model.learn(label: 0)
    }
    #expect(!model.isTrained)
    for t in 0..<10 {
      _ = model.predict([Double(t)])
      try model.learn(label: 1)
    }
    #expect(model.isTrained && model.retrainings == 1)
  }

  @Test func contextHoldsNothingButThePast() {
    var context = StreamContext(features: ["x"], classes: 2)
    #expect(context.names.prefix(4) == ["x", "label.last_1", "label.last_2", "label.last_3"])
    let first = context.row([3])
    #expect(first[0] == 3 && first.dropFirst().allSatisfy(\.isNaN))
    context.know(1)
    let second = context.row([5])
    #expect(second[1] == 1 && second[2].isNaN)
    // Change and distances from the means of what came before: both 5 - 3.
    #expect(Array(second.suffix(4)) == [2, 2, 2, 2])
    context.know(0)
    let third = context.row([.nan])
    #expect(Array(third[1...2]) == [0, 1] && third.suffix(4).allSatisfy(\.isNaN))
    // The mean of 3 and 5, which the missing value has not moved.
    #expect(context.row([6]).suffix(3) == [2, 2, 2])
  }

  @Test func theMixtureFollowsWhoeverIsRight() {
    var mixture = ExpertMixture(classes: 2, switchRate: 0.002)
    mixture.add()
    mixture.add()
    let said = [0.9, 0.1, 0.1, 0.9]
    for _ in 0..<200 { mixture.learn(said, label: 0) }
    #expect(mixture.mix(said)[0] > 0.89)
    for _ in 0..<5 { mixture.learn(said, label: 1) }
    #expect(mixture.mix(said)[1] > 0.8)
  }
}
