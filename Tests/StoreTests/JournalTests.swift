import Foundation
import HydraNumerics
import Testing

@testable import HydraStore

@Suite struct JournalTests {
  static let start = Timestamp("2012-06-04T23:00:00Z")!

  static func description(seed: Double = 42) -> RunDescription {
    RunDescription(
      settings: .object([("seed", .number(seed)), ("arms", .array([.string("frozen")]))]),
      dataHashes: ["carry/OATIES.csv": "aa"], version: "1.0.0")
  }

  static func entry(_ index: Int, position: Double = 1) -> JournalEntry {
    JournalEntry(
      time: start.adding(seconds: Int64(index) * 86_400), arm: index % 2 == 0 ? "frozen" : "self_healing",
      kind: index % 5 == 0 ? "alarm" : "decision",
      payload: .object([("position", .number(position)), ("index", .number(Double(index))), ("by", .string("ä\"/\n"))]))
  }

  static func filled(_ store: Store, entries: Int = 12) throws -> Run {
    let run = try store.runs.findOrCreate(description(), created: start)
    try JournalWriter(store, run: run).append((0..<entries).map { entry($0) })
    return run
  }

  @Test func `a run is found again by what it depends on`() throws {
    let store = try Store(path: ":memory:")
    let run = try store.runs.findOrCreate(Self.description(), created: Self.start)
    let again = try store.runs.findOrCreate(Self.description(), created: Self.start.adding(seconds: 9))
    #expect(run.key == again.key && run.id == again.id && again.created == Self.start)
    #expect(
      run.key
        == SHA256.hash(
          #"{"data":{"carry/OATIES.csv":"aa"},"settings":{"arms":["frozen"],"seed":42},"version":"1.0.0"}"#))
    let other = try store.runs.findOrCreate(Self.description(seed: 7), created: Self.start)
    #expect(other.key != run.key)
    #expect(try store.runs.all().map(\.key) == [run.key, other.key])
    #expect(try store.runs.latest()?.key == other.key)
    #expect(try store.runs.run(prefix: String(run.key.prefix(10))).key == run.key)
    #expect(throws: StoreError.notFound("run 'zz'")) { try store.runs.run(prefix: "zz") }
    #expect(throws: StoreError.self) { try store.runs.run(prefix: "") }
  }

  @Test func `the chain can be recomputed from the description alone`() throws {
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    var previous = run.key
    for (index, record) in try store.journal.entries(of: run).enumerated() {
      let arm = index % 2 == 0 ? "frozen" : "self_healing"
      let kind = index % 5 == 0 ? "alarm" : "decision"
      let day = Self.start.adding(seconds: Int64(index) * 86_400)
      let text =
        #"{"arm":"\#(arm)","kind":"\#(kind)","payload":{"by":"ä\"/\n","index":\#(index),"position":1},"#
        + #""run":"\#(run.key)","sequence":\#(index + 1),"time":"\#(day)"}"#
      #expect(record.text == text)
      #expect(record.previous == previous)
      previous = SHA256.hash(previous + text)
      #expect(record.hash == previous)
    }
    #expect(try store.journal.head(of: run) == JournalHead(count: 12, hash: previous))
    #expect(try store.journal.verify(run) == .intact(JournalHead(count: 12, hash: previous)))
  }

  @Test func `entries are found by arm, kind, time and sequence`() throws {
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    func sequences(_ change: (inout JournalFilter) -> Void) throws -> [Int] {
      var filter = JournalFilter()
      change(&filter)
      return try store.journal.entries(of: run, filter).map(\.sequence)
    }
    #expect(try sequences { $0.arm = "frozen" } == [1, 3, 5, 7, 9, 11])
    #expect(try sequences { $0.kinds = ["alarm", "none"] } == [1, 6, 11])
    #expect(try sequences { $0.sequences = 3...5 } == [3, 4, 5])
    #expect(try sequences { $0.last = 2 } == [11, 12])
    #expect(
      try sequences {
        $0.from = Self.start.adding(seconds: 86_400)
        $0.to = Self.start.adding(seconds: 3 * 86_400)
      } == [2, 3, 4])
  }

  @Test func `the journal refuses every change`() throws {
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    for statement in [
      "UPDATE journal SET kind = 'x'", "DELETE FROM journal", "UPDATE journal SET hash = '' WHERE sequence = 3",
      "INSERT OR REPLACE INTO journal (run_id, sequence, time, arm, kind, payload, hash) "
        + "VALUES (\(run.id), 3, 0, '', '', '{}', '')",
    ] {
      #expect(throws: StoreError.self, "\(statement)") { try store.write { try $0.database.execute(sql: statement) } }
    }
    #expect(try store.journal.verify(run) == .intact(try store.journal.head(of: run)))
  }

