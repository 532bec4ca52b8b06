import HydraNumerics
import Testing

@testable import HydraLearning

/// Tables whose rows are dealt out to threads, in histograms and at splits, and fetched in blocks.
@Suite struct TreesManyRowsTests {
  /// Nine columns, so that threads share the last group: numbers, some missing, and one of categories.
  private static func table(rows: Int) -> (features: Matrix, targets: [Double]) {
    var random = CounterRandom(seed: 5, stream: "many rows")
    var features = Matrix(rows: rows, columns: 9, repeating: 0)
    var targets = [Double](repeating: 0, count: rows)
    for row in 0..<rows {
      for column in 0..<8 { features[row, column] = random.normal() }
      let category = random.below(12)
      let score =
        features[row, 0] + features[row, 1] * features[row, 2] + (category % 3 == 0 ? 1 : -0.5) + random.normal()
      if random.below(10) == 0 { features[row, 1] = .nan }
      features[row, 8] = Double(category)
      targets[row] = score > 0 ? 1 : 0
    }
    return (features, targets)
  }

  private static var settings: GradientBoostedTrees.Settings {
    var settings = GradientBoostedTrees.Settings()
    settings.rounds = 3
    settings.leaves = 15
    settings.categorical.columns = [8]
    return settings
  }

  /// 40,000 rows have one word each, 160,000 two.
  @Test(arguments: [40_000, 160_000])
  func `Threads that share columns and rows change no bit`(rows: Int) throws {
    let (features, targets) = Self.table(rows: rows)
    var settings = Self.settings
    settings.objective = .binary(sigmoid: 1)
    let texts = try [1, 2, 3, 7].map { threads in
      try GradientBoostedTrees.fit(features, targets, settings: settings, threads: threads).lightGBMText()
    }
    #expect(Set(texts).count == 1)
  }

  @Test(arguments: [1, 2])
  func `A table that stands there twice makes the same trees`(threads: Int) throws {
    let (features, targets) = Self.table(rows: 20_000)
    var twice = Matrix(rows: 40_000, columns: 9, repeating: 0)
    for row in 0..<40_000 { for column in 0..<9 { twice[row, column] = features[row % 20_000, column] } }
    var settings = Self.settings
    settings.minimumLeafRows = 30
    settings.minimumBinRows = 3
    let once = try GradientBoostedTrees.fit(features, targets, settings: settings)
    settings.minimumLeafRows = 60
    settings.minimumBinRows = 6
    settings.categorical.l2 *= 2
    settings.categorical.smoothing *= 2
    settings.categorical.minimumGroupRows *= 2
    let doubled = try GradientBoostedTrees.fit(twice, targets + targets, settings: settings, threads: threads)
    for (one, other) in zip(once.predict(features), doubled.predict(features)) {
      #expect(abs(one - other) < 1e-9)
    }
  }
}
