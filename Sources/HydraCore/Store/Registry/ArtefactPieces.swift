import Foundation
import HydraNumerics

extension ArtefactStore {
  /// Stores large bytes of which much may be in the store already.
  ///
  /// They are cut where their content says so, so that what was inserted or appended moves no other cut, and each piece
  /// is stored once, compressed. Storing the same again changes nothing; other bytes under a stored key are an error.
  ///
  /// - Complexity: O(n) time; the new pieces in space.
  public func putInPieces(key: String, bytes: Data, kind: String) throws {
    var names: [JSONValue] = []
    var start = bytes.startIndex
    for size in ContentCuts.sizes(of: bytes) {
      let piece = bytes[start..<start + size]
      start += size
      let name = "piece/\(SHA256.hash(piece))"
      names.append(.string(name))
      guard try find(key: name) == nil else { continue }
      try put(key: name, bytes: Data(Compression.zstd(Array(piece))), kind: "piece")
    }
    try put(key: key, bytes: Data(JSONValue.array(names).text.utf8), kind: kind)
  }

  /// Bytes that were stored in pieces; nil when there are none.
  public func assembled(key: String) throws -> Data? {
    guard let list = try artefact(key: key) else { return nil }
    guard let names = (try? JSONValue(parsing: Array(list)))?.array else {
      throw StoreError.damaged(access.path, reason: "'\(key)' was not stored in pieces")
    }
    var bytes = Data()
    for name in names.map({ $0.string ?? "" }) {
      guard let piece = try artefact(key: name), let content = try? Compression.decompressed(Array(piece), file: name),
        name == "piece/\(SHA256.hash(content))"
      else { throw StoreError.damaged(access.path, reason: "'\(name)' of '\(key)' is missing or not what it was") }
      bytes.append(contentsOf: content)
    }
    return bytes
  }
}

/// Where bytes are cut into pieces: behind each place where a hash of the last 64 bytes ends in 13 zeros.
///
/// Source: W. Xia et al., "FastCDC: a fast and efficient content-defined chunking approach", USENIX ATC 2016 (its gear
/// hash, without the normalised sizes).
enum ContentCuts {
  static let smallest = 2 << 10
  /// A piece is 10 kB on average.
  static let mask: UInt64 = ~0 << (64 - 13)
  static let largest = 64 << 10

  /// A random word for each value of a byte.
  private static let gear: [UInt64] = (0..<256).map { value in
    // SplitMix64; any fixed table will do, but another one would find no piece of older stores again.
    var word = UInt64(value + 1) &* 0x9e37_79b9_7f4a_7c15
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// Sizes of the pieces in order; their sum is the number of bytes.
  static func sizes(of bytes: Data) -> [Int] {
    bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
      gear.withUnsafeBufferPointer { gear in
        var sizes: [Int] = []
        var (start, hash) = (0, UInt64(0))
        for index in 0..<bytes.count {
          hash = (hash << 1) &+ gear[Int(bytes[index])]
          let size = index + 1 - start
          guard (size >= smallest && hash & mask == 0) || size == largest else { continue }
          sizes.append(size)
          (start, hash) = (index + 1, 0)
        }
        if start < bytes.count { sizes.append(bytes.count - start) }
        return sizes
      }
    }
  }
}
