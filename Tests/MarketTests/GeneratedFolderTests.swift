import Foundation
import HydraMarket
import HydraNumerics
import Testing

/// A generated folder says where its faults are: the importer has to find them and to survive them.
@Suite struct GeneratedFolderTests {
  struct World {
    let truth: SyntheticTruth
    let histories: [MarketHistory]

    init(seed: UInt64, faults: Bool = true) throws {
      var settings = SyntheticWorld.Settings(seed: seed, years: 10)
      settings.faults = faults
      let world = SyntheticWorld.generate(settings)
      let url = FileManager.default.temporaryDirectory.appendingPathComponent("world-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: url) }
      try world.write(to: url.path)
      let folder = MarketFolder(path: url.path)
      truth = world.truth
      histories = try folder.instruments().map {
        try folder.history(symbol: $0.symbol, ingested: MarketFixture.ingested)
      }
    }

    /// Places of planted faults, and of what was found, as `file:line`.
    func places(_ kind: PlantedFault.Kind) -> Set<String> {
      Set(truth.faults.filter { $0.kind == kind }.map { "\($0.file):\($0.line)" })
    }

    func places(_ kind: DataFinding.Kind) -> Set<String> {
      Set(histories.flatMap(\.findings).filter { $0.kind == kind }.map { "\($0.file):\($0.line ?? 0)" })
    }
  }

  @Test(arguments: [42, 7])
  func plantedFaultsAreFoundWhereTheyAre(seed: UInt64) throws {
    let world = try World(seed: seed)
    for (planted, found) in [
      (PlantedFault.Kind.badTick, DataFinding.Kind.badValue), (.duplicate, .duplicate),
      (.highBelowLow, .highBelowLow), (.delayedReport, .lateReport), (.withheldReport, .missingReport),
    ] {
      #expect(world.places(planted) == world.places(found), "\(planted)")
    }
    #expect(world.places(PlantedFault.Kind.gap).isSubset(of: world.places(DataFinding.Kind.gap)))
    let unit = try #require(world.truth.faults.first { $0.kind == .unitChange })
    let finding = try #require(world.histories.flatMap(\.findings).first { $0.kind == .unitChange })
    #expect(finding.date == unit.date && finding.line == unit.lastLine + 1)
    let late = world.places(PlantedFault.Kind.staleSettlement)
    #expect(late.intersection(world.places(DataFinding.Kind.staleSettlement)).count >= 5)
  }

  @Test func aWorldWithoutFaultsHasFewFindings() throws {
    let world = try World(seed: 3, faults: false)
    let findings = world.histories.flatMap(\.findings)
    #expect(findings.allSatisfy { [.missingReport, .staleSettlement].contains($0.kind) })
    #expect(findings.count { $0.kind == .staleSettlement } <= 12)
    for history in world.histories {
      #expect(history.rollFreeChanges().dropFirst().allSatisfy { $0 != nil }, "\(history.instrument.symbol)")
    }
  }
}
