import Foundation
import GRDB
import HydraMarket
import HydraNumerics

/// What one import did.
public struct ImportSummary: Hashable, Sendable {
  public var symbol: String
  public var bars = ImportCounts()
  public var rolls = ImportCounts()
  public var daily = ImportCounts()
  public var reports = ImportCounts()
  public var implied = ImportCounts()
  /// How many odd things were found in the files.
  public var findings: Int
  /// True when the same files were imported with the same ingestion time before, and nothing in them is new.
  public var isRepeated = false

  public var total: ImportCounts { bars + rolls + daily + reports + implied }
}

/// An import as the log keeps it.
public struct ImportRecord: Hashable, Sendable {
  public var symbol: String
  public var ingested: Timestamp
  public var counts: ImportCounts
  /// SHA-256 of each file that was read, by its path inside the folder.
  public var fileHashes: [String: String]
  public var findings: [DataFinding]
}

/// Market facts: held bars, rolls, daily bars, reports of positions and readings of options, each with its four times.
///
/// A value that changes later is stored beside the old one as the next revision (``FactMerge`` has the rule), so that a
/// read as of T gives what was available at T, whatever has been imported since.
public struct FactStore {
  let access: StoreAccess

  /// Stores what was read about a market, and notes files and findings in the import log.
  ///
  /// Importing the same again changes nothing: rows that are there are left out, and with the same files and the same
  /// ingestion time not even the log grows.
  ///
  /// - Complexity: O(n). A bar takes as long as SQLite's own calls for its 15 columns: 3.3 µs of a busy processor.
  @discardableResult
  public func importHistory(_ history: MarketHistory) throws -> ImportSummary {
    try access.write { database in
      let symbol = history.instrument.symbol
      var summary = ImportSummary(symbol: symbol, findings: history.findings.count)
      let ingested = history.newestIngestion
      let files = history.fileHashes.sorted { $0.key < $1.key }
      let filesHash = SHA256.hash(files.map { "\($0.key)\n\($0.value)\n" }.joined())
      let isLogged = try Self.isLogged(database, symbol, ingested, filesHash)
      try database.execute(
        sql: """
          INSERT OR IGNORE INTO data_import (symbol, ingested, files_hash, rows_read, added, revised, unchanged)
          VALUES (?, ?, ?, 0, 0, 0, 0)
          """, arguments: [symbol, ingested.nanoseconds, filesHash])
      guard
        let importID = try Int64.fetchOne(
          database, sql: "SELECT id FROM data_import WHERE symbol = ? AND ingested = ? AND files_hash = ?",
          arguments: [symbol, ingested.nanoseconds, filesHash])
      else { throw StoreError.damaged(access.path, reason: "an import vanished from its log") }
      try Self.storeInstrument(history.instrument, importID: importID, database)
      summary.bars = try Self.merge(history.bars, symbol, importID, database)
      summary.rolls = try Self.merge(history.rolls, symbol, importID, database)
      summary.daily = try Self.merge(history.daily, symbol, importID, database)
      summary.reports = try Self.merge(history.reports, symbol, importID, database)
      summary.implied = try Self.merge(history.implied, symbol, importID, database)
      summary.isRepeated = isLogged && summary.total.added + summary.total.revised == 0
      if !summary.isRepeated {
        try Self.log(summary.total, files: files, findings: history.findings, importID: importID, database)
      }
      return summary
    }
  }

  /// What was available about a market at `asOf`; nil for all that is known by now, and for a market without facts.
  ///
  /// The instrument, the findings and the file hashes are the newest ones: they describe the market and its files, and
  /// no signal is computed from them.
  public func history(symbol: String, asOf: Timestamp? = nil) throws -> MarketHistory? {
    try access.read { database in
      guard let instrument = try Self.instrument(symbol, database) else { return nil }
      let newest = try Self.imports(database, symbol: symbol, newestOnly: true, path: access.path).last
      return MarketHistory(
        instrument: instrument,
        bars: try HeldBar.newest(database, symbol: symbol, asOf: asOf),
        rolls: try Roll.newest(database, symbol: symbol, asOf: asOf),
        daily: try DailyBar.newest(database, symbol: symbol, asOf: asOf),
        reports: try PositionsReport.newest(database, symbol: symbol, asOf: asOf),
        implied: try ImpliedReading.newest(database, symbol: symbol, asOf: asOf),
        findings: newest?.findings ?? [], fileHashes: newest?.fileHashes ?? [:])
    }
  }

  /// Symbols of all markets with facts, sorted.
  public func symbols() throws -> [String] {
    try access.read { try String.fetchAll($0, sql: "SELECT DISTINCT symbol FROM instrument ORDER BY symbol") }
  }

