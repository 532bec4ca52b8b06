import Foundation
import HydraNumerics
import Testing

@testable import HydraStore

@Suite struct StoreTests {
  @Test func `locations are read as they are written on a command line`() throws {
    #expect(try StoreLocation("sqlite:hydra.sqlite") == .file("hydra.sqlite"))
    #expect(try StoreLocation("sqlite:///srv/hydra.sqlite") == .file("/srv/hydra.sqlite"))
    #expect(try StoreLocation("sqlite:/srv/hydra.sqlite") == .file("/srv/hydra.sqlite"))
    #expect(try StoreLocation("data/hydra.sqlite") == .file("data/hydra.sqlite"))
    #expect(try StoreLocation(":memory:") == .memory)
    #expect(try StoreLocation("sqlite::memory:") == .memory)
    for text in ["sqlite:a b.sqlite", "sqlite::memory:"] {
      #expect(try StoreLocation(StoreLocation(text).description) == StoreLocation(text))
    }
  }

  @Test func `other kinds of store are refused by name`() {
    #expect(throws: StoreError.notBuilt("a store in PostgreSQL is not built yet; use sqlite:PATH")) {
      try Store(url: "postgresql://host/base")
    }
    #expect(throws: StoreError.badLocation("mysql://x", reason: "'mysql' is not a kind of store; use sqlite:PATH")) {
      try Store(url: "mysql://x")
    }
    #expect(throws: StoreError.badLocation("sqlite:", reason: "the path is empty; use sqlite:PATH")) {
      try Store(url: "sqlite:")
    }
  }

  @Test func `a file keeps what was written, with a write-ahead log and foreign keys on`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.sqlite")
    let store = try Store(path: path)
    try store.artefacts.put(key: "k", bytes: Data([1, 2, 3]), kind: "test")
    for (name, value) in [("journal_mode", "wal"), ("foreign_keys", "1"), ("synchronous", "1")] {
      let found = try store.write { try String.fetchOne($0.database, sql: "PRAGMA \(name)") }
      #expect(found == value, "\(name)")
    }
    try store.close()
    #expect(try Store(path: path).artefacts.artefact(key: "k") == Data([1, 2, 3]))
  }

  @Test func `live trading waits for the disk at every transaction`() throws {
    let folder = try TemporaryFolder()
    var settings = Store.Settings()
    settings.durability = .full
    let store = try Store(path: folder.path("a.sqlite"), settings: settings)
    #expect(try store.write { try String.fetchOne($0.database, sql: "PRAGMA synchronous") } == "2")
  }

  @Test func `a store that is read only shows and refuses to change`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.sqlite")
    var looking = Store.Settings()
    looking.readOnly = true
    #expect(throws: StoreError.noFile(path)) { try Store(path: path, settings: looking) }
    #expect(!FileManager.default.fileExists(atPath: path))

    let writer = try Store(path: path)
    try writer.artefacts.put(key: "k", bytes: Data([1]), kind: "test")
    let reader = try Store(path: path, settings: looking)
    #expect(try reader.artefacts.artefact(key: "k") == Data([1]))
    try writer.artefacts.put(key: "l", bytes: Data([2]), kind: "test")
    #expect(try reader.artefacts.artefact(key: "l") == Data([2]), "the writer's later work is seen")
    #expect(throws: StoreError.readOnly(path)) { try reader.artefacts.put(key: "m", bytes: Data(), kind: "test") }
  }

  @Test func `files of newer versions, of other programs and no databases are told apart`() throws {
    let folder = try TemporaryFolder()
    let newer = folder.path("newer.sqlite")
    let store = try Store(path: newer)
    try store.write {
      try $0.database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 things to come')")
    }
    try store.close()
    #expect(throws: StoreError.newerSchema(newer, unknown: ["99 things to come"])) { try Store(path: newer) }

    let other = folder.path("other.sqlite")
    let others = try Store(path: other)
    try others.write { try $0.database.execute(sql: "PRAGMA application_id = 7") }
    try others.close()
    #expect(throws: StoreError.notAStore(other)) { try Store(path: other) }

    let text = folder.path("text.sqlite")
    try Data("this is no database, and it is long enough to be sure of that.".utf8)
      .write(to: URL(fileURLWithPath: text))
    #expect(throws: StoreError.notAStore(text)) { try Store(path: text) }
    #expect(throws: StoreError.self) { try Store(path: folder.path("no/such/folder/a.sqlite")) }
    let reason = "it is no file but a folder or a device"
    for path in [folder.url.path, "/dev/null"] {
      #expect(throws: StoreError.cannotOpen(path, reason: reason)) { try Store(path: path) }
    }
  }

  @Test func `a full disk keeps the store as it was before the transaction`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.sqlite")
    let store = try Store(path: path)
    try store.artefacts.put(key: "before", bytes: Data(repeating: 1, count: 1000), kind: "test")
    try store.write { transaction in
      let pages = try Int.fetchOne(transaction.database, sql: "PRAGMA page_count") ?? 0
      try transaction.database.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
    }
    #expect(throws: StoreError.diskFull(path)) {
      try store.artefacts.put(key: "large", bytes: Data(repeating: 2, count: 1 << 20), kind: "test")
    }
    #expect(try store.artefacts.artefact(key: "large") == nil)
    #expect(try store.artefacts.artefact(key: "before") == Data(repeating: 1, count: 1000))
    try store.artefacts.put(key: "small", bytes: Data([3]), kind: "test")
    #expect(try Store(path: path).artefacts.artefact(key: "small") == Data([3]))
  }

  @Test func `a writer waits for another one and gives up with a clear error`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.sqlite")
    let first = try Store(path: path)
    var settings = Store.Settings()
    settings.busyTimeoutSeconds = 0.05
    let second = try Store(path: path, settings: settings)
    try first.write { transaction in
      try transaction.artefacts.put(key: "a", bytes: Data([1]), kind: "test")
      #expect(throws: StoreError.busy(path)) { try second.artefacts.put(key: "b", bytes: Data([2]), kind: "test") }
      #expect(try second.artefacts.artefact(key: "a") == nil, "readers go on, and see what is committed")
    }
    try second.artefacts.put(key: "b", bytes: Data([2]), kind: "test")
    #expect(try first.artefacts.artefact(key: "b") == Data([2]))
  }

  @Test func `a transaction that throws leaves nothing behind, and says so to those who asked`() throws {
    struct Stop: Error {}
    let store = try Store(path: ":memory:")
    var undone: [Int] = []
    #expect(throws: Stop.self) {
      try store.write { transaction in
        try transaction.artefacts.put(key: "a", bytes: Data([1]), kind: "test")
        transaction.onRollback { undone.append(1) }
        transaction.onRollback { undone.append(2) }
        throw Stop()
      }
    }
    #expect(undone == [2, 1])
    #expect(try store.artefacts.artefact(key: "a") == nil)
  }
}
