import Foundation
import GRDB
import HydraNumerics
import Testing

@testable import HydraStore

/// Files that a disk has spoilt: a clear error or the first bad entry, never a crash, and never a wrong "intact".
@Suite struct DamagedFileTests {
  private static let entries = 400

  /// A store with a journal, models and experiments, written back into one file.
  private func original(_ folder: TemporaryFolder) throws -> (bytes: [UInt8], head: JournalHead) {
    let path = folder.path("original.sqlite")
    let store = try Store(path: path)
    let run = try JournalTests.filled(store, entries: Self.entries)
    for index in 1...20 {
      let (id, time) = ("e\(index)", JournalTests.start)
      try store.experiments.enqueue(id, of: run, plan: .number(Double(index)), seed: 9, at: time)
      try store.experiments.start(id, of: run)
      try store.experiments.finish(id, of: run, result: .number(1), at: time)
      let hash = try store.artefacts.put(key: id, bytes: Data("model \(index)".utf8), kind: "test")
      try store.models.register(ModelRecord(run: run, arm: "a", version: index, artefactHash: hash, created: time))
    }
    let head = try store.journal.head(of: run)
    try store.close()
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    try #require(bytes.count > 40 * 4096, "the log was not written back: \(bytes.count) bytes")
    return (bytes, head)
  }

  private enum Finding: Hashable { case intact, broken, refused }

  /// Everything that a verb reads; nothing of it may crash.
  private func examine(_ path: String, _ head: JournalHead) throws -> Finding {
    var settings = Store.Settings()
    settings.readOnly = true
    do {
      let store = try Store(path: path, settings: settings)
      guard let run = try store.runs.latest() else { return .broken }
      for read in [
        { _ = try store.journal.entries(of: run) }, { _ = try store.experiments.all(of: run) },
        { _ = try store.models.all(of: run) }, { _ = try store.artefacts.artefact(key: "e7") },
        { _ = try store.models.moves(of: run, arm: "a") },
      ] {
        do { try read() } catch is StoreError {}
      }
      switch try store.journal.verify(run) {
      case .intact(let found):
        #expect(found == head)
        return .intact
      case .broken(let sequence, _):
        #expect((0...Self.entries + 1).contains(sequence))
        return .broken
      }
    } catch is StoreError {
      return .refused
    }
  }

  @Test func `damaged pages are found or harmless`() throws {
    let folder = try TemporaryFolder()
    let (bytes, head) = try original(folder)
    let pages = bytes.count / 4096
    let path = folder.path("damaged.sqlite")
    var found: [Finding: Int] = [:]
    for seed in 0..<400 {
      var random = CounterRandom(seed: UInt64(seed), stream: "damage")
      var damaged = bytes
      // Every fourth time the last page, which a torn write would leave behind.
      let page = seed % 4 == 0 ? pages - 1 : random.below(pages)
      let range = page * 4096..<(page + 1) * 4096
      switch random.below(5) {
      case 0: for index in range { damaged[index] = 0 }
      case 1: for index in range { damaged[index] = UInt8(random.below(256)) }
      case 2: damaged.removeLast(damaged.count - range.lowerBound - random.below(4096))
      case 3: for _ in 0...random.below(20) { damaged[range.lowerBound + random.below(4096)] ^= 1 << random.below(8) }
      default: damaged[range.lowerBound + random.below(120)] = UInt8(random.below(256))
      }
      try Data(damaged).write(to: URL(fileURLWithPath: path))
      found[try examine(path, head), default: 0] += 1
    }
    #expect(found[.broken, default: 0] > 20 && found[.refused, default: 0] > 50, "\(found)")
  }

  @Test func `a damaged entry is named, and those before it are there`() throws {
    let folder = try TemporaryFolder()
    let (bytes, _) = try original(folder)
    let path = folder.path("damaged.sqlite")
    // The payload of entry 300, somewhere in the file.
    let text = Array(#""index":299,"#.utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: text) })
    var damaged = bytes
    damaged[place + 9] = UInt8(ascii: "8")
    try Data(damaged).write(to: URL(fileURLWithPath: path))
    let store = try Store(path: path)
    let run = try #require(try store.runs.latest())
    guard case .broken(300, let reason) = try store.journal.verify(run) else {
      Issue.record("entry 300 is not named")
      return
    }
    #expect(reason.hasPrefix("its hash should be"))
    #expect(try store.journal.entries(of: run).count == Self.entries)
  }

  @Test func `what a damaged log loses is written again, to the same bytes`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("live.sqlite")
    let store = try Store(path: path)
    let run = try store.runs.findOrCreate(JournalTests.description(), created: JournalTests.start)
    let writer = try JournalWriter(store, run: run)
    try store.write { try $0.database.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
    for index in 0..<60 { try writer.append([JournalTests.entry(index)]) }
    let files = try ["", "-wal"].map { try Array(Data(contentsOf: URL(fileURLWithPath: path + $0))) }
    let (frame, header) = (24 + 4096, 32)
    let frames = (files[1].count - header) / frame
    #expect(frames > 60)

    for seed in 0..<40 {
      var random = CounterRandom(seed: UInt64(seed), stream: "log")
      let copy = folder.path("copy-\(seed).sqlite")
      var log = files[1]
      let place = header + (seed % 2 == 0 ? frames - 1 : random.below(frames)) * frame
      if random.below(2) == 0 {
        log[place + random.below(frame)] ^= 1 << random.below(8)
      } else {
        log.removeLast(log.count - place - random.below(frame))
      }
      try Data(files[0]).write(to: URL(fileURLWithPath: copy))
      try Data(log).write(to: URL(fileURLWithPath: copy + "-wal"))
      let spoilt = try Store(path: copy)
      let again = try spoilt.runs.findOrCreate(JournalTests.description(), created: JournalTests.start)
      guard case .intact(let head) = try spoilt.journal.verify(again) else {
        Issue.record("\(seed): what is left of the journal does not verify")
        continue
      }
      #expect(head.count <= 60)
      let continued = try JournalWriter(spoilt, run: again)
      for index in 0..<60 { try continued.append([JournalTests.entry(index)]) }
      #expect(continued.head == writer.head)
    }
  }
}