  /// The log of imports, oldest first.
  public func imports(symbol: String? = nil) throws -> [ImportRecord] {
    try access.read { try Self.imports($0, symbol: symbol, newestOnly: false, path: access.path) }
  }

  // MARK: - Rows

  private static func merge<Fact: FactRow>(
    _ facts: [Fact], _ symbol: String, _ importID: Int64, _ database: Database
  ) throws -> ImportCounts {
    var merge = try FactMerge<Fact>(database, symbol: symbol, importID: importID)
    try merge.add(facts, database: database)
    return merge.counts
  }

  private static func storeInstrument(_ instrument: Instrument, importID: Int64, _ database: Database) throws {
    let stored = try Row.fetchOne(
      database, sql: "SELECT revision, settings FROM instrument WHERE symbol = ? ORDER BY revision DESC LIMIT 1",
      arguments: [instrument.symbol])
    let settings = try text(instrument)
    guard stored?["settings"] != settings else { return }
    let revision: Int64 = (stored?["revision"] ?? -1) + 1
    try database.execute(
      sql: "INSERT INTO instrument (symbol, revision, settings, import_id) VALUES (?, ?, ?, ?)",
      arguments: [instrument.symbol, revision, settings, importID])
  }

  private static func instrument(_ symbol: String, _ database: Database) throws -> Instrument? {
    try String.fetchOne(
      database, sql: "SELECT settings FROM instrument WHERE symbol = ? ORDER BY revision DESC LIMIT 1",
      arguments: [symbol]
    ).map { try JSONDecoder().decode(Instrument.self, from: Data($0.utf8)) }
  }

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  // MARK: - The log

  private static func isLogged(
    _ database: Database, _ symbol: String, _ ingested: Timestamp, _ filesHash: String
  ) throws -> Bool {
    try Bool.fetchOne(
      database,
      sql: "SELECT EXISTS (SELECT 1 FROM data_import WHERE symbol = ? AND ingested = ? AND files_hash = ?)",
      arguments: [symbol, ingested.nanoseconds, filesHash]) ?? false
  }

  private static func log(
    _ counts: ImportCounts, files: [(key: String, value: String)], findings: [DataFinding], importID: Int64,
    _ database: Database
  ) throws {
    try database.execute(
      sql: """
        UPDATE data_import SET rows_read = rows_read + ?, added = added + ?, revised = revised + ?,
          unchanged = unchanged + ? WHERE id = ?
        """, arguments: [counts.read, counts.added, counts.revised, counts.unchanged, importID])
    for (path, hash) in files {
      try database.execute(
        sql: "INSERT OR IGNORE INTO import_file (import_id, path, sha256) VALUES (?, ?, ?)",
        arguments: [importID, path, hash])
    }
    try database.execute(sql: "DELETE FROM import_finding WHERE import_id = ?", arguments: [importID])
    for (position, finding) in findings.enumerated() {
      try database.execute(
        sql: "INSERT INTO import_finding (import_id, position, finding) VALUES (?, ?, ?)",
        arguments: [importID, position, try text(finding)])
    }
  }

  private static func imports(
    _ database: Database, symbol: String?, newestOnly: Bool, path: String
  ) throws -> [ImportRecord] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM data_import WHERE symbol = coalesce(?, symbol)
        ORDER BY \(newestOnly ? "ingested DESC, id DESC LIMIT 1" : "ingested, id")
        """, arguments: [symbol])
    return try rows.map { row in
      let id: Int64 = try row.value("id")
      let files = try Row.fetchAll(
        database, sql: "SELECT path, sha256 FROM import_file WHERE import_id = ?", arguments: [id])
      let findings = try String.fetchAll(
        database, sql: "SELECT finding FROM import_finding WHERE import_id = ? ORDER BY position", arguments: [id])
      return ImportRecord(
        symbol: try row.value("symbol"), ingested: Timestamp(nanoseconds: try row.value("ingested")),
        counts: ImportCounts(
          added: try row.value("added"), revised: try row.value("revised"), unchanged: try row.value("unchanged")),
        fileHashes: Dictionary(uniqueKeysWithValues: files.map { ($0["path"], $0["sha256"]) }),
        findings: try findings.map { try JSONDecoder().decode(DataFinding.self, from: Data($0.utf8)) })
    }
  }
}

extension MarketHistory {
  /// The latest ingestion time of any fact.
  var newestIngestion: Timestamp {
    [
      bars.map(\.times.ingested).max(), rolls.map(\.times.ingested).max(), daily.map(\.times.ingested).max(),
      reports.map(\.times.ingested).max(), implied.map(\.times.ingested).max(),
    ].compactMap { $0 }.max() ?? Timestamp(nanoseconds: 0)
  }
}
