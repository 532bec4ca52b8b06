import Foundation
import HydraCore
import TestSupport
import Testing

/// The main job through the runner, on a market that is short enough for a debug build.
@Suite(.serialized) struct DemoTests {
  static let small = [
    "--years", "5", "--effect-scale", "5", "--rounds", "8", "--trials", "1", "--quiet", "--no-options",
  ]

  private func demo(_ folder: URL, _ more: [String] = []) throws -> RunnerProcess {
    try RunnerProcess.run(["demo", "--out", folder.path] + Self.small + more)
  }

  @Test func childProcessesAndThreadsDoNotChangeAByte() throws {
    try RunnerProcess.inScratch { folder in
      let children = try demo(folder.appendingPathComponent("a"), ["--threads", "2"])
      #expect(children.status == 0, "\(children.errors)")
      let inside = try demo(folder.appendingPathComponent("b"), ["--threads", "1", "--in-process"])
      #expect(inside.status == 0, "\(inside.errors)")
      #expect(children.output == inside.output)
      let summary = try JSONValue(parsing: Array(children.output.utf8))
      for key in [
        "bars", "fills", "net_profit", "sharpe_net", "max_drawdown", "drift_alarms", "experiments", "promotions",
        "rollbacks", "champion", "journal_hash", "arms",
      ] {
        #expect(summary[key] != nil, "\(key) is missing")
      }
      let page = try String(contentsOf: folder.appendingPathComponent("a/report.html"), encoding: .utf8)
      #expect(page.contains("self_healing") && page.contains("<svg"))

      let store = "sqlite:\(folder.path)/a/hydra.sqlite"
      let verified = try RunnerProcess.run(["journal", "verify", "--store", store])
      #expect(verified.status == 0, "\(verified.errors)")
      let status = try RunnerProcess.run(["status", "--store", store])
      let hash = try JSONValue(parsing: Array(status.output.utf8))["journal_hash"]?.string
      #expect(hash != nil && hash == summary["journal_hash"]?.string)
    }
  }

  @Test func aKilledRunContinuesToTheSameEnd() throws {
    try RunnerProcess.inScratch { folder in
      let reference = try demo(folder.appendingPathComponent("whole"))
      #expect(reference.status == 0, "\(reference.errors)")
      let killed = folder.appendingPathComponent("killed")
      var random = CounterRandom(seed: 9, stream: "kills")
      for _ in 0..<3 {
        let process = try TestProcess(RunnerProcess.executable, ["demo", "--out", killed.path] + Self.small)
        usleep(UInt32(200_000 + random.below(3_000_000)))
        process.stop()
      }
      let continued = try demo(killed)
      #expect(continued.status == 0, "\(continued.errors)")
      #expect(continued.output == reference.output)
    }
  }
}
