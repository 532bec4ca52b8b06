/// What the process of one experiment may use; past any of these it is ended, and the experiment has failed.
///
/// The work of an experiment is counted in trials and refits (``ExperimentPlan``), so limits decide nothing as long as
/// they are wide enough. They are part of a run's settings, since one that is reached does.
public struct ExperimentLimits: Hashable, Codable, Sendable {
  /// Processor time, all threads together. Experiments with the default settings take one to three seconds each.
  public var cpuSeconds = 120
  /// Time by the clock. Five times the processor time: a busy machine should not fail what a quiet one would finish.
  public var wallSeconds = 600
  /// Address space, which is more than the memory in use. A worker starts with about a tenth of it.
  public var memoryMegabytes = 4096
  /// Largest file that may be written, the answer among them. An answer holds one model, below a megabyte.
  public var outputMegabytes = 64
  /// Open files. A worker needs about ten.
  public var openFiles = 64
  /// Times that an experiment is started when something else than its own limits kills its process.
  ///
  /// Such a death (a person's `kill`, the system short of memory) says nothing about the experiment: started again, it
  /// gives the result that it would have given, and the run is the same as if nothing had happened. Five in a row are
  /// no accident any more.
  public var starts = 5

  public init() {}
}
