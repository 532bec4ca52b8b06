import HydraCore

extension Setting {
  /// What an experiment's process may use.
  static var experiments: [Setting] {
    [
      .count(
        "experiments.cpu-seconds", \.experiments.cpuSeconds, 1...86_400,
        "a guard only; an experiment's work is counted in trials and takes seconds"),
      .count(
        "experiments.wall-seconds", \.experiments.wallSeconds, 1...604_800,
        "a busy machine should not fail what a quiet one would finish"),
      .count(
        "experiments.memory-megabytes", \.experiments.memoryMegabytes, 64...1_048_576,
        "of address space; a worker starts with about a tenth of it"),
      .count(
        "experiments.output-megabytes", \.experiments.outputMegabytes, 1...65_536,
        "of any file; an answer holds one model, below a megabyte"),
      .count("experiments.open-files", \.experiments.openFiles, 16...65_536, "a worker needs about ten"),
      .count(
        "experiments.starts", \.experiments.starts, 1...1000,
        "when something else than its limits kills it; five times in a row are no accident"),
    ]
  }
}
