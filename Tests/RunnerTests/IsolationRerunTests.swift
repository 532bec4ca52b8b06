import Foundation
import HydraCore
import Testing

/// `hydra experiments rerun`, and what it needs in the store.
@Suite struct IsolationRerunTests {
  /// A store with one experiment as the agent leaves it, made through the agent's own way of asking.
  private func make(_ store: Store, worker: any ExperimentRunner) async throws -> Run {
    let input = try Self.input.get()
    var settings = AgentSettings()
    settings.recipe.trees.rounds = 4
    settings.recipe.trees.maximumBins = 8
    settings.healing.trials = 1
    settings.warmUpRows = 300
    settings.recipe.window = 600
    settings.healing.evaluationBars = 80
    let agent = Agent(store: store, settings: settings, experiments: worker)
    let span = input.span!
    _ = try await agent.run(
      market: input.market, related: [], from: span.lowerBound, to: span.lowerBound.adding(days: 1150))
    return try #require(try store.runs.latest())
  }

  static let input = Result {
    try RunnerProcess.inScratch { folder in
      var world = SyntheticWorld.Settings(seed: 11, years: 4)
      world.effectScale = 5
      try SyntheticWorld.generate(world).write(to: folder.path)
      return try RunInput(
        folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: Timestamp("2020-01-01T00:00:00Z")!)
    }
  }

  @Test func anExperimentIsRepeatedToTheByteAndADifferenceIsNamed() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-rerun-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("a.sqlite").path
    let run = try await make(Store(path: path), worker: InProcessExperiments())
    let id = try #require(try Store(path: path).experiments.all(of: run, state: .done).last?.id)

    let same = try RunnerProcess.run(["experiments", "rerun", id, "--store", "sqlite:\(path)"])
    #expect(same.status == 0, "\(same.errors)")
    let shown = try JSONValue(parsing: Array(same.output.utf8))
    #expect(shown["same"] == .bool(true) && shown["stored"] == shown["now"] && shown["result"]?["id"] == .string(id))

    // Too little memory to start with: the experiment fails now, and did not then.
    let other = try RunnerProcess.run([
      "experiments", "rerun", id, "--store", "sqlite:\(path)", "--experiment-memory", "64",
    ])
    #expect(other.status == 65)
    #expect(other.errors.contains("does not repeat: answer.result is stored, absent now"), "\(other.errors)")

    for (arguments, status) in [(["nonsense"], 66), ([id, "--experiment-cpu", "0"], 64)] as [([String], Int32)] {
      let wrong = try RunnerProcess.run(["experiments", "rerun"] + arguments + ["--store", "sqlite:\(path)"])
      #expect(wrong.status == status, "\(arguments): \(wrong.errors)")
    }
  }

  @Test func aRunGoesOnWhenEveryExperimentFails() async throws {
    let store = try Store(path: ":memory:")
    let garbage = ChildExperiments(
      executable: "/bin/sh", arguments: ["-c", "echo garbage > \"$1/result.json\"", "worker"], parallel: 2)
    let run = try await make(store, worker: garbage)
    let experiments = try store.experiments.all(of: run)
    #expect(!experiments.isEmpty)
    #expect(experiments.allSatisfy { $0.state == .failed && $0.error == "its answer cannot be read" })
    #expect(run.state == .finished)
    let again = try ExperimentRerun(experiments[0].id, of: run, in: store, with: garbage)
    #expect(again.isSame && again.failure == "its answer cannot be read")
  }
}
