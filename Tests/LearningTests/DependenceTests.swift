import HydraLearning
import HydraNumerics
import Testing

@Suite struct DependenceTests {
  private static func model() throws -> (model: GradientBoostedTrees, rows: LabelledRows) {
    var random = CounterRandom(seed: 8, stream: "dependence")
    let features = Matrix((0..<400).map { _ in (0..<3).map { _ in random.normal() } })
    // The first feature matters, the second less, the third not at all.
    let targets = (0..<400).map { 3 * features[$0, 0] + (features[$0, 1] > 0 ? 1 : 0) }
    var settings = GradientBoostedTrees.Settings()
    settings.rounds = 40
    let model = try GradientBoostedTrees.fit(features, targets, settings: settings)
    return (model, LabelledRows(features: features, targets: targets))
  }

  @Test func `Shuffling a feature costs what the model made of it`() throws {
    let (model, rows) = try Self.model()
    let found = try model.permutationImportance(rows, repeats: 3, seed: 1)
    #expect(found.map(\.feature) == model.featureNames)
    // Shuffled, the first feature's part is wrong by the difference of two draws: 2 × 9 × its variance.
    #expect(abs(found[0].rise - 18) < 4 && found[1].rise > 0.2 && found[1].rise < 1)
    #expect(abs(found[2].rise) < 0.05 && found[0].deviation > 0)
    for threads in [2, 3, 7] {
      #expect(try model.permutationImportance(rows, repeats: 3, seed: 1, threads: threads) == found)
    }
  }

  @Test func `Partial dependence is the mean score with the feature set`() throws {
    let (model, rows) = try Self.model()
    let grid = GradientBoostedTrees.grid(of: 1, in: rows.features, points: 5)
    #expect(grid.count == 5 && grid[0] == rows.features.column(1).min() && grid[4] == rows.features.column(1).max())
    let curve = model.partialDependence(of: 1, at: grid, over: rows.features, threads: 2)
    for (place, value) in grid.enumerated() {
      let expected =
        (0..<rows.features.rows).map { row -> Double in
          var changed = rows.features.row(row)
          changed[1] = value
          return model.rawScores(Matrix([changed]))[0]
        }.reduce(0, +) / Double(rows.features.rows)
      #expect(abs(curve[place, 0] - expected) < 1e-12)
    }
    #expect(curve[4, 0] - curve[0, 0] > 0.8)
  }
}
