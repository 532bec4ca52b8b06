import ArgumentParser
import HydraCore

/// What an experiment's process may use, on the command line.
struct LimitOptions: ParsableArguments {
  @Option(help: "Processor time of an experiment, in seconds.")
  var experimentCpu: Int?

  @Option(help: "Time of an experiment by the clock, in seconds.")
  var experimentWall: Int?

  @Option(help: "Address space of an experiment, in megabytes.")
  var experimentMemory: Int?

  func limits() throws -> ExperimentLimits {
    var limits = ExperimentLimits()
    func set(_ value: Int?, _ name: String, _ range: ClosedRange<Int>, _ key: WritableKeyPath<ExperimentLimits, Int>)
      throws
    {
      guard let value else { return }
      guard range.contains(value) else {
        throw RunnerError(.usage, "--\(name) is \(value); it must be in \(range.lowerBound)...\(range.upperBound)")
      }
      limits[keyPath: key] = value
    }
    try set(experimentCpu, "experiment-cpu", 1...86_400, \.cpuSeconds)
    try set(experimentWall, "experiment-wall", 1...604_800, \.wallSeconds)
    try set(experimentMemory, "experiment-memory", 64...1_048_576, \.memoryMegabytes)
    return limits
  }
}
