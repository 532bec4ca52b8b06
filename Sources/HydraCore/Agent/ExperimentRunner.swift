import Foundation
import HydraNumerics

/// Carries out experiments on data that it is handed.
public protocol ExperimentRunner: Sendable {
  /// Answers with one outcome a plan, in the order of the plans; a failure of one never touches another. When the task
  /// is cancelled it answers soon, with anything: the run ends and keeps none of it.
  func run(_ plans: [ExperimentPlan], on data: ExperimentData) -> [ExperimentOutcome]
}

/// Carries out experiments inside this process: for programs that embed the library without the runner.
public struct InProcessExperiments: ExperimentRunner {
  public var threads: Int

  public init(threads: Int = 1) { self.threads = threads }

  /// Carries out the plans one after the other.
  public func run(_ plans: [ExperimentPlan], on data: ExperimentData) -> [ExperimentOutcome] {
    plans.map { plan in
      do {
        return ExperimentOutcome(
          plan: plan, result: .success(try ExperimentWork.run(plan, on: data, threads: threads)))
      } catch {
        return ExperimentOutcome(plan: plan, result: .failure(ExperimentFailure("\(error)")))
      }
    }
  }
}
