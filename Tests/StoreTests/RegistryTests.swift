import Foundation
import HydraNumerics
import Testing

@testable import HydraStore

@Suite struct RegistryTests {
  let store: Store
  let run: Run
  let now = Timestamp("2012-06-04T23:00:00Z")!

  init() throws {
    store = try Store(path: ":memory:")
    run = try store.runs.findOrCreate(
      RunDescription(settings: .null, dataHashes: [:], version: "1"), created: Timestamp(nanoseconds: 0))
  }

  private func register(_ versions: ClosedRange<Int>, arm: String = "a") throws {
    for version in versions {
      let hash = try store.artefacts.put(key: "\(arm)\(version)", bytes: Data("\(arm)\(version)".utf8), kind: "trees")
      try store.models.register(
        ModelRecord(
          run: run, arm: arm, version: version, artefactHash: hash, trainedRange: Timestamp(nanoseconds: 0)...now,
          settings: .object([("leaves", .number(15))]), metrics: .object([("rmse", .number(0.5))]),
          parent: version > 1 ? version - 1 : nil, created: now))
    }
  }

  private func promote(_ version: Int, expected: Int?, _ text: String = "better") throws {
    try store.models.promote(
      version, of: run, arm: "a", expected: expected, reason: MoveReason(text, evidence: .null, at: now))
  }

  private func rollBack(expected: Int) throws -> Int {
    try store.models.rollBack(of: run, arm: "a", expected: expected, reason: .byHand("it lost", at: now))
  }

  private func statuses() throws -> [ModelRecord.Status] { try store.models.all(of: run, arm: "a").map(\.status) }

  @Test func `models come back as they were registered`() throws {
    try register(1...2)
    try register(1...1, arm: "b")
    let models = try store.models.all(of: run)
    #expect(models.map(\.id) == ["a/1", "a/2", "b/1"].map { "\(run.shortKey)/\($0)" })
    let second = try #require(try store.models.model(2, of: run, arm: "a"))
    #expect(second.status == .challenger && second.parent == 1 && second.created == now)
    #expect(second.trainedRange == Timestamp(nanoseconds: 0)...now)
    #expect(second.settings["leaves"]?.description == "15")
    #expect(try store.artefacts.bytes(hash: second.artefactHash) == Data("a2".utf8))
    try register(1...2)
    #expect(try store.models.all(of: run).count == 3)
  }

