import HydraNumerics

/// A search: a space, a way of choosing, and all trials so far.
///
///     var study = try Study(SearchSpace([.float("x", -5...5), .float("y", -5...5)]), seed: 42)
///     try study.optimize(trials: 100, threads: 2) { trial in
///       let (x, y) = (trial["x"], trial["y"])
///       return (x - 1) * (x - 1) + y * y
///     }
///     study.best?.parameters
///
/// Or step by step, where trials are run elsewhere: `ask` for a trial, `report` on the way, `tell` what came of it.
/// What is suggested depends on the seed and on the trials alone, so that a study that is stored and read back goes on
/// as if it had never stopped, to the byte:
///
///     let bytes = try study.bytes            // JSON; a row in a store, a file
///     var later = try Study(bytes: bytes)
///
/// - Complexity: what a suggestion costs is said at each sampler; storing is O(trials).
public struct Study: Sendable {
  /// What is searched.
  public let space: SearchSpace
  /// One for each objective; several make a front of best trials.
  public let directions: [SearchDirection]
  /// The way of choosing.
  public let sampler: Sampler
  /// When hopeless trials are stopped.
  public let pruner: Pruner
  /// The key of all choices.
  public let seed: UInt64
  /// All trials, by number.
  public private(set) var trials: [Trial] = []
  /// The number of results so far.
  public private(set) var results = 0
  private var engine: any SearchEngine

  public init(
    _ space: SearchSpace, directions: [SearchDirection] = [.minimize], sampler: Sampler = .tpe(TPE()),
    pruner: Pruner = .none, seed: UInt64 = 42
  ) throws(SearchError) {
    guard !directions.isEmpty else {
      throw .badSetting(name: "the number of objectives", value: "0", allowed: "positive")
    }
    self.space = space
    self.directions = directions
    self.sampler = sampler
    self.pruner = pruner
    self.seed = seed
    try pruner.check()
    engine = try sampler.engine(UnitSpace(space), objectives: directions.count)
  }

  // MARK: - Step by step

  /// A new trial; nil when a grid has been searched through.
  public mutating func ask() -> Trial? {
    var random = CounterRandom(seed: seed, stream: "trial \(trials.count)")
    guard let choice = engine.suggest(number: trials.count, random: &random) else { return nil }
    let values = engine.space.values(choice.point)
    let assignments = zip(space.parameters, values).compactMap { parameter, value in
      value.map { Trial.Assignment(name: parameter.name, value: $0) }
    }
    var trial = Trial(number: trials.count, parameters: assignments)
    trial.generation = choice.generation
    trials.append(trial)
    engine.begin(trial)
    return trial
  }

  /// Takes in a value on the way; true when the trial had better be stopped.
  ///
  /// Steps rise; a value at a step that was reported before is not taken.
  public mutating func report(_ value: Double, step: Int, trial number: Int) throws(SearchError) -> Bool {
    try requireRunning(number)
    trials[number].addReport(value, step: step)
    return shouldPrune(trials[number])
  }

  /// Takes in the result of a trial: one value for each objective. One that is NaN makes it a failed trial.
  public mutating func tell(_ values: [Double], trial number: Int) throws(SearchError) {
    try requireRunning(number)
    guard values.count == directions.count else {
      throw .wrongCount(trial: number, expected: directions.count, found: values.count)
    }
    let isNumber = !values.contains(where: \.isNaN)
    finish(number, isNumber ? .complete : .failed, isNumber ? values : [])
  }

  /// Takes in that a trial was stopped early, or that it failed.
  public mutating func end(trial number: Int, as state: Trial.State) throws(SearchError) {
    try requireRunning(number)
    precondition(state == .pruned || state == .failed, "a trial ends pruned or failed, else tell its values")
    finish(number, state, [])
  }

  private func requireRunning(_ number: Int) throws(SearchError) {
    guard trials.indices.contains(number), trials[number].state == .running else { throw .notRunning(trial: number) }
  }

