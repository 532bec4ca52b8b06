import HydraNumerics

/// The classifier two-sample test: whether trees can tell the rows of two samples apart.
///
/// Half of the pooled rows, drawn at random, train gradient-boosted trees to say which sample a row is from; the other
/// half is scored. `statistic` is the probability that a held-out row of the second sample scores above one of the first
/// (area under the curve: 0.5 where the distributions are the same), and the p-value is that of the one-sided
/// Mann–Whitney test of these scores, valid because they were not trained on.
///
/// `importance` says which columns tell the samples apart.
///
/// - Complexity: one fit of at most `rounds` small trees.
///
/// Source: D. Lopez-Paz, M. Oquab, "Revisiting classifier two-sample tests", ICLR 2017.
public struct ClassifierTwoSample: Sendable {
  /// Area under the curve on the held-out half.
  public let statistic: Double
  public let pValue: Double
  /// Share of the total gain by column, in the order of the columns; all 0 when no split was useful.
  public let importance: [Double]

  /// Nil when a sample has fewer than eight rows.
  public init?(_ a: Matrix, _ b: Matrix, rounds: Int = 50, seed: UInt64, threads: Int = 1) throws {
    precondition(a.columns == b.columns, "\(a.columns) columns against \(b.columns)")
    guard a.rows > 7, b.rows > 7 else { return nil }
    let pooled = Matrix(rows: a.rows + b.rows, columns: a.columns, values: a.values + b.values)
    var random = CounterRandom(seed: seed, stream: "halves")
    // Each sample is halved on its own, so that both halves hold the same shares.
    func halves(_ rows: Range<Int>) -> ([Int], [Int]) {
      var order = Array(rows)
      random.shuffle(&order)
      return (order[..<(order.count / 2)].sorted(), order[(order.count / 2)...].sorted())
    }
    let (trainA, testA) = halves(0..<a.rows)
    let (trainB, testB) = halves(a.rows..<pooled.rows)
    var settings = GradientBoostedTrees.Settings()
    settings.objective = .binary(sigmoid: 1)
    settings.rounds = rounds
    settings.leaves = 8
    settings.minimumLeafRows = max(3, min(20, (trainA.count + trainB.count) / 20))
    settings.seed = seed
    let weight = Double(trainA.count) / Double(trainB.count)
    let model = try GradientBoostedTrees.fit(
      pooled.selecting(rows: trainA + trainB), trainA.map { _ in 0 } + trainB.map { _ in 1 },
      weights: trainA.map { _ in 1 } + trainB.map { _ in weight }, settings: settings, threads: threads)
    let first = model.predict(pooled.selecting(rows: testA), threads: threads)
    let second = model.predict(pooled.selecting(rows: testB), threads: threads)
    let test = MannWhitney(second, first)
    statistic = test.superiority
    pValue = test.superiority > 0.5 ? test.pValue / 2 : 1 - test.pValue / 2
    let gains = Dictionary(uniqueKeysWithValues: model.importance().map { ($0.feature, $0.gain) })
    let byColumn = model.featureNames.map { gains[$0] ?? 0 }
    let total = byColumn.reduce(0, +)
    importance = byColumn.map { total > 0 ? $0 / total : 0 }
  }
}