  @Test(arguments: [
    ("UPDATE journal SET payload = '{}' WHERE sequence = 4", 4),
    ("UPDATE journal SET time = time + 1 WHERE sequence = 9", 9),
    ("UPDATE journal SET arm = 'x' WHERE sequence = 1", 1), ("DELETE FROM journal WHERE sequence = 6", 6),
    ("DELETE FROM journal WHERE sequence > 10", 11), ("UPDATE journal SET hash = upper(hash) WHERE sequence = 2", 2),
    ("UPDATE run SET head_hash = key", 12), ("UPDATE run SET settings = '{}'", 0),
    (
      "UPDATE journal SET sequence = 100 WHERE sequence = 7; UPDATE journal SET sequence = 7 WHERE sequence = 8; "
        + "UPDATE journal SET sequence = 8 WHERE sequence = 100", 7
    ),
  ])
  func `verification names the first entry that was tampered with`(statement: String, sequence: Int) throws {
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    try store.write {
      try $0.database.execute(sql: "DROP TRIGGER journal_refuses_update; DROP TRIGGER journal_refuses_delete")
      try $0.database.execute(sql: statement)
    }
    guard case .broken(let found, _) = try store.journal.verify(run) else {
      Issue.record("not found: \(statement)")
      return
    }
    #expect(found == sequence)
  }

  @Test func `a run that is executed again checks every entry and adds none`() throws {
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    let head = try store.journal.head(of: run)
    let writer = try JournalWriter(store, run: run)
    for index in 0..<12 {
      #expect(writer.isChecking)
      let outcome = try store.write { try writer.append(Self.entry(index), in: $0) { _ in Issue.record("an effect") } }
      #expect(outcome == .checked)
    }
    #expect(!writer.isChecking)
    #expect(writer.head == head)
    try writer.finish(summary: .object([("net", .number(1))]))
    #expect(try store.runs.run(key: run.key)?.state == .finished)
    try writer.finish(summary: .object([("net", .number(1))]))
    #expect(throws: StoreError.self) { try writer.finish(summary: .object([("net", .number(2))])) }
  }

  @Test func `an entry that does not repeat is named with what differs`() throws {
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    func difference(_ change: (inout JournalEntry) -> Void) throws -> String? {
      let writer = try JournalWriter(store, run: run)
      try writer.append((0..<6).map { Self.entry($0) })
      var entry = Self.entry(6)
      change(&entry)
      do {
        try writer.append([entry])
        return nil
      } catch StoreError.journalMismatch(let mismatch) {
        #expect(mismatch.sequence == 7)
        return mismatch.difference
      }
    }
    #expect(try difference { _ in } == nil)
    #expect(
      try difference { $0.time = $0.time.adding(nanoseconds: 1) }
        == "time: 2012-06-10T23:00:00Z is stored, 2012-06-10T23:00:00.000000001Z came out now")
    #expect(try difference { $0.arm = "periodic" } == "arm: 'frozen' is stored, 'periodic' came out now")
    #expect(try difference { $0.kind = "fill" } == "kind: 'decision' is stored, 'fill' came out now")
    #expect(
      try difference { $0.payload = Self.entry(6, position: -1).payload }
        == "payload.position: 1 is stored, -1 came out now")
    #expect(try difference { $0.payload = .object([]) } == "payload.by is stored, absent now")
  }

  @Test func `a run that ends before its stored journal is an error`() throws {
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    let writer = try JournalWriter(store, run: run)
    try writer.append((0..<6).map { Self.entry($0) })
    #expect(throws: StoreError.self) { try writer.finish(summary: .null) }
  }

  @Test func `a second writer of the same run is noticed`() throws {
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    let (first, second) = (try JournalWriter(store, run: run), try JournalWriter(store, run: run))
    for writer in [first, second] { try writer.append((0..<12).map { Self.entry($0) }) }
    try first.append([Self.entry(12)])
    #expect(throws: StoreError.conflict("another process writes the journal of run \(run.shortKey)")) {
      try second.append([Self.entry(12)])
    }
  }

  @Test func `a transaction that fails takes the writer back with it`() throws {
    struct Stop: Error {}
    let store = try Store(path: ":memory:")
    let run = try Self.filled(store)
    let writer = try JournalWriter(store, run: run)
    try writer.append((0..<10).map { Self.entry($0) })
    #expect(throws: Stop.self) {
      try store.write { transaction in
        for index in 10..<15 { try writer.append(Self.entry(index), in: transaction) }
        throw Stop()
      }
    }
    #expect(writer.head.count == 10)
    try writer.append((10..<15).map { Self.entry($0) })
    #expect(try store.journal.verify(run) == .intact(writer.head))
    #expect(writer.head.count == 15)
  }

  @Test func `what people do by hand has a journal of its own`() throws {
    let store = try Store(path: ":memory:")
    for index in 0..<3 {
      let run = try store.runs.operatorRun()
      try JournalWriter(store, run: run, continuing: .atTheEnd).append([Self.entry(index)])
    }
    let run = try store.runs.operatorRun()
    #expect(run.head.count == 3)
    #expect(try store.journal.verify(run) == .intact(run.head))
    #expect(try store.runs.latest() == nil)
  }
}
