import HydraLearning
import HydraNumerics
import Testing

@Suite struct AdaptiveRegressionTests {
  /// Rows of persistent features of which the first moves the next step; its sign may turn.
  struct World {
    var random: CounterRandom
    var features: [Double]
    let persistence = 0.95
    var effect = 0.2
    private var effects: [Double] = []
    /// The expected outcome of each row's step.
    private(set) var expected: [Double] = []
    private(set) var rows: [[Double]] = []
    private(set) var outcomes: [Double] = []

    init(seed: UInt64, columns: Int) {
      random = CounterRandom(seed: seed, stream: "adaptive")
      features = [Double](repeating: 0, count: columns)
    }

    mutating func next() {
      let noise = (1 - persistence * persistence).squareRoot()
      for column in features.indices {
        features[column] = persistence * features[column] + noise * random.normal()
      }
      // Another unit and level for each column: it has to be standardised.
      rows.append(features.enumerated().map { 100 * Double($0) + ($0 == 1 ? 1e-3 : 7) * $1 })
      expected.append(effect * features[0])
      outcomes.append(effect * features[0] + random.normal())
    }
  }

  private func play(_ world: inout World, into regression: inout AdaptiveRegression, rows: Int) -> [Double] {
    (0..<rows).map { _ in
      world.next()
      let row = world.rows.count - 1
      let known = row - regression.delay
      regression.update(world.rows[row], outcome: known >= 0 ? world.outcomes[known] : .nan)
      return regression.model.predict(world.rows[row])
    }
  }

  /// For relations of a fifth, where markets have a hundredth.
  private var strong: AdaptiveRegression.Settings {
    var settings = AdaptiveRegression.Settings()
    settings.shrinkage = 100
    return settings
  }

  private func skill(_ forecasts: [Double], _ truths: ArraySlice<Double>) -> Double {
    let products = zip(forecasts, truths).reduce(0) { $0 + $1.0 * $1.1 }
    let squares = forecasts.reduce(0) { $0 + $1 * $1 } * truths.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? products / squares.squareRoot() : 0
  }

  @Test func findsAWeakRelationAmongManyFeaturesAndScalesItOverTheHorizon() {
    var world = World(seed: 3, columns: 20)
    var regression = AdaptiveRegression(columns: 20, horizon: 10, delay: 2, settings: strong)
    let forecasts = play(&world, into: &regression, rows: 4000)
    #expect(skill(Array(forecasts.suffix(1000)), world.expected.suffix(1000)) > 0.85)
    // Over ten steps a feature of persistence .95 keeps mean(.95^0….95^9) of what it says of one.
    let carried = (0..<10).reduce(0.0) { sum, lag in sum + Portable.pow(0.95, Double(lag)) } / 10
    let whole = 10.0.squareRoot() * carried * 0.2
    #expect(abs(regression.model.coefficients[0] - whole) < 0.35 * whole)
    for column in 1..<20 { #expect(abs(regression.model.coefficients[column]) < 0.5 * whole) }
  }

  @Test func followsARelationThatTurns() {
    var world = World(seed: 5, columns: 5)
    var regression = AdaptiveRegression(columns: 5, horizon: 10, delay: 2, settings: strong)
    _ = play(&world, into: &regression, rows: 3000)
    let longBefore = regression.weights[0]
    world.effect = -0.2
    let old = regression.model
    let after = play(&world, into: &regression, rows: 700)
    let newest = world.rows.suffix(300).map { old.predict($0) }
    #expect(skill(newest, world.expected.suffix(300)) < -0.8)
    #expect(skill(Array(after.suffix(300)), world.expected.suffix(300)) > 0.7)
    #expect(regression.weights[0] < longBefore)
    #expect(regression.weights[2] > regression.weights[0])
  }

  @Test func saysNextToNothingWhereThereIsNothing() {
    var world = World(seed: 7, columns: 20)
    world.effect = 0
    var regression = AdaptiveRegression(columns: 20, horizon: 10, delay: 2)
    let forecasts = play(&world, into: &regression, rows: 4000)
    // A twentieth of a standard deviation of the horizon's change for each feature would be .22 in all.
    #expect(Statistics.standardDeviation(Array(forecasts.suffix(2000))) < 0.12)
  }

  @Test func missingAndConstantFeaturesSayNothing() {
    var regression = AdaptiveRegression(columns: 3, horizon: 5, delay: 2)
    var random = CounterRandom(seed: 1, stream: "missing")
    var previous = [0.0, 0.0]
    for _ in 0..<1000 {
      let value = random.normal()
      regression.update([value, .nan, 4], outcome: previous[0])
      previous = [previous[1], 0.5 * value]
    }
    #expect(regression.model.coefficients[0] > 0)
    #expect(regression.model.predict([1, .nan, 4]) == regression.model.predict([1, 1e9, -3]))
    #expect(regression.model.predict([.nan, .nan, .nan]) == 0)
    #expect(regression.model.predict([1e9, 0, 4]).isFinite)
  }

  @Test func aModelAtARowDoesNotKnowWhatComesAfter() {
    var (one, two) = (World(seed: 9, columns: 4), World(seed: 9, columns: 4))
    var first = AdaptiveRegression(columns: 4, horizon: 10, delay: 2)
    var second = first
    let early = play(&one, into: &first, rows: 800)
    two.effect = 0.2
    let again = play(&two, into: &second, rows: 800)
    two.effect = -3
    _ = play(&two, into: &second, rows: 200)
    #expect(early == again)
    #expect(first != second)
  }

  @Test func solvesTheNormalEquations() throws {
    var random = CounterRandom(seed: 11, stream: "ridge")
    let columns = 6
    var regression = DiscountedRegression(columns: columns, shrinkage: 3, halfLife: 40)
    var squares = Matrix(rows: columns, columns: columns, repeating: 0)
    var products = [Double](repeating: 0, count: columns)
    let discount = Portable.exp(-0.6931471805599453 / 40)
    for _ in 0..<200 {
      let row = (0..<columns).map { _ in random.normal() }
      let outcome = row[0] - 2 * row[3] + random.normal()
      regression.update(row, outcome: outcome)
      for i in 0..<columns {
        for j in 0..<columns { squares[i, j] = discount * squares[i, j] + row[i] * row[j] }
        products[i] = discount * products[i] + row[i] * outcome
      }
    }
    for i in 0..<columns { squares[i, i] += 3 }
    let expected = try CholeskyFactorization(squares).solve(products)
    regression.solve()
    for (found, wanted) in zip(regression.coefficients, expected) { #expect(abs(found - wanted) < 1e-12) }
    // Halved with each half-life: what was learnt is forgotten, not kept as if it were certain.
    for _ in 0..<4000 { regression.update([Double](repeating: 0, count: columns), outcome: 0) }
    regression.solve()
    #expect(regression.coefficients.allSatisfy { abs($0) < 1e-9 })
  }
}
