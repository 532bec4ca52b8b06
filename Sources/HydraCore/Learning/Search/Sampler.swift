import HydraNumerics

/// How a study chooses the parameters of its next trial.
///
/// | sampler | for | a suggestion costs |
/// |---|---|---|
/// | `tpe` | everything, also conditions and categories; one objective | O(candidates × trials × parameters) |
/// | `gaussianProcess` | up to a few hundred dear trials of a few numbers | O(trials²), O(trials³) now and then |
/// | `cmaes` | hundreds of trials and more over numbers that depend on each other | O(parameters²) |
/// | `nsga2` | several objectives | O(population²) a generation |
/// | `random`, `grid` | a standard to compare with | O(parameters) |
public enum Sampler: Hashable, Codable, Sendable {
  case random
  case grid(GridSearch)
  case tpe(TPE)
  case cmaes(CMAES)
  case gaussianProcess(GaussianProcessSearch)
  case nsga2(NSGA2)

  /// The sampler of that name with its usual settings: random, grid, tpe, cmaes, gp or nsga2.
  public init(name: String) throws(SearchError) {
    switch name {
    case "random": self = .random
    case "grid": self = .grid(GridSearch())
    case "tpe": self = .tpe(TPE())
    case "cmaes", "cma-es": self = .cmaes(CMAES())
    case "gp", "gaussian-process": self = .gaussianProcess(GaussianProcessSearch())
    case "nsga2", "nsga-ii": self = .nsga2(NSGA2())
    default: throw .unknown(word: name, place: "sampler", nearest: nearestName(to: name, in: Self.names))
    }
  }

  /// The names that `init(name:)` knows.
  public static let names = ["random", "grid", "tpe", "cmaes", "gp", "nsga2"]

  func engine(_ space: UnitSpace, objectives: Int) throws(SearchError) -> any SearchEngine {
    func single(_ name: String) throws(SearchError) {
      guard objectives == 1 else {
        throw .unsuitable(sampler: name, problem: "\(objectives) objectives; nsga2 and random take several")
      }
    }
    switch self {
    case .random: return RandomEngine(space: space)
    case .grid(let settings): return try GridEngine(space, settings)
    case .tpe(let settings):
      try single("tpe")
      return try TPEEngine(space, settings.checked())
    case .cmaes(let settings):
      try single("cmaes")
      return try CMAESEngine(space, settings.checked())
    case .gaussianProcess(let settings):
      try single("gp")
      return try GaussianProcessEngine(space, settings.checked())
    case .nsga2(let settings): return try NSGA2Engine(space, settings.checked(), objectives: objectives)
    }
  }
}

/// A point of the unit space that a sampler chose.
struct SearchChoice {
  var point: [Double]
  var generation: Int?

  init(_ point: [Double], generation: Int? = nil) {
    self.point = point
    self.generation = generation
  }
}

/// A sampler at work.
///
/// Its state follows from the calls of `learn` in their order and from the set of trials begun; `suggest` leaves nothing
/// behind. So a study that is read back, which calls `begin` for all trials and then `learn`, goes on alike.
protocol SearchEngine: Sendable {
  var space: UnitSpace { get }
  /// Takes note of a trial that starts to run.
  mutating func begin(_ trial: Trial)
  /// Takes in a result: losses of a complete trial, the last report of a pruned one, nothing of a failed one.
  mutating func learn(_ trial: Trial, losses: [Double])
  /// Chooses; nil when there is nothing left to choose.
  func suggest(number: Int, random: inout CounterRandom) -> SearchChoice?
}

extension SearchEngine {
  mutating func begin(_ trial: Trial) {}
  mutating func learn(_ trial: Trial, losses: [Double]) {}
}

/// Every point equally likely.
struct RandomEngine: SearchEngine {
  let space: UnitSpace

  func suggest(number: Int, random: inout CounterRandom) -> SearchChoice? { SearchChoice(space.random(&random)) }
}
