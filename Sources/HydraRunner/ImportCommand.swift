import ArgumentParser
import Foundation
import HydraCore

/// `hydra data import`: a folder of market data into the store.
struct DataImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take a market-data folder into the store; what is there already is left as it is.",
    discussion: """
      A value that differs from the stored one becomes a new revision beside it. Importing the same again changes
      nothing. Each market is one transaction. With a mapping (--mapping F.yaml, or mapping.yaml in the folder) files of \
      any names and columns are taken in; `hydra data template` writes one to begin with. What --repair drops or \
      corrects is listed under repairs.
      """)

  @OptionGroup var source: DataOption

  @Option(parsing: .upToNextOption, help: "Symbols (ZO) or codes (OATIES); default: every market of the folder.")
  var market: [String] = []

  @Option(help: "When the files were taken in, as in 2020-01-01T00:00:00Z; default: now.", transform: timestamp)
  var ingested: Timestamp?

  @OptionGroup var repair: RepairOption
  @OptionGroup var store: StoreOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let folder = try source.folder()
    let rules = try repair.rules()
    let ingested = ingested ?? Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970) * 1_000_000_000)
    let markets = try market.isEmpty ? folder.instruments().map(\.symbol).filter { folder.hasMarket($0) } : market
    guard !markets.isEmpty else { throw RunnerError(.noInput, "\(folder.path): holds no market") }
    let store = try Store(url: store.store)
    var (total, imported) = (ImportCounts(), [JSONValue]())
    for market in markets {
      let history = try folder.history(symbol: market, ingested: ingested, repairs: rules)
      let summary = try store.facts.importHistory(history)
      total = total + summary.total
      imported.append(Self.json(summary, history))
    }
    try store.close()
    try output.write(summary: [
      "store": .string(store.location.description), "ingested": .string(ingested.description),
      "read": JSONValue(total.read), "added": JSONValue(total.added), "revised": JSONValue(total.revised),
      "unchanged": JSONValue(total.unchanged), "markets": .array(imported),
    ])
  }

  private static func json(_ summary: ImportSummary, _ history: MarketHistory) -> JSONValue {
    var kinds: [String: Int] = [:]
    for finding in history.findings { kinds[finding.kind.rawValue, default: 0] += 1 }
    return [
      "symbol": .string(summary.symbol), "bars": json(summary.bars), "rolls": json(summary.rolls),
      "daily": json(summary.daily), "reports": json(summary.reports), "implied": json(summary.implied),
      "files": .object(history.fileHashes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
      "finding_counts": .object(kinds.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }),
      "findings": .array(history.findings.map(json)), "repairs": .array(history.repairs.map(\.json)),
    ]
  }

  private static func json(_ counts: ImportCounts) -> JSONValue {
    [
      "added": JSONValue(counts.added), "revised": JSONValue(counts.revised), "unchanged": JSONValue(counts.unchanged),
    ]
  }

  private static func json(_ finding: DataFinding) -> JSONValue {
    [
      "kind": .string(finding.kind.rawValue), "file": .string(finding.file),
      "line": finding.line.map { JSONValue($0) } ?? .null, "column": JSONValue(finding.column),
      "date": JSONValue(finding.date?.description), "value": JSONValue(finding.value),
      "message": .string(finding.message), "action": .string(finding.action.rawValue),
    ]
  }
}
