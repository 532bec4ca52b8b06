import HydraMarket
import HydraNumerics
import Testing

/// Faults planted where they are known to be: the error names that place.
@Suite struct ReplayFaultPlaceTests {
  static let scale = TickScale(tick: 0.25)!

  static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// A file of version 2 without symbols; its records begin at ``recordsBegin``.
  static func file(schema: UInt16, _ records: [UInt8]) -> [UInt8] {
    var body = Array("GLBX.MDP3".utf8) + [UInt8](repeating: 0, count: 7)
    body += little(schema) + little(UInt64(1)) + little(UInt64.max) + little(UInt64(0)) + [1, 0, 0]
    body += little(UInt16(71)) + [UInt8](repeating: 0, count: 53) + [UInt8](repeating: 0, count: 20)
    return Array("DBN".utf8) + [2] + little(UInt32(body.count)) + body + records
  }

  static let recordsBegin = 8 + 47 + 53 + 20

  /// Bars of 56 bytes, one a minute.
  static func bars(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { index -> [UInt8] in
      let head = [14, 0x21] + little(UInt16(1)) + little(UInt32(7)) + little(UInt64(60 * index))
      return head + [Int64(10), 11, 9, 10].flatMap { little($0 * 1_000_000_000) } + little(UInt64(5))
    }
  }

  static func play(_ bytes: [UInt8]) throws {
    let file = try ReplayFile(bytes: bytes, file: "bars.dbn", scale: scale)
    while try !file.bars(limit: 2).isEmpty {}
  }

  @Test func theOriginalIsRead() throws { try Self.play(Self.file(schema: 6, Self.bars(9))) }

  @Test func eachFaultOfARecordIsAtThatRecord() throws {
    for record in 0..<9 {
      let start = Self.recordsBegin + 56 * record
      let faults: [(String, (inout [UInt8]) -> Void)] = [
        ("a length of nothing", { $0[start] = 0 }),
        ("a length too short for its kind", { $0[start] = 10 }),
        ("a price off the tick", { $0[start + 16] ^= 1 }),
        ("a time after 2116", { for byte in 8..<16 { $0[start + byte] = 0x7f } }),
        (
          "a high below the low",
          { $0.replaceSubrange((start + 24)..<(start + 32), with: Self.little(Int64(1_000_000_000))) }
        ),
        ("cut", { $0.removeSubrange((start + 20)...) }),
      ]
      for (name, plant) in faults {
        var bytes = Self.file(schema: 6, Self.bars(9))
        plant(&bytes)
        for (kind, packed) in [("plain", bytes), ("zstd", try Compression.zstd(bytes))] {
          let error = #expect(throws: DBNError.self, "\(name) in record \(record), \(kind)") { try Self.play(packed) }
          #expect(error?.offset == start, "\(name) in record \(record), \(kind): \(error?.description ?? "")")
        }
      }
    }
  }

  @Test func eachFaultOfTheMetadataIsAtItsMember() {
    for (offset, value, place) in [
      (0, 0x45, 0), (3, 9, 3), (7, 0xff, 4), (24, 9, 24), (53, 0, 53), (110, 1, 108), (112, 200, 112),
    ] as [(Int, UInt8, Int)] {
      var bytes = Self.file(schema: 6, Self.bars(2))
      bytes[offset] = value
      let error = #expect(throws: (any Error).self) { try DBNPlay.all(bytes) }
      #expect((error as? DBNError)?.offset == place, "byte \(offset): \(error.map { "\($0)" } ?? "")")
    }
  }

  /// Reads a stream whatever its first bytes are.
  private enum DBNPlay {
    static func all(_ bytes: [UInt8]) throws {
      let reader = try DBNReader(bytes: bytes, file: "bars.dbn")
      let events = try DBNEvents(reader, scale: scale)
      _ = events.contents
      while try reader.next() != nil {}
    }
  }

  @Test func damagedCompressionNamesTheByteOfTheFile() throws {
    var random = CounterRandom(seed: 2, stream: "damage")
    let content = (0..<600_000).map { _ in UInt8(random.below(256)) }
    for (name, packed) in [("zstd", try Compression.zstd(content)), ("gzip", try Compression.gzip(content))] {
      let cut = Array(packed.prefix(packed.count / 2))
      let source = ByteSource(bytes: cut, file: name)
      var buffer = [UInt8](repeating: 0, count: 4096)
      let error = #expect(throws: FileError.self) {
        while try buffer.withUnsafeMutableBytes({ try source.read(into: $0) }) > 0 {}
      }
      #expect(error?.offset == cut.count && error?.description.contains("byte \(cut.count)") == true, "\(name)")
    }
    // Random bytes stand in blocks of 128 KB as they are, after a head of nine bytes, before a checksum of four: the second block's kind is made one
    // that there is not. It is found while the block before it is read.
    var packed = try Compression.zstd(content)
    let second = 9 + 3 + 131_072
    #expect(packed.count == 9 + 5 * 3 + content.count + 4)
    packed[second] |= 6
    let source = ByteSource(bytes: packed, file: "zstd")
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    let error = #expect(throws: FileError.self) {
      while try buffer.withUnsafeMutableBytes({ try source.read(into: $0) }) > 0 {}
    }
    let offset = try #require(error?.offset)
    #expect((9...second).contains(offset), "\(offset)")
  }

  @Test func eachFaultOfALineIsAtThatLineAndColumn() throws {
    let lines = (0..<8).map { "\($0),10,11,9,10,5" }
    for line in lines.indices {
      for (column, name) in ["ts", "open", "high", "low", "close", "volume"].enumerated() {
        var fields = lines[line].split(separator: ",").map(String.init)
        fields[column] = "x7"
        var changed = lines
        changed[line] = fields.joined(separator: ",")
        let text = (["ts,open,high,low,close,volume"] + changed).joined(separator: "\n")
        let error = #expect(throws: CSVError.self) { try Self.play(Array(text.utf8)) }
        #expect(error?.line == line + 2 && error?.column == name && error?.value == "x7")
      }
    }
    let empty = #expect(throws: CSVError.self) { try Self.play([]) }
    #expect(empty?.line == 1)
  }
}
