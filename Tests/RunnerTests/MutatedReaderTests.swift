import Foundation
import Fuzzing
import Testing

/// Some hundred mutated files for every reader; `make fuzz` feeds them 20 000.
@Suite struct MutatedReaderTests {
  @Test func everyReaderSurvivesMutatedFiles() throws {
    for target in try FuzzTarget.all() {
      #expect(target.readsOriginals(), "\(target.name) does not read what was not mutated")
      let counts = target.run(0..<60, seed: 7)
      #expect(counts.refused > 0 || counts.read > 0, "\(target.name)")
      #expect(counts.misplaced.isEmpty, "\(counts.misplaced.joined(separator: "; "))")
    }
  }

  /// DBN and CSV of market events: an error without the place of its fault is one too.
  @Test func everyFaultOfAnEventFileIsPlaced() throws {
    let targets = try FuzzTarget.all().filter(\.hasPlaces)
    #expect(targets.count >= 5)
    for target in targets {
      let counts = target.run(0..<500, seed: 11)
      #expect(counts.refused > 100, "\(target.name)")
      #expect(counts.misplaced.isEmpty, "\(counts.misplaced.joined(separator: "; "))")
    }
  }

  @Test func mutatedConfigurationsEndInAnExitCode() throws {
    try RunnerProcess.inScratch { folder in
      let original = Array("seed: 7\nrun:\n  market: ZO\n  horizon: 10\nagent:\n  healing.trials: 3\n".utf8)
      let target = FuzzTarget.configuration(original) { bytes in
        let file = folder.appendingPathComponent("hydra.yaml")
        try Data(bytes).write(to: file)
        let run = try RunnerProcess.run(["config", "check", file.path])
        #expect([0, 64, 65, 66, 74, 78].contains(run.status), "\(run.status) for \(bytes): \(run.errors)")
      }
      let counts = target.run(0..<60, seed: 7)
      #expect(counts.refused == 0 && counts.read == 60)
    }
  }
}