  @Test func `a model without bytes, and another model under a taken version, are refused`() throws {
    try register(1...1)
    #expect(throws: StoreError.notFound("artefact 1234")) {
      try store.models.register(ModelRecord(run: run, arm: "a", version: 2, artefactHash: "1234", created: now))
    }
    let hash = try store.artefacts.put(key: "other", bytes: Data([1]), kind: "trees")
    #expect(throws: StoreError.conflict("model \(run.shortKey)/a/1 is in the store with other contents")) {
      try store.models.register(ModelRecord(run: run, arm: "a", version: 1, artefactHash: hash, created: now))
    }
  }

  @Test func `the champion moves only from where the caller saw it`() throws {
    try register(1...3)
    #expect(try store.models.champion(of: run, arm: "a") == nil)
    try promote(1, expected: nil)
    #expect(throws: StoreError.self) { try promote(2, expected: nil) }
    #expect(throws: StoreError.self) { try promote(2, expected: 3) }
    #expect(throws: StoreError.self) { try promote(1, expected: 1) }
    #expect(throws: StoreError.notFound("model \(run.shortKey)/a/9")) { try promote(9, expected: 1) }
    #expect(throws: StoreError.conflict("a champion is not changed without a reason")) {
      try promote(2, expected: 1, "  ")
    }
    try promote(2, expected: 1)
    #expect(try store.models.champion(of: run, arm: "a")?.version == 2)
    #expect(try statuses() == [.challenger, .champion, .challenger])
    #expect(try store.models.moves(of: run, arm: "a").map(\.to) == [1, 2])
  }

  @Test func `a rollback goes back through the champions in the reverse order`() throws {
    try register(1...4)
    try promote(1, expected: nil)
    #expect(throws: StoreError.self) { try rollBack(expected: 1) }
    try promote(2, expected: 1)
    try promote(3, expected: 2)
    #expect(throws: StoreError.self, "the caller saw another champion") { try rollBack(expected: 2) }
    #expect(throws: StoreError.conflict("the champion before 3 of arm 'a' is 2, expected was 1")) {
      try store.models.rollBack(of: run, arm: "a", expected: 3, to: 1, reason: .byHand("it lost", at: now))
    }
    #expect(try rollBack(expected: 3) == 2)
    try promote(4, expected: 2)
    #expect(try rollBack(expected: 4) == 2)
    #expect(try rollBack(expected: 2) == 1)
    #expect(throws: StoreError.self) { try rollBack(expected: 1) }
    let moves = try store.models.moves(of: run, arm: "a")
    #expect(moves.map(\.sequence) == [1, 2, 3, 4, 5, 6, 7])
    #expect(moves.map(\.to) == [1, 2, 3, 2, 4, 2, 1])
    #expect(moves.map(\.isByHand) == [false, false, false, true, false, true, true])
    #expect(moves[3].reason == "it lost" && moves[3].from == 3)
  }

  @Test func `an archived model is passed over and cannot be promoted`() throws {
    try register(1...3)
    try promote(1, expected: nil)
    try promote(2, expected: 1)
    try promote(3, expected: 2)
    try store.models.archive(2, of: run, arm: "a")
    #expect(throws: StoreError.self) { try promote(2, expected: 3) }
    #expect(throws: StoreError.self) { try store.models.archive(3, of: run, arm: "a") }
    #expect(try rollBack(expected: 3) == 1)
    #expect(try statuses() == [.champion, .archived, .challenger])
    #expect(throws: StoreError.self) { try rollBack(expected: 1) }
  }

  @Test func `the history of champions cannot be rewritten`() throws {
    try register(1...1)
    try promote(1, expected: nil)
    for statement in ["UPDATE champion_move SET reason = 'x'", "DELETE FROM champion_move"] {
      #expect(throws: StoreError.self) { try store.write { try $0.database.execute(sql: statement) } }
    }
  }

  @Test func `artefacts are found by key, stored once, and checked against their hash`() throws {
    #expect(try store.artefacts.artefact(key: "a") == nil)
    let hash = try store.artefacts.put(
      key: "a", bytes: Data("bytes".utf8), kind: "trees", metadata: .object([("rows", .number(7))]))
    #expect(hash == SHA256.hash("bytes"))
    #expect(try store.artefacts.put(key: "b", bytes: Data("bytes".utf8), kind: "trees") == hash)
    #expect(try store.read { try Int.fetchOne($0.database, sql: "SELECT count(*) FROM blob") } == 1)
    let found = try #require(try store.artefacts.find(key: "a"))
    #expect(found.bytes == Data("bytes".utf8) && found.kind == "trees" && found.hash == hash)
    #expect(found.metadata.description == #"{"rows":7}"#)
    #expect(throws: StoreError.self, "one key, two contents") {
      try store.artefacts.put(key: "a", bytes: Data("others".utf8), kind: "trees")
    }
    try store.write { try $0.database.execute(sql: "UPDATE blob SET bytes = x'00'") }
    #expect(throws: StoreError.self) { try store.artefacts.artefact(key: "a") }
    #expect(throws: StoreError.self) { try store.artefacts.bytes(hash: hash) }
  }

  @Test func `an experiment goes from queued to done, or fails with its error`() throws {
    let plan = JSONValue.object([("trials", .number(20))])
    for id in ["e1", "e2"] {
      try store.experiments.enqueue(id, of: run, arm: "a", plan: plan, seed: .max, at: now)
      try store.experiments.enqueue(id, of: run, arm: "a", plan: plan, seed: .max, at: now)
    }
    #expect(throws: StoreError.self, "another seed") {
      try store.experiments.enqueue("e1", of: run, arm: "a", plan: plan, seed: 1, at: now)
    }
    #expect(throws: StoreError.conflict("experiment 'e1' is queued, expected was running")) {
      try store.experiments.finish("e1", of: run, result: .null, at: now)
    }
    try store.experiments.start("e1", of: run)
    try store.experiments.start("e1", of: run)
    try store.experiments.finish("e1", of: run, result: .object([("score", .number(1.5))]), at: now)
    try store.experiments.start("e2", of: run)
    try store.experiments.fail("e2", of: run, error: "too few rows: 12", at: now)
    #expect(throws: StoreError.self, "what is done stays done") { try store.experiments.start("e1", of: run) }

    let experiments = try store.experiments.all(of: run)
    #expect(experiments.map(\.id) == ["e1", "e2"])
    #expect(experiments.map(\.state) == [.done, .failed])
    #expect(experiments.map(\.attempts) == [2, 1])
    #expect(experiments[0].seed == .max && experiments[0].planHash == SHA256.hash(#"{"trials":20}"#))
    #expect(experiments[0].result?.description == #"{"score":1.5}"#)
    #expect(experiments[1].error == "too few rows: 12" && experiments[1].ended == now)
    #expect(try store.experiments.all(of: run, state: .failed).map(\.id) == ["e2"])
    #expect(throws: StoreError.self) { try store.experiments.start("e3", of: run) }
    try store.experiments.start("e2", of: run)
    #expect(try store.experiments.experiment("e2", of: run)?.error == nil)
  }

  @Test func `features are read as they were known`() throws {
    let set = FeatureSet(names: ["carry", "net"], pipeline: "p1")
    func time(_ day: Int) -> Timestamp { now.adding(seconds: Int64(day) * 86_400) }
    func row(_ day: Int, known: Int, _ values: [Double]) -> FeatureVector {
      FeatureVector(names: set.names, time: time(day), known: time(known), values: values)
    }
    let rows = [row(0, known: 0, [1, .nan]), row(1, known: 2, [2, 0.1]), row(0, known: 3, [1, 0.5])]
    for row in rows { try store.features.record(row, symbol: "ZO", set: set) }
    for row in rows { try store.features.record(row, symbol: "ZO", set: set) }
    #expect(throws: StoreError.self, "other values at the same times") {
      try store.features.record(row(1, known: 2, [2, 0.2]), symbol: "ZO", set: set)
    }
    func seen(_ day: Int) throws -> [String] {
      let table = try store.features.rows(symbol: "ZO", set: set, asOf: time(day))
      return (0..<table.count).map { "\(table[$0].time.date) \(table[$0].values)" }
    }
    #expect(try seen(-1) == [])
    #expect(try seen(1) == ["2012-06-04 [1.0, nan]"])
    #expect(try seen(2) == ["2012-06-04 [1.0, nan]", "2012-06-05 [2.0, 0.1]"])
    #expect(try seen(3) == ["2012-06-04 [1.0, 0.5]", "2012-06-05 [2.0, 0.1]"])
    #expect(try store.features.sets(symbol: "ZO") == [set])
    let other = FeatureSet(names: set.names, pipeline: "p2")
    #expect(try store.features.rows(symbol: "ZO", set: other, asOf: time(9)).isEmpty)
  }
}
