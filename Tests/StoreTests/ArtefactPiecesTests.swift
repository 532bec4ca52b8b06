import Foundation
import HydraCore
import Testing

@Suite struct ArtefactPiecesTests {
  private func noise(_ count: Int, _ stream: String) -> Data {
    var random = CounterRandom(seed: 1, stream: stream)
    return Data((0..<count).map { _ in UInt8(random.below(256)) })
  }

  @Test func `bytes come back as they were`() throws {
    let store = try Store(path: ":memory:")
    for (index, size) in [0, 1, 2047, 2048, 65_536, 65_537, 300_000].enumerated() {
      let random = noise(size, "\(size)")
      try store.artefacts.putInPieces(key: "random-\(index)", bytes: random, kind: "test")
      #expect(try store.artefacts.assembled(key: "random-\(index)") == random)
      let zeros = Data(count: size)
      try store.artefacts.putInPieces(key: "zeros-\(index)", bytes: zeros, kind: "test")
      #expect(try store.artefacts.assembled(key: "zeros-\(index)") == zeros)
    }
    #expect(try store.artefacts.assembled(key: "absent") == nil)
  }

  @Test func `what is in the store already is not stored again`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.sqlite")
    let store = try Store(path: path)
    func size() throws -> Int {
      try store.write { _ = try $0.artefacts.put(key: UUID().uuidString, bytes: Data(), kind: "test") }
      try store.close()
      return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
    let first = noise(400_000, "first")
    try store.artefacts.putInPieces(key: "a", bytes: first, kind: "test")
    // Something new in front, in the middle and behind.
    let second = noise(300, "x") + first.prefix(200_000) + noise(77, "y") + first.suffix(200_000) + noise(3000, "z")
    try store.artefacts.putInPieces(key: "b", bytes: second, kind: "test")
    #expect(try store.artefacts.assembled(key: "b") == second)
    // Twice would be more than 800 000.
    #expect(try size() < 650_000)
  }

  @Test func `other bytes under a key are refused, and what was not stored in pieces is not taken for it`() throws {
    let store = try Store(path: ":memory:")
    try store.artefacts.putInPieces(key: "a", bytes: noise(5000, "first"), kind: "test")
    try store.artefacts.putInPieces(key: "a", bytes: noise(5000, "first"), kind: "test")
    #expect(throws: StoreError.self) {
      try store.artefacts.putInPieces(key: "a", bytes: noise(5000, "second"), kind: "test")
    }
    try store.artefacts.put(key: "whole", bytes: Data("{}".utf8), kind: "test")
    #expect(throws: StoreError.self) { try store.artefacts.assembled(key: "whole") }
    try store.artefacts.put(key: "list", bytes: Data(#"["piece/none"]"#.utf8), kind: "test")
    #expect(throws: StoreError.self) { try store.artefacts.assembled(key: "list") }
  }
}
