import HydraNumerics

/// Non-dominated sorting genetic algorithm: a population whose best front, spread out, makes the next one.
///
/// Numbers cross by simulated binary crossover and mutate by a polynomial; categories are taken from either parent.
///
/// Source: K. Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans. Evolutionary
/// Computation 6 (2002).
public struct NSGA2: Hashable, Codable, Sendable {
  /// Trials of a generation.
  public var population = 50
  /// The chance that two parents are crossed.
  public var crossover = 0.9
  /// How near children are to their parents; larger is nearer.
  public var crossoverIndex = 15.0
  /// The same for mutations; one parameter of a child mutates on average.
  public var mutationIndex = 20.0

  public init() {}

  func checked() throws(SearchError) -> NSGA2 {
    guard population >= 2 else {
      throw .badSetting(name: "nsga2.population", value: "\(population)", allowed: "at least 2")
    }
    guard crossover >= 0, crossover <= 1 else {
      throw .badSetting(name: "nsga2.crossover", value: "\(crossover)", allowed: "from 0 to 1")
    }
    guard crossoverIndex >= 0, mutationIndex >= 0 else {
      throw .badSetting(
        name: "nsga2's indices", value: "\(min(crossoverIndex, mutationIndex))", allowed: "not negative")
    }
    return self
  }
}

/// The algorithm at work.
struct NSGA2Engine: SearchEngine {
  let space: UnitSpace
  private let settings: NSGA2
  private let objectives: Int

  private struct Member: Sendable {
    var point: [Double]
    var losses: [Double]
    var rank = 0
    var crowding = 0.0
  }

  /// Parents of the generation that is being made; empty for the first.
  private var parents: [Member] = []
  private var generation = 0
  /// Results of the generation that is being made.
  private var children: [Member] = []

  init(_ space: UnitSpace, _ settings: NSGA2, objectives: Int) {
    self.space = space
    self.settings = settings
    self.objectives = objectives
  }

  mutating func learn(_ trial: Trial, losses: [Double]) {
    guard losses.count == objectives, !losses.contains(where: \.isNaN) else { return }
    children.append(Member(point: space.point(trial), losses: losses))
    guard children.count >= settings.population else { return }
    parents = survivors(parents + children)
    children = []
    generation += 1
  }

  private func survivors(_ all: [Member]) -> [Member] {
    var all = all
    let ranks = ParetoRanks.ranks(all.map(\.losses))
    for rank in Set(ranks).sorted() {
      let front = all.indices.filter { ranks[$0] == rank }
      for (index, distance) in zip(front, ParetoRanks.crowding(front.map { all[$0].losses })) {
        all[index].rank = rank
        all[index].crowding = distance
      }
    }
    let order = all.indices.sorted { (all[$0].rank, -all[$0].crowding, $0) < (all[$1].rank, -all[$1].crowding, $1) }
    return order.prefix(settings.population).map { all[$0] }
  }

  func suggest(number: Int, random: inout CounterRandom) -> SearchChoice? {
    guard !parents.isEmpty else { return SearchChoice(space.random(&random), generation: generation) }
    let (first, second) = (pick(&random), pick(&random))
    var child = first.point
    let crosses = random.uniform() < settings.crossover
    for index in space.axes.indices {
      let (a, b) = (first.point[index], second.point[index])
      if child[index].isNaN { child[index] = b.isNaN ? space.random(&random)[index] : b }
      if crosses, !a.isNaN, !b.isNaN, random.uniform() < 0.5 {
        child[index] = space.axes[index].categories == nil ? crossed(a, b, &random) : b
      }
      if random.uniform() * Double(space.axes.count) < 1 { child[index] = mutated(index, child[index], &random) }
    }
    return SearchChoice(child, generation: generation)
  }

  /// The better of two parents drawn at random.
  private func pick(_ random: inout CounterRandom) -> Member {
    let (a, b) = (parents[random.below(parents.count)], parents[random.below(parents.count)])
    return (a.rank, -a.crowding) <= (b.rank, -b.crowding) ? a : b
  }

  private func crossed(_ a: Double, _ b: Double, _ random: inout CounterRandom) -> Double {
    let u = random.uniformOpen()
    let power = 1 / (settings.crossoverIndex + 1)
    let spread = u < 0.5 ? Portable.pow(2 * u, power) : Portable.pow(1 / (2 * (1 - u)), power)
    let side = random.uniform() < 0.5 ? spread : -spread
    return min(max(((a + b) + side * (a - b)) / 2, 0), 1)
  }

  private func mutated(_ index: Int, _ value: Double, _ random: inout CounterRandom) -> Double {
    if let words = space.axes[index].categories { return Double(random.below(words)) }
    let u = random.uniformOpen()
    let power = 1 / (settings.mutationIndex + 1)
    let step = u < 0.5 ? Portable.pow(2 * u, power) - 1 : 1 - Portable.pow(2 * (1 - u), power)
    return min(max(value + step, 0), 1)
  }
}
