import Foundation
import HydraCore

/// A generated market that is small enough for debug builds, with an agent that is quick on it.
enum SmallWorld {
  /// Reads a generated world the way any market folder is read.
  static func input(seed: UInt64 = 7, years: Int = 4) throws -> RunInput {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-world-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = SyntheticWorld.Settings(seed: seed, years: years)
    settings.effectScale = 3
    try SyntheticWorld.generate(settings).write(to: folder.path)
    return try RunInput(
      folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: Timestamp("2020-01-01T00:00:00Z")!)
  }

  static var settings: AgentSettings {
    var settings = AgentSettings()
    settings.horizon = 5
    settings.warmUpRows = 300
    settings.recipe.window = 600
    settings.recipe.trees.rounds = 12
    settings.recipe.trees.maximumBins = 16
    settings.recipe.trees.minimumLeafRows = 30
    settings.healing.evaluationBars = 100
    settings.healing.trials = 1
    // Enough alarms that every path is walked in a short world.
    settings.healing.falseAlarmsPerYear = 6
    settings.periodicBars = 126
    settings.healing.holdSignificance = 0.6
    settings.healing.gate.confidence = 0.01
    settings.healing.gate.minimumGain = 0
    settings.healing.gate.overfitting = 1
    settings.healing.probationBars = 30
    return settings
  }

  /// Runs all arms over the world's own span.
  static func run(
    _ input: RunInput, store: Store, settings: AgentSettings = SmallWorld.settings, threads: Int = 1,
    to: CivilDate? = nil, progress: @Sendable (Agent.Progress) -> Bool = { _ in true }
  ) async throws -> RunReport {
    let span = input.span!
    return try await Agent(store: store, settings: settings, threads: threads)
      .run(
        market: input.market, related: input.related, from: span.lowerBound, to: to ?? span.upperBound,
        progress: progress)
  }
}

extension SmallWorld {
  /// The market of the world, without its data.
  static func instrument() throws -> Instrument { try AgentRunTests.input.get().market.instrument }
}
