import HydraLearning
import HydraNumerics
import Testing

@Suite struct SearchTests {
  static func mixedSpace() throws -> SearchSpace {
    try SearchSpace([
      .float("rate", 0.001...1, logarithmic: true), .float("share", 0...1, step: 0.25),
      .integer("leaves", 2...64, logarithmic: true), .integer("bins", 10...50, step: 10),
      .category("kind", ["plain", "bent", "steep"]), .float("bend", -1...1, when: .isOneOf("kind", ["bent"])),
      .integer("turns", 1...4, when: .isOneOf("kind", ["bent"])),
      .float("slope", 0...9, when: .isOneOf("kind", ["steep", "bent"])),
      .float("extra", 0...1, when: .isBetween("leaves", low: 32, high: 64)),
    ])
  }

  static let samplers: [Sampler] = [
    .random, .grid(GridSearch(points: 3)), .tpe(TPE()), .cmaes(CMAES()), .gaussianProcess(GaussianProcessSearch()),
    .nsga2(NSGA2()),
  ]

  private static func next(_ study: inout Study) throws -> Trial {
    let trial = study.ask()
    return try #require(trial)
  }

  /// A loss with its minimum at the bent kind.
  static func loss(_ trial: Trial) -> Double {
    var sum = abs(Portable.log(trial.double("rate") ?? 1) + 3) + Double(abs((trial.int("leaves") ?? 0) - 20)) / 20
    sum += (trial.double("share") ?? 0) + Double(trial.int("bins") ?? 0) / 50 + (trial.double("extra") ?? 0.3)
    switch trial.word("kind") {
    case "bent": sum += abs((trial.double("bend") ?? 9) - 0.4) + Double(trial.int("turns") ?? 9) / 4
    case "steep": sum += 1 + (trial.double("slope") ?? 9) / 9
    default: sum += 2
    }
    return sum
  }

  @Test(arguments: samplers)
  func `Every sampler stays in the space and keeps to conditions`(sampler: Sampler) throws {
    let space = try Self.mixedSpace()
    var study = try Study(space, sampler: sampler, seed: 5)
    for _ in 0..<40 {
      let trial = try Self.next(&study)
      let rate = try #require(trial.double("rate"))
      #expect(rate >= 0.001 && rate <= 1)
      #expect([0, 0.25, 0.5, 0.75, 1].contains(try #require(trial.double("share"))))
      #expect((2...64).contains(try #require(trial.int("leaves"))))
      #expect([10, 20, 30, 40, 50].contains(try #require(trial.int("bins"))))
      let kind = try #require(trial.word("kind"))
      #expect((trial["bend"] != nil) == (kind == "bent") && (trial["turns"] != nil) == (kind == "bent"))
      #expect((trial["slope"] != nil) == (kind != "plain"))
      #expect((trial["extra"] != nil) == (try #require(trial.int("leaves")) >= 32))
      try study.tell([Self.loss(trial)], trial: trial.number)
    }
  }

  @Test(arguments: samplers)
  func `A study that is read back goes on to the byte`(sampler: Sampler) throws {
    func step(_ study: inout Study, _ open: inout [Trial]) throws {
      // Up to three trials run at the same time; the last begun ends first, some are pruned or fail.
      while open.count < 3 { open.append(try Self.next(&study)) }
      let trial = open.removeLast()
      _ = try study.report(Self.loss(trial) + 1, step: 1, trial: trial.number)
      switch trial.number % 7 {
      case 3: try study.end(trial: trial.number, as: .pruned)
      case 5: try study.end(trial: trial.number, as: .failed)
      default: try study.tell([Self.loss(trial)], trial: trial.number)
      }
    }
    var (whole, openOfWhole): (Study, [Trial]) = (
      try Study(Self.mixedSpace(), sampler: sampler, pruner: .median, seed: 9), []
    )
    var (halved, openOfHalved) = (whole, openOfWhole)
    for count in 0..<36 {
      try step(&whole, &openOfWhole)
      if count % 13 == 12 { halved = try Study(bytes: halved.bytes) }
      try step(&halved, &openOfHalved)
    }
    #expect(try whole.bytes == halved.bytes)
  }

