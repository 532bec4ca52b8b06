import HydraCore
import Synchronization
import Testing

@Suite struct TreesProgressTests {
  private static func rows(_ count: Int = 400) -> (features: Matrix, targets: [Double]) {
    var random = CounterRandom(seed: 5, stream: "progress")
    let rows = (0..<count).map { _ in [random.normal(), random.normal()] }
    return (Matrix(rows), rows.map { $0[0] + 0.3 * random.normal() })
  }

  private static var settings: GradientBoostedTrees.Settings {
    var settings = GradientBoostedTrees.Settings()
    (settings.rounds, settings.leaves) = (20, 4)
    return settings
  }

  @Test func progressNeverFallsAndEndsAtOne() throws {
    let (features, targets) = Self.rows()
    var shares: [Double] = []
    _ = try GradientBoostedTrees.fit(features, targets, settings: Self.settings) { shares.append($0.share) }
    #expect(shares.count == 20)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 })
    #expect(shares.last == 1)
  }

  @Test func progressEndsAtOneWhenTrainingEndsEarly() throws {
    let (features, targets) = Self.rows()
    var settings = Self.settings
    settings.rounds = 200
    settings.earlyStoppingRounds = 3
    let other = Self.rows(60)
    let noise = LabelledRows(features: other.features, targets: other.targets.map { -$0 })
    var seen: [WorkProgress] = []
    let model = try GradientBoostedTrees.fit(features, targets, validation: noise, settings: settings) {
      seen.append($0)
    }
    #expect(model.rounds < 200 && seen.count < 200)
    #expect(seen.last?.share == 1)
    // Without a useful split there is one report, and it says that all is done.
    seen = []
    settings.earlyStoppingRounds = nil
    _ = try GradientBoostedTrees.fit(features, targets.map { _ in 1.0 }, settings: settings) { seen.append($0) }
    #expect(seen == [WorkProgress(done: 200, total: 200)])
  }

  @Test func aCancelledFitThrowsAndLeavesNothingBehind() async throws {
    let (features, targets) = Self.rows()
    let reference = try GradientBoostedTrees.fit(features, targets, settings: Self.settings, threads: 2)
    let rounds = Mutex(0)
    let task = Task {
      try GradientBoostedTrees.fit(features, targets, settings: Self.settings, threads: 2) { progress in
        rounds.withLock { $0 = progress.done }
        if progress.done == 3 { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(rounds.withLock { $0 } == 3)
    #expect(try GradientBoostedTrees.fit(features, targets, settings: Self.settings, threads: 2) == reference)
  }

  @Test func anErrorOfTheProgressEndsTheFit() {
    struct Enough: Error {}
    let (features, targets) = Self.rows()
    #expect(throws: Enough.self) {
      _ = try GradientBoostedTrees.fit(features, targets, settings: Self.settings) {
        if $0.share >= 0.5 { throw Enough() }
      }
    }
  }
}
