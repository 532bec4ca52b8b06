import Foundation
import HydraCore
import Synchronization
import Testing

@Suite struct AgentCancellationTests {
  static let input = Result { try SmallWorld.input() }

  /// Cancels the task that runs the agent in the middle of its `count`-th round of experiments.
  private final class CancellingExperiments: ExperimentRunner {
    private let inner: any ExperimentRunner
    private let left: Mutex<Int>
    private let answers = Mutex<[ExperimentOutcome]>([])

    init(_ inner: any ExperimentRunner = InProcessExperiments(), at count: Int) {
      self.inner = inner
      left = Mutex(count)
    }

    /// What the round that was cancelled came to.
    var last: [ExperimentOutcome] { answers.withLock { $0 } }

    func run(_ plans: [ExperimentPlan], on data: ExperimentData) -> [ExperimentOutcome] {
      let isLast = left.withLock { left in
        left -= 1
        return left == 0
      }
      if isLast { withUnsafeCurrentTask { $0?.cancel() } }
      let outcomes = inner.run(plans, on: data)
      answers.withLock { $0 = outcomes }
      return outcomes
    }
  }

  @Test func aCancelledRunKeepsNothingHalfDoneAndContinues() async throws {
    let input = try Self.input.get()
    let reference = try await SmallWorld.run(input, store: Store(path: ":memory:"))
    let store = try Store(path: ":memory:")

    // Between two bars, then in the middle of experiments: their cut answers must not be kept as failures.
    let stopped = Task {
      try await SmallWorld.run(input, store: store) { progress in
        if progress.done == 200 { withUnsafeCurrentTask { $0?.cancel() } }
        return true
      }
    }
    await #expect(throws: CancellationError.self) { _ = try await stopped.value }
    let span = input.span!
    let agent = Agent(store: store, settings: SmallWorld.settings, experiments: CancellingExperiments(at: 2))
    let cut = Task {
      try await agent.run(market: input.market, related: input.related, from: span.lowerBound, to: span.upperBound)
    }
    await #expect(throws: CancellationError.self) { _ = try await cut.value }
    let run = try #require(try store.runs.latest())
    #expect(try store.experiments.all(of: run).allSatisfy { $0.error?.contains("Cancel") != true })
    #expect(run.summary == nil)
    guard case .intact = try store.journal.verify(run) else {
      Issue.record("the journal does not verify")
      return
    }

    let continued = try await SmallWorld.run(input, store: store)
    #expect(continued.summary.json == reference.summary.json)
  }

  @Test func progressNeverFallsAndEndsAtOne() async throws {
    let input = try Self.input.get()
    let shares = Mutex<[Double]>([])
    _ = try await SmallWorld.run(
      input, store: Store(path: ":memory:"), to: input.span!.lowerBound.adding(days: 300)
    ) { progress in
      shares.withLock { $0.append(progress.share) }
      return true
    }
    let seen = shares.withLock { $0 }
    #expect(seen.count > 150 && seen.last == 1)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func childrenEndWithTheTaskThatWaitsForThem() async throws {
    let input = try Self.input.get()
    let children = ChildExperiments(
      executable: "/bin/sh", arguments: ["-c", "sleep 60"], parallel: 1)
    let experiments = CancellingExperiments(children, at: 1)
    let agent = Agent(
      store: try Store(path: ":memory:"), settings: SmallWorld.settings, experiments: experiments)
    let task = Task {
      let span = input.span!
      return try await agent.run(
        market: input.market, related: input.related, from: span.lowerBound, to: span.upperBound)
    }
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(!experiments.last.isEmpty)
    for outcome in experiments.last {
      guard case .failure(let failure) = outcome.result else {
        Issue.record("an experiment that was cut short has a result")
        continue
      }
      #expect(failure.reason == "cancelled")
    }
  }
}
