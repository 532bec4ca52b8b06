import HydraLearning
import HydraNumerics

/// `hydra-bench search`: the best value that a sampler finds, and what a trial costs beside its function.
enum SearchCall {
  static let usage = """
    search --function F --sampler S --trials N --seeds K [--seed FIRST]
      search --suggest-at N --parameters D [--sampler S] [--repeat R]
    """

  static func run(_ words: ArraySlice<String>) throws {
    let arguments = try Arguments(
      words, call: "search", positional: 0,
      options: ["function", "sampler", "trials", "seeds", "seed", "suggest-at", "parameters", "repeat"])
    if arguments.optional("suggest-at") != nil { return try suggestions(arguments) }
    let name = try arguments.required("function")
    guard let function = SearchFunction(rawValue: name) else {
      throw BenchError.usage("search: unknown function '\(name)'")
    }
    let sampler = try Sampler(name: arguments.optional("sampler") ?? "tpe")
    let trials = try arguments.whole("trials", default: 100)
    let seeds = try arguments.whole("seeds", default: 10)
    let first = try arguments.whole("seed", default: 0, least: 0)
    var (found, seconds): ([Double], Double) = ([], 0)
    for seed in first..<first + seeds {
      var study = try Study(function.space, sampler: sampler, seed: UInt64(seed))
      let began = ContinuousClock.now
      for _ in 0..<trials {
        guard let trial = study.ask() else { break }
        let x = trial.parameters.map { $0.value.double ?? .nan }
        try study.tell([function.value(x)], trial: trial.number)
      }
      seconds += (ContinuousClock.now - began) / .seconds(1)
      let best = study.best?.values[0] ?? .infinity
      try check(best >= function.minimum - 1e-9, "\(best) below the minimum \(function.minimum)")
      found.append(best)
      print(NumberText.text(best))
    }
    let mean = found.reduce(0, +) / Double(found.count)
    let squares = found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let sd = found.count > 1 ? (squares / Double(found.count - 1)).squareRoot() : 0
    let result: JSONValue = [
      "mean_best": .number(mean), "sd": .number(sd), "seconds_per_trial": .number(seconds / Double(trials * seeds)),
    ]
    print(result.text)
  }

  /// What one suggestion costs when there are so many results already.
  private static func suggestions(_ arguments: Arguments) throws {
    let past = try arguments.whole("suggest-at", default: 1000)
    let parameters = try arguments.whole("parameters", default: 10)
    let repeats = try arguments.whole("repeat", default: 50)
    let sampler = try Sampler(name: arguments.optional("sampler") ?? "tpe")
    let space = try SearchSpace((0..<parameters).map { .float("x\($0)", 0...1) })
    var filled = try Study(space, sampler: .random, seed: 1)
    for _ in 0..<past {
      guard let trial = filled.ask() else { break }
      let x = trial.parameters.map { $0.value.double ?? .nan }
      try filled.tell([x.reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }], trial: trial.number)
    }
    var study = try filled.continued(by: sampler)
    let measured = try Measurement(repeats: repeats) { () -> Trial in
      guard let trial = study.ask() else { throw BenchError.wrongResult("no suggestion") }
      let x = trial.parameters.map { $0.value.double ?? .nan }
      try study.tell([x.reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }], trial: trial.number)
      return trial
    }
    let result: JSONValue = [
      "past": JSONValue(past), "parameters": JSONValue(parameters), "seconds_per_suggestion": .number(measured.seconds),
      "processor_seconds_per_suggestion": .number(measured.processorSeconds),
    ]
    print(result.text)
  }
}
