import HydraLearning
import HydraNumerics
import Testing

/// Ways of laying out an ensemble against each tree walked alone, and explanations against the raw score.
@Suite struct TreesPredictionTests {
  enum Kind: String, CaseIterable, Sendable {
    /// Numbers, categories and missing values.
    case mixed
    /// Zero is missing, and missing values are.
    case zeroIsMissing
    /// More leaves than a word has bits.
    case manyLeaves
    /// More trees than are looked at together.
    case manyTrees
    /// A score for each class.
    case classes
    case linear
  }

  /// Four columns: two numbers, one with many zeros, and categories; values missing in each.
  private static func rows(_ count: Int, seed: UInt64) -> Matrix {
    var random = CounterRandom(seed: seed, stream: "prediction")
    let values = (0..<4 * count).map { place -> Double in
      let (number, draw, category) = (random.normal(), random.below(12), random.below(9))
      if draw == 0 { return .nan }
      if place % 4 == 3 { return Double(category) }
      return place % 4 == 2 && draw < 6 ? 0 : number
    }
    return Matrix(rows: count, columns: 4, values: values)
  }

  /// Values that are nowhere in training: infinite, tiny, unseen and negative categories.
  private static func awkward() -> [[Double]] {
    let odd: [Double] = [.nan, 0, -0.0, 1e-36, -1e-35, .infinity, -.infinity, 1e300, -0.5, -1, 7.9, 99, 1e18]
    return odd.flatMap { value in (0..<4).map { column in (0..<4).map { $0 == column ? value : 0.3 } } }
      + odd.map { [$0, $0, $0, $0] }
  }

  /// Equal numbers, or both not a number: infinite features have no sum in linear leaves.
  private static func areSame(_ left: [Double], _ right: [Double]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }

  private static func model(_ kind: Kind, threads: Int = 1) throws -> GradientBoostedTrees {
    let features = rows(kind == .manyLeaves ? 3_000 : 500, seed: 1)
    var targets = (0..<features.rows).map { row -> Double in
      let known = features.row(row).map { $0.isNaN ? -1 : $0 }
      return known[0] * known[1] + (known[2] == 0 ? 1 : known[2]) + (known[3] == 4 || known[3] == 7 ? 2 : 0)
    }
    var settings = GradientBoostedTrees.Settings()
    (settings.rounds, settings.leaves, settings.minimumLeafRows) = (12, 20, 5)
    if kind != .linear { settings.categorical.columns = [3] }
    switch kind {
    case .mixed: break
    case .zeroIsMissing: settings.missing = .zero
    case .manyLeaves: settings.leaves = 90
    case .manyTrees: (settings.rounds, settings.leaves) = (150, 6)
    case .classes:
      settings.objective = .multiclass(classes: 3)
      targets = targets.map { $0 < 0 ? 0 : $0 < 1.5 ? 1 : 2 }
    case .linear: settings.linearLeaves = LinearLeafFitting()
    }
    return try GradientBoostedTrees.fit(features, targets, settings: settings, threads: threads)
  }

  @Test(arguments: Kind.allCases)
  func `Rows of any number get the sums of the trees' own values`(kind: Kind) throws {
    let model = try Self.model(kind)
    let most = model.trees.reduce(0) { max($0, $1.leaves) }
    #expect(kind == .manyLeaves ? most > 64 : most <= 64)
    let odd = Matrix(Self.awkward())
    for features in [1, 15, 16, 17, 100].map({ Self.rows($0, seed: 2) }) + [odd] {
      for rounds in [1, 5, model.rounds] {
        var expected = [Double](repeating: 0, count: features.rows * model.scores)
        for row in 0..<features.rows {
          for tree in 0..<rounds * model.scores {
            expected[row * model.scores + tree % model.scores] += model.trees[tree].value(of: features.row(row))
          }
        }
        for threads in [1, 2, 3, 7] {
          #expect(Self.areSame(model.rawScores(features, rounds: rounds, threads: threads), expected))
        }
      }
    }
    var result = [Double](repeating: .nan, count: model.scores)
    for row in 0..<odd.rows {
      result.withUnsafeMutableBufferPointer { result in
        odd.row(row).withUnsafeBufferPointer { model.predict($0, into: result) }
      }
      #expect(Self.areSame(result, model.predict(Matrix([odd.row(row)]))))
    }
  }

  @Test(arguments: Kind.allCases.filter { $0 != .linear })
  func `Explanations sum to the raw score whatever the rows beside and the threads`(kind: Kind) throws {
    let model = try Self.model(kind)
    let features = Matrix(Self.awkward() + (0..<40).map { Self.rows(40, seed: 3).row($0) })
    let explainer = try TreeExplainer(model)
    let found = explainer.contributions(features)
    let raw = model.rawScores(features)
    for row in 0..<features.rows {
      for score in 0..<model.scores {
        let own = found.row(row)[score * 5..<score * 5 + 5]
        #expect(abs(own.reduce(0, +) - raw[row * model.scores + score]) < 1e-9)
      }
      #expect(explainer.contributions(Matrix([features.row(row)])).row(0) == found.row(row))
    }
    let pairs = explainer.interactions(features)
    for row in 0..<features.rows {
      for score in 0..<model.scores {
        for first in 0..<4 {
          let own = (0..<4).map { pairs[row, score * 16 + first * 4 + $0] }
          #expect(abs(own.reduce(0, +) - found[row, score * 5 + first]) < 1e-9)
          for second in 0..<4 { #expect(own[second] == pairs[row, score * 16 + second * 4 + first]) }
        }
      }
    }
    for threads in [2, 3, 7] {
      #expect(explainer.contributions(features, threads: threads) == found)
      #expect(explainer.interactions(features, threads: threads) == pairs)
    }
  }

  @Test(arguments: Kind.allCases)
  func `Threads change no byte of a model`(kind: Kind) throws {
    let texts = try [1, 2, 3, 7].map { try Self.model(kind, threads: $0).lightGBMText() }
    #expect(Set(texts).count == 1)
  }

  @Test func `Dependence of categories is asked where they are`() throws {
    let model = try Self.model(.mixed)
    let features = Self.rows(200, seed: 4)
    #expect(model.dependenceValues(of: 3, in: features) == (0..<9).map { Double($0) })
    #expect(model.dependenceValues(of: 0, in: features, points: 7).count == 7)
  }
}