  private mutating func finish(_ number: Int, _ state: Trial.State, _ values: [Double]) {
    trials[number].state = state
    trials[number].values = values
    trials[number].finished = results
    results += 1
    engine.learn(trials[number], losses: losses(trials[number]))
  }

  /// The values as losses; for a pruned trial its last report, for a failed one nothing.
  func losses(_ trial: Trial) -> [Double] {
    if trial.state == .pruned, directions.count == 1, let last = trial.reports.last {
      return [directions[0].loss(last.value)]
    }
    return zip(directions, trial.values).map { $0.loss($1) }
  }

  /// Puts a trial in place of the one of its number, with its reports: what a batch does before it tells results.
  mutating func take(reportsOf trial: Trial) { trials[trial.number].reports = trial.reports }

  /// The same trials with another way of choosing from here on.
  public func continued(by sampler: Sampler) throws(SearchError) -> Study {
    var other = try Study(space, directions: directions, sampler: sampler, pruner: pruner, seed: seed)
    other.restore(trials)
    return other
  }

  /// Takes in trials with their results, in the order in which these came.
  private mutating func restore(_ stored: [Trial]) {
    trials = stored
    let done = stored.filter { $0.state != .running }.sorted { ($0.finished ?? 0) < ($1.finished ?? 0) }
    results = done.count
    for trial in stored { engine.begin(trial) }
    for trial in done { engine.learn(trial, losses: losses(trial)) }
  }

  // MARK: - Results

  /// The complete trial with the best value of the first objective, the earliest of equals.
  public var best: Trial? {
    complete.min { (directions[0].loss($0.values[0]), $0.number) < (directions[0].loss($1.values[0]), $1.number) }
  }

  /// The complete trials.
  public var complete: [Trial] { trials.filter { $0.state == .complete } }

  /// The complete trials that no other beats in one objective without losing in another, by number.
  public var front: [Trial] {
    let complete = complete
    let losses = complete.map { self.losses($0) }
    return complete.indices.filter { i in !losses.contains { ParetoRanks.dominates($0, losses[i]) } }
      .map { complete[$0] }
  }
}

// MARK: - Storing

extension Study: Codable {
  private enum CodingKeys: String, CodingKey { case space, directions, sampler, pruner, seed, trials }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      container.decode(SearchSpace.self, forKey: .space),
      directions: container.decode([SearchDirection].self, forKey: .directions),
      sampler: container.decode(Sampler.self, forKey: .sampler),
      pruner: container.decode(Pruner.self, forKey: .pruner), seed: container.decode(UInt64.self, forKey: .seed))
    let stored = try container.decode([Trial].self, forKey: .trials)
    for (place, trial) in stored.enumerated() {
      guard trial.number == place else { throw SearchError.malformed("trial \(trial.number) in place \(place)") }
      guard trial.state != .complete || trial.values.count == directions.count else {
        throw SearchError.wrongCount(trial: place, expected: directions.count, found: trial.values.count)
      }
      guard (trial.finished == nil) == (trial.state == .running) else {
        throw SearchError.malformed(
          "trial \(place) is \(trial.state.rawValue), but has \(trial.finished == nil ? "no" : "a") result")
      }
    }
    let places = stored.compactMap(\.finished).sorted()
    guard places == Array(places.indices) else {
      throw SearchError.malformed("results are missing or counted twice")
    }
    restore(stored)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(space, forKey: .space)
    try container.encode(directions, forKey: .directions)
    try container.encode(sampler, forKey: .sampler)
    try container.encode(pruner, forKey: .pruner)
    try container.encode(seed, forKey: .seed)
    try container.encode(trials, forKey: .trials)
  }

  /// The study as JSON; the same study has the same bytes.
  public var bytes: [UInt8] { get throws { try JSONValue(encoding: self).bytes } }

  /// Reads a study that was stored. Throws `JSONError`, `DecodingError` or `SearchError`.
  public init(bytes: [UInt8]) throws { self = try JSONValue(parsing: bytes).decoded() }
}

extension Trial {
  mutating func addReport(_ value: Double, step: Int) {
    guard step > reports.last?.step ?? .min else { return }
    reports.append(Report(step: step, value: value))
  }
}
