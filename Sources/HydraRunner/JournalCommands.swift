import ArgumentParser
import Foundation
import HydraCore

/// `hydra journal`: every decision of a run with its evidence.
struct JournalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal", abstract: "Decisions with their evidence, chained by their hashes.",
    subcommands: [
      JournalListCommand.self, JournalShowCommand.self, JournalExportCommand.self, JournalVerifyCommand.self,
    ])
}

/// The run whose journal, models or experiments are wanted.
struct RunChoice: ParsableArguments {
  @Option(help: "Key of the run, or its beginning; default the newest. 'operator': what was done by hand.")
  var of: String?

  @OptionGroup var store: StoreOption

  /// Opens the store for reading and finds the run.
  func open() throws -> (store: Store, run: Run) {
    let store = try openForReading(store.store)
    return (store, try run(in: store))
  }

  /// The run in a store that is open.
  func run(in store: Store) throws -> Run {
    guard of == "operator" else { return try chooseRun(of, in: store) }
    guard let run = try store.runs.operatorRunIfAny() else {
      throw RunnerError(.noInput, "nothing was done by hand in this store")
    }
    return run
  }
}

/// Which entries of a journal are wanted.
struct JournalChoice: ParsableArguments {
  @Option(help: "Only this arm: frozen, periodic, self_healing.")
  var arm: String?

  @Option(help: "Only entries of this kind, as in decision; may be given several times.")
  var kind: [String] = []

  @Option(
    help: "Only entries from this event time on: a date, or a time like 2012-06-04T23:00:00Z.", transform: timestamp)
  var from: Timestamp?

  @Option(help: "Only entries up to this event time; a date includes its day.", transform: lastTimestamp)
  var to: Timestamp?

  @Option(help: "Only the last so many of these.")
  var last: Int?

  mutating func validate() throws {
    if let last, last < 1 { throw ValidationError("--last is \(last); it must be at least 1") }
  }

  var filter: JournalFilter {
    var filter = JournalFilter()
    filter.arm = arm
    filter.kinds = kind.isEmpty ? nil : kind
    (filter.from, filter.to, filter.last) = (from, to, last)
    return filter
  }
}

/// A moment on the command line.
@Sendable func timestamp(_ text: String) throws -> Timestamp {
  guard let time = Timestamp(text) else {
    throw ValidationError("'\(text)' is no date and no time like 2012-06-04T23:00:00Z")
  }
  return time
}

/// A moment on the command line; of a plain date the last moment.
@Sendable func lastTimestamp(_ text: String) throws -> Timestamp {
  if let date = CivilDate(text) { return date.adding(days: 1).timestamp().adding(nanoseconds: -1) }
  return try timestamp(text)
}

/// `hydra journal list`: entries as rows.
struct JournalListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Entries of a run: sequence, time, arm, kind, payload, hash.")

  @OptionGroup var choice: RunChoice
  @OptionGroup var wanted: JournalChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    let records = try store.journal.entries(of: run, wanted.filter)
    // A person's screen takes neither long lines nor what an entry might do to a terminal.
    let isForPerson = output.format == .table || (output.format == nil && output.out == nil && output.isTerminal)
    var table = RowTable(rows: records.count)
    table.add(column: "sequence", records.map(\.sequence))
    table.add(column: "time", records.map { $0.time.description })
    table.add(column: "arm", records.map(\.arm))
    table.add(column: "kind", records.map(\.kind))
    table.add(column: "payload", records.map { isForPerson ? Self.short($0.payloadText) : $0.payloadText })
    table.add(column: "hash", records.map { isForPerson ? String($0.hash.prefix(12)) : $0.hash })
    try output.write(rows: table)
  }

  private static func short(_ text: String) -> String {
    var text = text
    text.unicodeScalars.removeAll { $0.properties.generalCategory == .control }
    return text.count > 100 ? text.prefix(100) + "…" : text
  }
}

/// `hydra journal show`: one entry with everything in it.
struct JournalShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One entry with its whole payload and its place in the hash chain.")

  @Argument(help: "Sequence number of the entry.")
  var sequence: Int

  @OptionGroup var choice: RunChoice
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    var filter = JournalFilter()
    filter.sequences = sequence...sequence
    guard let record = try store.journal.entries(of: run, filter).first else {
      throw RunnerError(.noInput, "run \(run.shortKey) has no entry \(sequence); it has \(run.head.count)")
    }
    try output.write(summary: [
      "run": .string(record.run), "sequence": JSONValue(record.sequence), "time": .string(record.time.description),
      "arm": .string(record.arm), "kind": .string(record.kind), "payload": record.payload,
      "previous": .string(record.previous), "hash": .string(record.hash),
      "intact": .bool(record.hash == record.computedHash),
    ])
  }
}

/// `hydra journal export`: the chain for others to check.
struct JournalExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "All entries as JSON Lines that anybody can verify.",
    discussion: """
      One line an entry: {"entry":E,"previous":P,"hash":H}. H is the SHA-256, in hexadecimal digits, of the text P
      followed by the text E, exactly as both stand in the line. P of the first entry is the run's key, P of any other
      one the H of the line before.
      """)

  @OptionGroup var choice: RunChoice
  @OptionGroup var wanted: JournalChoice

  @Option(help: "Write to this file instead of standard output.")
  var out: String?

  @OptionGroup var common: RunOptions

  func run() async throws {
    let (store, run) = try choice.open()
    let file = try out.map(Self.create) ?? FileHandle.standardOutput
    var pending = ""
    func flush() throws {
      do {
        try file.write(contentsOf: Data(pending.utf8))
      } catch {
        throw RunnerError(.inputOutput, "\(out ?? "standard output"): cannot be written")
      }
      pending = ""
    }
    try store.journal.forEach(of: run, wanted.filter) { record in
      pending += #"{"entry":\#(record.text),"previous":"\#(record.previous)","hash":"\#(record.hash)"}"# + "\n"
      if pending.utf8.count > 1 << 18 { try flush() }
    }
    try flush()
  }

  private static func create(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
    else { throw RunnerError(.cannotCreate, "\(path): cannot be written") }
    return file
  }
}

/// `hydra journal verify`: whether anything was changed afterwards.
struct JournalVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Recompute the hash chain of every run, or of one; exit code 65 when it is broken."
  )

  @Option(help: "Key of the run, or its beginning; default every run.")
  var of: String?

  @OptionGroup var store: StoreOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let store = try openForReading(store.store)
    let runs = try of.map { [try chooseRun($0, in: store)] } ?? store.runs.all()
    let results = try runs.map { try store.journal.verify($0) }
    var table = RowTable(rows: runs.count)
    table.add(column: "run", runs.map(\.key))
    table.add(column: "entries", runs.map(\.head.count))
    table.add(column: "head", runs.map(\.head.hash))
    table.add(column: "status", results.map { $0.isIntact ? "ok" : "broken" })
    table.add(column: "first_bad", results.map { $0.broken.map { Double($0.sequence) } })
    table.add(column: "reason", results.map { $0.broken?.reason })
    try output.write(rows: table)
    let broken = results.compactMap(\.broken)
    guard let first = broken.first else { return }
    throw RunnerError(.badData, "\(broken.count) journal(s) broken; entry \(first.sequence): \(first.reason)")
  }
}

extension JournalVerification {
  fileprivate var isIntact: Bool { broken == nil }

  fileprivate var broken: (sequence: Int, reason: String)? {
    if case .broken(let sequence, let reason) = self { (sequence, reason) } else { nil }
  }
}