  @Test(arguments: samplers)
  func `The number of threads does not matter`(sampler: Sampler) throws {
    let bytes = try [1, 2, 3, 7].map { threads -> [UInt8] in
      var study = try Study(Self.mixedSpace(), sampler: sampler, pruner: .median, seed: 2)
      try study.optimize(trials: 24, parallel: 4, threads: threads) { trial in
        try trial.report(Self.loss(trial.trial) * 2, step: 1)
        try trial.report(Self.loss(trial.trial) * 1.5, step: 2)
        return Self.loss(trial.trial)
      }
      return try study.bytes
    }
    for other in bytes.dropFirst() { #expect(other == bytes[0]) }
  }

  @Test func `Test functions have the golden values`() throws {
    let file = try TreeVectors.file("search_functions")
    for function in SearchFunction.allCases {
      let expected = try #require(file[function.rawValue])
      for point in try #require(expected["points"]?.array) {
        let x = try #require(point["x"]?.doubles)
        let f = try #require(point["f"]?.double)
        #expect(abs(function.value(x) - f) < 1e-12 * max(1, abs(f)))
      }
      #expect(function.minimum == expected["minimum"]?.double)
      #expect(
        function.bounds.map { [$0.lowerBound, $0.upperBound] } == expected["bounds"]?.array?.compactMap(\.doubles))
    }
  }

  /// Mean best value over some seeds.
  private func meanBest(_ function: SearchFunction, _ sampler: Sampler, trials: Int, seeds: Int) throws -> Double {
    var sum = 0.0
    for seed in 0..<seeds {
      var study = try Study(function.space, sampler: sampler, seed: UInt64(seed))
      try study.optimize(trials: trials) { trial in
        function.value(function.bounds.indices.map { trial["x\($0)"] })
      }
      sum += study.best?.values[0] ?? .infinity
    }
    return sum / Double(seeds)
  }

  @Test func `Estimators find lower values than chance`() throws {
    let chance = try meanBest(.hartmann6, .random, trials: 60, seeds: 3)
    #expect(try meanBest(.hartmann6, .tpe(TPE()), trials: 60, seeds: 3) < chance - 0.3)
    #expect(try meanBest(.branin, .gaussianProcess(GaussianProcessSearch()), trials: 30, seeds: 1) < 0.5)
    #expect(try meanBest(.rosenbrock5, .cmaes(CMAES()), trials: 1000, seeds: 1) < 1)
  }

  @Test func `Each combination of a grid is tried once`() throws {
    let space = try SearchSpace([
      .integer("n", 1...3), .category("kind", ["a", "b"]), .float("x", 0...1, when: .isOneOf("kind", ["b"])),
    ])
    var study = try Study(space, sampler: .grid(GridSearch(points: 4)))
    var seen: Set<[Trial.Assignment]> = []
    while let trial = study.ask() {
      seen.insert(trial.parameters)
      try study.tell([0], trial: trial.number)
    }
    #expect(study.trials.count == 3 * (1 + 4) && seen.count == 15)
    #expect(study.trials.compactMap { $0.double("x") }.max() == 1)
  }

  @Test func `The population spreads along the front of two objectives`() throws {
    // f1 = x, f2 = 1 - √x + rest: the front is where all but the first are 0.
    let space = try SearchSpace((0..<4).map { .float("x\($0)", 0...1) })
    func area(_ sampler: Sampler) throws -> Double {
      var study = try Study(space, directions: [.minimize, .maximize], sampler: sampler, seed: 1)
      try study.optimize(trials: 600) { trial -> [Double] in
        let rest = 1 + 3 * (trial["x1"] + trial["x2"] + trial["x3"])
        return [trial["x0"], -rest * (1 - (trial["x0"] / rest).squareRoot())]
      }
      // The area up to (1, 4) that the front dominates.
      let front = study.front.map { ($0.values[0], -$0.values[1]) }.sorted { $0.0 < $1.0 }
      var (sum, ceiling) = (0.0, 4.0)
      for (x, y) in front where y < ceiling {
        sum += (1 - x) * (ceiling - y)
        ceiling = y
      }
      return sum
    }
    let (evolved, chance) = (try area(.nsga2(NSGA2())), try area(.random))
    // The whole front dominates 3 + 2/3.
    #expect(evolved > 3.3 && evolved > chance + 0.2, "\(evolved), \(chance)")
    #expect(throws: SearchError.self) { try Study(space, directions: [.minimize, .minimize], sampler: .tpe(TPE())) }
  }

  @Test func `Hopeless trials are stopped, promising ones never`() throws {
    let space = try SearchSpace([.integer("quality", 0...99)])
    for pruner in [Pruner.median, .successiveHalving(least: 1, factor: 3), .hyperband(least: 1, most: 27, factor: 3)] {
      var study = try Study(space, sampler: .random, pruner: pruner, seed: 3)
      try study.optimize(trials: 80) { trial in
        let quality = trial["quality"]
        for step in 1...27 { try trial.report(100 - quality + 30 / Double(step), step: step) }
        return 100 - quality
      }
      let (stopped, complete) = (study.trials.filter { $0.state == .pruned }, study.complete)
      #expect(stopped.count > 15, "\(pruner): \(stopped.count)")
      let means = [stopped, complete].map { trials in
        trials.map { $0.double("quality") ?? 0 }.reduce(0, +) / Double(trials.count)
      }
      #expect(means[0] < means[1] - 10, "\(pruner): \(means)")
      #expect(study.best?.int("quality") == study.trials.compactMap { $0.int("quality") }.max())
    }
  }

  @Test func `Spaces are read from JSON, and errors say what is wrong`() throws {
    let text = """
      {"rate": {"type": "float", "low": 0.01, "high": 1, "log": true}, "n": {"type": "int", "low": 1, "high": 9},
       "kind": {"type": "categorical", "choices": ["a", true, 3]},
       "more": {"type": "float", "low": 0, "high": 1, "when": {"kind": [true]}},
       "most": {"type": "float", "low": 0, "high": 1, "when": {"n": [2, 4]}}}
      """
    let space = try SearchSpace(JSONValue(parsing: text))
    #expect(
      try space
        == SearchSpace([
          .float("rate", 0.01...1, logarithmic: true), .integer("n", 1...9), .category("kind", ["a", "true", "3"]),
          .float("more", 0...1, when: .isOneOf("kind", ["true"])),
          .float("most", 0...1, when: .isBetween("n", low: 2, high: 4)),
        ]))
    #expect(throws: SearchError.unknown(word: "hig", place: "parameter 'x'", nearest: "high")) {
      try SearchSpace(["x": ["type": "float", "low": 0, "hig": 1]])
    }
    #expect(throws: SearchError.self) { try SearchSpace([.float("x", 0...1, logarithmic: true)]) }
    #expect(throws: SearchError.self) { try SearchSpace([.float("x", 0...1, when: .isOneOf("y", ["a"]))]) }
    var study = try Study(space)
    #expect(throws: SearchError.notRunning(trial: 0)) { try study.tell([1], trial: 0) }
    let trial = try Self.next(&study)
    #expect(throws: SearchError.wrongCount(trial: 0, expected: 1, found: 2)) {
      try study.tell([1, 2], trial: trial.number)
    }
    #expect(throws: (any Error).self) { try Study(bytes: Array(study.bytes.dropLast(3))) }
  }
}
