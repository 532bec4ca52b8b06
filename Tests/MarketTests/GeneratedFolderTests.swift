import Foundation
import HydraMarket
import HydraNumerics
import Testing

/// A generated folder says where its faults are: the importer has to find them and to survive them.
@Suite struct GeneratedFolderTests {
  struct World {
    let truth: SyntheticTruth
    let histories: [MarketHistory]
    let findings: [DataFinding]

    init(
      seed: UInt64, faults: Bool = true, without missing: [String] = [], rules: RepairRules = RepairRules()
    ) throws {
      var settings = SyntheticWorld.Settings(seed: seed, years: 10)
      settings.faults = faults
      let world = SyntheticWorld.generate(settings)
      let url = FileManager.default.temporaryDirectory.appendingPathComponent("world-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: url) }
      try world.write(to: url.path)
      for path in missing { try FileManager.default.removeItem(at: url.appendingPathComponent(path)) }
      let folder = MarketFolder(path: url.path)
      truth = world.truth
      histories = try folder.instruments().map {
        try folder.history(symbol: $0.symbol, ingested: MarketFixture.ingested, repairs: rules)
      }
      findings = faults ? [] : try DataCheck(folder: folder).findings()
    }

    /// Places of planted faults, and of what was found, as `file:line`.
    func places(_ kind: PlantedFault.Kind) -> Set<String> {
      Set(truth.faults.filter { $0.kind == kind }.map { "\($0.file):\($0.line)" })
    }

    func places(_ kind: DataFinding.Kind) -> Set<String> {
      Set(histories.flatMap(\.findings).filter { $0.kind == kind }.map { "\($0.file):\($0.line ?? 0)" })
    }
  }

  /// Every planted fault is found where it is, and little else is reported: at most one finding a simulated year.
  @Test(arguments: [(7, 20), (42, 12)])
  func everyPlantedFaultIsFound(seed: UInt64, years: Int) throws {
    let rows = try DataCheckStudy.run(settings: .init(years: years), seeds: seed...seed)
    for row in rows { #expect(row.found == row.planted, "\(row)") }
    // Those of options are looked for where there are options.
    #expect(rows.count { $0.planted > 0 } == Set(PlantedFault.Kind.allCases).count - 2)
    #expect(rows.reduce(0) { $0 + $1.unplanted } <= years)
  }

  /// Without the bars of every contract late settlements are told by what the second-nearby contract does: most of them.
  @Test func lateSettlementsShowWithoutContractBarsToo() throws {
    let world = try World(seed: 42, without: ["bars/ZO.csv"])
    let planted = world.places(PlantedFault.Kind.staleSettlement)
    #expect(planted.intersection(world.places(DataFinding.Kind.staleSettlement)).count >= 5)
  }

  @Test func aWorldWithoutFaultsHasFewFindings() throws {
    let world = try World(seed: 3, faults: false)
    // What is thin by nature is noted once; reports withheld for want of traders are missing in any world.
    let natural: Set<DataFinding.Kind> = [.missingReport, .missingValues, .thinVolume]
    #expect(world.findings.count { !natural.contains($0.kind) } <= 3)
    #expect(world.findings.count { $0.kind == .missingValues || $0.kind == .thinVolume } <= 2)
    for history in world.histories {
      #expect(history.rollFreeChanges().dropFirst().allSatisfy { $0 != nil }, "\(history.instrument.symbol)")
    }
  }

  @Test func rulesRepairWhatWasPlanted() throws {
    var rules = RepairRules()
    for kind in [DataFinding.Kind.staleSettlement, .badTick, .highBelowLow, .clockChange] {
      try rules.set(kind, to: .correct)
    }
    let (faulty, repaired) = (try World(seed: 42), try World(seed: 42, rules: rules))
    for fault in faulty.truth.faults {
      let after = repaired.histories.flatMap(\.repairs).filter { $0.file == fault.file && $0.line == fault.line }
      switch fault.kind {
      case .staleSettlement, .badTick:
        #expect(after.map(\.after).contains { $0.flatMap(Double.init) == Double(fault.trueValue!) }, "\(fault)")
      case .clockChange: #expect(after.contains { $0.after == fault.trueValue }, "\(fault)")
      case .highBelowLow:
        #expect(after.contains { $0.after.flatMap(Double.init) == Double(fault.trueValue!.split(separator: ",")[0]) })
      default: break
      }
    }
    // A market whose truth does not depend on reports is then the same as in the world without faults.
    let clean = try World(seed: 42, faults: false)
    let closes = { (world: World) in world.histories.first { $0.instrument.symbol == "VIX" }!.bars.map(\.close) }
    #expect(closes(repaired) == closes(clean))
    #expect(closes(faulty) != closes(clean))
  }
}
