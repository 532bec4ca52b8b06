import HydraNumerics

/// A trial that is being run: its parameters, and whom to tell how it goes.
public struct RunningTrial: Sendable {
  /// The trial as it was asked for, with its reports.
  public private(set) var trial: Trial
  /// The study when the trial, or its batch, began.
  private let study: Study

  init(_ trial: Trial, of study: Study) {
    self.trial = trial
    self.study = study
  }

  /// The number of a parameter, 0 for one that this trial does not have.
  ///
  /// - Precondition: the space has a number of that name.
  public subscript(_ name: String) -> Double {
    if let value = trial.double(name) { return value }
    precondition(
      study.space.parameters.contains { $0.name == name && !$0.domain.isCategory }, "no number '\(name)' in the space")
    return 0
  }

  /// The whole number of a parameter; nil when the trial has none of that name.
  public func int(_ name: String) -> Int? { trial.int(name) }
  /// The category of a parameter; nil when the trial has none of that name.
  public func word(_ name: String) -> String? { trial.word(name) }

  /// Says how far the trial is; throws `TrialPruned` when it had better be stopped.
  public mutating func report(_ value: Double, step: Int) throws(TrialPruned) {
    trial.addReport(value, step: step)
    if study.shouldPrune(trial) { throw TrialPruned() }
  }
}

/// Leaves a trial that had better be stopped.
public struct TrialPruned: Error, Hashable, Sendable {}

extension Study {
  /// Runs trials of one objective: asks, calls `objective`, tells.
  ///
  /// Trials are run in batches of `parallel`, which is part of the search: all trials of a batch are chosen before the
  /// first of it is finished. `threads` only says how many run at the same time; results do not depend on it. An error
  /// of the objective other than `TrialPruned` makes a failed trial. A running trial left in a study that was read back
  /// is run again first.
  ///
  /// - Parameters:
  ///   - trials: how many to run.
  ///   - onTrial: called after each trial, in order; what it throws ends the search, with all results so far kept.
  public mutating func optimize(
    trials count: Int, parallel: Int = 1, threads: Int = 1, onTrial: ((Study, Trial) throws -> Void)? = nil,
    objective: @escaping @Sendable (inout RunningTrial) throws -> Double
  ) throws {
    try optimize(trials: count, parallel: parallel, threads: threads, onTrial: onTrial) {
      (trial: inout RunningTrial) -> [Double] in [try objective(&trial)]
    }
  }

  /// Runs trials of several objectives.
  public mutating func optimize(
    trials count: Int, parallel: Int = 1, threads: Int = 1, onTrial: ((Study, Trial) throws -> Void)? = nil,
    objective: @escaping @Sendable (inout RunningTrial) throws -> [Double]
  ) throws {
    precondition(parallel >= 1, "batches of \(parallel) trials")
    var left = count
    while left > 0 {
      try Task.checkCancellation()
      var batch = trials.filter { $0.state == .running }.prefix(left).map { $0 }
      while batch.count < min(parallel, left), let next = ask() { batch.append(next) }
      guard !batch.isEmpty else { return }
      left -= batch.count
      let (study, asked) = (self, batch)
      let outcomes = parallelMap(asked.count, threads: threads) { index in
        Outcome(RunningTrial(asked[index], of: study), objective)
      }
      for outcome in outcomes {
        take(reportsOf: outcome.trial)
        let number = outcome.trial.number
        switch outcome.result {
        case .values(let values): try tell(values, trial: number)
        case .pruned: try end(trial: number, as: .pruned)
        case .failed: try end(trial: number, as: .failed)
        }
      }
      for outcome in outcomes { try onTrial?(self, trials[outcome.trial.number]) }
    }
  }

  private struct Outcome: Sendable {
    enum Result { case values([Double]), pruned, failed }

    let trial: Trial
    let result: Result

    init(_ running: RunningTrial, _ objective: (inout RunningTrial) throws -> [Double]) {
      var running = running
      do {
        result = .values(try objective(&running))
      } catch is TrialPruned {
        result = .pruned
      } catch {
        result = .failed
      }
      trial = running.trial
    }
  }
}

extension SearchSpace.Domain {
  var isCategory: Bool { if case .category = self { true } else { false } }
}
