/// `hydra-bench all`: every hot path on generated data.
enum AllCall {
  static let usage = "all [--threads N] [--repeat R] [--seed S]"

  static func run(_ words: ArraySlice<String>) throws {
    let arguments = try Arguments(words, call: "all", positional: 0, options: ["threads", "repeat", "seed"])
    let load = Load(
      threads: try arguments.whole("threads", default: 1), repeats: try arguments.whole("repeat", default: 5),
      seed: UInt64(try arguments.whole("seed", default: 42, least: 0)))
    try OptionPaths.measure(load)
    try DriftPaths.measure(load)
    try TreePaths.measure(load)
    try FeaturePaths.measure(load)
  }
}

/// How the hot paths are measured.
struct Load {
  let threads: Int
  let repeats: Int
  let seed: UInt64

  /// Measures and prints; a path that has no use for threads says so.
  func measure(
    _ name: String, count: Int, unit: String, threads: Int? = nil, _ body: () throws -> some Any
  ) rethrows {
    print(
      try HotPath(name, count: count, unit: unit, threads: threads ?? self.threads, repeats: repeats, body).line)
  }
}
