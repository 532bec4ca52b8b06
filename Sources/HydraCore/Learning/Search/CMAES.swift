import HydraNumerics

/// Covariance matrix adaptation: draws from a normal distribution that learns the shape of the valley.
///
/// Numbers only: categories are drawn at random beside it. Points outside the range are drawn again. When the step has
/// become very small, or nothing better was found for long, it starts again with twice the population elsewhere.
///
/// Source: N. Hansen, "The CMA evolution strategy: a tutorial", arXiv:1604.00772 (2016), with its defaults; A. Auger,
/// N. Hansen, CEC (2005) for the restarts.
public struct CMAES: Hashable, Codable, Sendable {
  /// Trials of a generation; nil takes 4 + 3 ln(parameters).
  public var population: Int?
  /// The first step, in shares of the range.
  public var firstStep = 0.25
  /// Whether it starts again.
  public var restarts = true

  public init() {}

  func checked() throws(SearchError) -> CMAES {
    if let population, population < 2 {
      throw .badSetting(name: "cmaes.population", value: "\(population)", allowed: "at least 2")
    }
    guard firstStep > 0, firstStep.isFinite else {
      throw .badSetting(name: "cmaes.firstStep", value: NumberText.text(firstStep), allowed: "positive")
    }
    return self
  }
}

/// The strategy at work: draws for trials of one generation, and moves on when all of them are finished.
struct CMAESEngine: SearchEngine {
  let space: UnitSpace
  private let settings: CMAES
  private var state: CMAESState
  private var generation = 0
  private var runs = 0
  /// Results of the generation at hand: the point among the numbers and its loss.
  private var results: [(point: [Double], loss: Double)] = []

  init(_ space: UnitSpace, _ settings: CMAES) throws(SearchError) {
    guard !space.numbers.isEmpty else { throw .unsuitable(sampler: "cmaes", problem: "no parameter is a number") }
    self.space = space
    self.settings = settings
    state = CMAESState(
      mean: Array(repeating: 0.5, count: space.numbers.count), step: settings.firstStep, population: settings.population
    )
  }

  mutating func learn(_ trial: Trial, losses: [Double]) {
    // A generation that is over has no use for late results.
    guard trial.generation == generation else { return }
    let point = space.point(trial)
    let numbers = zip(space.numbers, state.mean).map { point[$0].isNaN ? $1 : point[$0] }
    let loss = losses.first ?? .infinity
    results.append((numbers, loss.isNaN ? .infinity : loss))
    guard results.count >= state.population else { return }
    let order = results.indices.sorted { (results[$0].loss, $0) < (results[$1].loss, $1) }
    state.update(order.map { results[$0].point }, best: results[order[0]].loss)
    results = []
    generation += 1
    guard settings.restarts, state.isSpent else { return }
    runs += 1
    var random = CounterRandom(seed: UInt64(runs), stream: "restart")
    state = CMAESState(
      mean: space.numbers.map { _ in random.uniform() }, step: settings.firstStep, population: 2 * state.population)
  }

  func suggest(number: Int, random: inout CounterRandom) -> SearchChoice? {
    var point = space.random(&random)
    for (index, value) in zip(space.numbers, state.draw(&random)) { point[index] = value }
    return SearchChoice(point, generation: generation)
  }
}
