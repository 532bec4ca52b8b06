import Foundation
import HydraNumerics
import Testing

@testable import HydraStore

/// A small run with all that a run of the agent writes: decisions, features, experiments, models, promotions.
private struct SmallRun {
  static let days = 40
  static let description = RunDescription(
    settings: .object([("seed", .number(5))]), dataHashes: ["a": "b"], version: "1")

  let store: Store
  let writer: JournalWriter
  /// How many days go into one transaction.
  var batch = 1
  /// Called inside each transaction, before it is committed.
  var beforeCommit: (Int) throws -> Void = { _ in }
  /// Called after each transaction.
  var afterCommit: (Int) throws -> Void = { _ in }

  init(_ store: Store) throws {
    self.store = store
    let run = try store.runs.findOrCreate(Self.description, created: Timestamp(nanoseconds: 0))
    writer = try JournalWriter(store, run: run)
  }

  func execute() throws {
    var random = CounterRandom(seed: 5, stream: "small run")
    var (position, champion, version) = (0.0, Int?.none, 0)
    var transactions = 0
    for first in stride(from: 0, to: Self.days, by: batch) {
      try store.write { transaction in
        for day in first..<min(first + batch, Self.days) {
          let time = Timestamp(nanoseconds: 0).adding(seconds: Int64(day) * 86_400)
          position += random.normal()
          let row = FeatureVector(names: ["x"], time: time, known: time, values: [position])
          try writer.append(entry(time, "decision", position), in: transaction) {
            try $0.features.record(row, symbol: "ZO", set: FeatureSet(names: ["x"]))
          }
          guard day % 7 == 3 else { continue }
          version += 1
          let id = "e\(version)"
          let bytes = Data("model \(version) \(position)".utf8)
          try writer.append(entry(time, "experiment", Double(version)), in: transaction) {
            try $0.experiments.enqueue(id, of: writer.run, plan: .number(position), seed: 9, at: time)
            try $0.experiments.start(id, of: writer.run)
            try $0.experiments.finish(id, of: writer.run, result: .number(position), at: time)
            let hash = try $0.artefacts.put(key: id, bytes: bytes, kind: "test")
            try $0.models.register(
              ModelRecord(run: writer.run, arm: "a", version: version, artefactHash: hash, created: time))
          }
          let expected = champion
          try writer.append(entry(time, "promotion", Double(version)), in: transaction) {
            try $0.models.promote(
              version, of: writer.run, arm: "a", expected: expected,
              reason: MoveReason("better", evidence: .number(position), at: time))
          }
          champion = version
        }
        try beforeCommit(transactions)
      }
      try afterCommit(transactions)
      transactions += 1
    }
    try writer.finish(summary: .number(position))
  }

  private func entry(_ time: Timestamp, _ kind: String, _ value: Double) -> JournalEntry {
    JournalEntry(time: time, arm: "a", kind: kind, payload: .object([("value", .number(value))]))
  }

  /// Everything that the store holds, as text.
  static func contents(_ store: Store) throws -> [String] {
    try store.read { transaction in
      try [
        "SELECT sequence || kind || payload || hash FROM journal ORDER BY id",
        "SELECT key || head_hash || state || summary FROM run ORDER BY id",
        "SELECT version || status || artefact_hash FROM model ORDER BY id",
        "SELECT sequence || action || to_version FROM champion_move ORDER BY sequence",
        "SELECT id || state || attempts || result FROM experiment ORDER BY row",
        "SELECT time || hex(\"values\") FROM feature_row ORDER BY time",
      ].flatMap { try String.fetchAll(transaction.database, sql: $0) }
    }
  }
}

@Suite struct ResumedRunTests {
  private struct Killed: Error {}

  private func uninterrupted() throws -> (contents: [String], transactions: Int) {
    let store = try Store(path: ":memory:")
    var run = try SmallRun(store)
    var transactions = 0
    run.afterCommit = { _ in transactions += 1 }
    try run.execute()
    return (try SmallRun.contents(store), transactions)
  }

  @Test func `a run that is stopped after any transaction continues to the same end`() throws {
    let (expected, transactions) = try uninterrupted()
    #expect(transactions == 40)
    for stop in 0..<transactions {
      let folder = try TemporaryFolder()
      let path = folder.path("a.sqlite")
      var first = try SmallRun(Store(path: path))
      first.afterCommit = { if $0 == stop { throw Killed() } }
      #expect(throws: Killed.self) { try first.execute() }

      let store = try Store(path: path)
      let second = try SmallRun(store)
      #expect(second.writer.storedCount >= stop + 1)
      try second.execute()
      #expect(try SmallRun.contents(store) == expected, "stopped after transaction \(stop)")
      #expect(try store.journal.verify(second.writer.run) == .intact(second.writer.head))
    }
  }

  @Test func `a run that is stopped again and again continues to the same end`() throws {
    let (expected, transactions) = try uninterrupted()
    let folder = try TemporaryFolder()
    for stop in stride(from: 2, to: transactions, by: 5) {
      var run = try SmallRun(Store(path: folder.path("a.sqlite")))
      run.afterCommit = { if $0 == stop { throw Killed() } }
      #expect(throws: Killed.self) { try run.execute() }
    }
    let store = try Store(path: folder.path("a.sqlite"))
    try SmallRun(store).execute()
    #expect(try SmallRun.contents(store) == expected)
  }

  /// The files of the database are copied in the middle of a transaction, which is what a killed process leaves.
  @Test(arguments: [0, 3, 17, 39])
  func `a process that is killed inside a transaction leaves a run that continues`(stop: Int) throws {
    let (expected, _) = try uninterrupted()
    let folder = try TemporaryFolder()
    let copy = try TemporaryFolder()
    var first = try SmallRun(Store(path: folder.path("a.sqlite")))
    first.beforeCommit = { transaction in
      guard transaction == stop else { return }
      for name in ["a.sqlite", "a.sqlite-wal"] {
        try FileManager.default.copyItem(atPath: folder.path(name), toPath: copy.path(name))
      }
    }
    try first.execute()
    let store = try Store(path: copy.path("a.sqlite"))
    let second = try SmallRun(store)
    #expect(second.writer.storedCount < first.writer.head.count)
    try second.execute()
    #expect(try SmallRun.contents(store) == expected)
  }

  @Test(arguments: [2, 3, 7, 40])
  func `how many days go into a transaction does not matter, not even for a resumed run`(batch: Int) throws {
    let (expected, _) = try uninterrupted()
    let store = try Store(path: ":memory:")
    var first = try SmallRun(store)
    first.afterCommit = { if $0 == 9 { throw Killed() } }
    #expect(throws: Killed.self) { try first.execute() }
    var second = try SmallRun(store)
    second.batch = batch
    try second.execute()
    #expect(try SmallRun.contents(store) == expected)
  }

  @Test func `a finished run that is executed again changes nothing`() throws {
    let (expected, _) = try uninterrupted()
    let store = try Store(path: ":memory:")
    for _ in 0..<3 { try SmallRun(store).execute() }
    #expect(try SmallRun.contents(store) == expected)
  }
}
