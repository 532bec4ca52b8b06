import Foundation
import HydraNumerics

/// Counts how many of the faults that are planted in generated worlds a check of the data finds, and what else it reports.
public enum DataCheckStudy {
  /// One kind over all worlds.
  public struct Row: Hashable, Codable, Sendable {
    public var kind: DataFinding.Kind
    public var planted: Int
    public var found: Int
    /// Findings of this kind where nothing was planted.
    public var unplanted: Int
  }

  /// Checks worlds that differ in their seed only; rows in the order of the kinds' names.
  ///
  /// The worlds are written to a temporary folder, one after the other, and removed.
  ///
  /// - Throws: when the temporary folder cannot be written.
  public static func run(settings: SyntheticWorld.Settings, seeds: ClosedRange<UInt64>) throws -> [Row] {
    var rows: [DataFinding.Kind: Row] = [:]
    for seed in seeds {
      var settings = settings
      settings.seed = seed
      let world = SyntheticWorld.generate(settings)
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-check-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      try world.write(to: folder.path)
      let findings = try DataCheck(folder: MarketFolder(path: folder.path)).findings()
      for row in compare(world.truth.faults, findings) {
        rows[row.kind, default: Row(kind: row.kind, planted: 0, found: 0, unplanted: 0)].add(row)
      }
    }
    return rows.values.sorted { $0.kind.rawValue < $1.kind.rawValue }
  }

  /// One row a kind. A finding is of a fault when it has its kind and file and a line of it; where a fault spans many
  /// rows to a change, the line after it counts too, because there the change shows.
  public static func compare(_ faults: [PlantedFault], _ findings: [DataFinding]) -> [Row] {
    var isUsed = [Bool](repeating: false, count: findings.count)
    var rows: [DataFinding.Kind: Row] = [:]
    func row(_ kind: DataFinding.Kind) -> Row { rows[kind] ?? Row(kind: kind, planted: 0, found: 0, unplanted: 0) }
    let places = Dictionary(grouping: findings.indices) { "\(findings[$0].kind.rawValue) \(findings[$0].file)" }
    for fault in faults {
      let kind = fault.findingKind
      let lines = fault.line...(fault.lastLine > fault.line ? fault.lastLine + 1 : fault.lastLine)
      let hits = (places["\(kind.rawValue) \(fault.file)"] ?? []).filter { index in
        findings[index].line.map(lines.contains) ?? false
      }
      for hit in hits { isUsed[hit] = true }
      rows[kind] = row(kind)
      rows[kind]?.planted += 1
      if !hits.isEmpty { rows[kind]?.found += 1 }
    }
    for index in findings.indices where !isUsed[index] {
      rows[findings[index].kind] = row(findings[index].kind)
      rows[findings[index].kind]?.unplanted += 1
    }
    return rows.values.sorted { $0.kind.rawValue < $1.kind.rawValue }
  }
}

extension DataCheckStudy.Row {
  fileprivate mutating func add(_ other: Self) {
    planted += other.planted
    found += other.found
    unplanted += other.unplanted
  }
}
