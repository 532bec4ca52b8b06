import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// The vendor's conformance files, field by field against its own decoder.
@Suite(.enabled(if: TestSupport.sharedData("market/book") != nil, "the sample market data is not here"))
struct DBNConformanceTests {
  /// Expected lines by file, in order.
  static func expected(_ name: String) throws -> [(file: String, lines: [String])] {
    let text = String(
      decoding: try FileBytes.read(try #require(TestSupport.sharedData("market/book/\(name)")).path), as: UTF8.self)
    var result: [(file: String, lines: [String])] = []
    for line in text.split(separator: "\n").map(String.init) {
      let file = String(try #require(line.split(separator: "\"").dropFirst(3).first))
      if result.last?.file != file { result.append((file, [])) }
      result[result.count - 1].lines.append(line)
    }
    return result
  }

  /// The lines of a file: metadata, then the first records.
  static func lines(_ path: String, file: String, records: Int) throws -> [String] {
    let reader = try DBNReader(path: path)
    var lines: [String] = []
    while let record = try reader.next() {
      if lines.count < records { lines.append(DBNText.line(record, file: file, index: lines.count)) }
    }
    return [DBNText.line(try #require(reader.metadata), file: file, records: reader.count)] + lines
  }

  @Test(arguments: [
    ("dbn_conformance", "dbn_conformance_expected.jsonl.gz", 64),
    ("dbn_datasets", "dbn_datasets_expected.jsonl.gz", 28),
    ("cme", "cme_expected_first50.jsonl.gz", 14),
  ])
  func everyFileDecodesToTheExpectedLines(folder: String, answers: String, count: Int) throws {
    let files = try Self.expected(answers)
    #expect(files.count == count)
    for (file, lines) in files {
      let path = try #require(TestSupport.sharedData("market/book/\(folder)/\(file)")).path
      #expect(try Self.lines(path, file: file, records: lines.count - 1) == lines, "\(file)")
    }
  }

  /// Records without metadata are read when their version is told, packed or not.
  @Test(arguments: [1, 2, 3])
  func aFragmentIsReadByItsVersion(version: Int) throws {
    let folder = try #require(TestSupport.sharedData("market/book/dbn_conformance"))
    let path = folder.appendingPathComponent("test_data.definition.v\(version).dbn.frag").path
    let fragment = try DBNReader(path: path, version: version)
    let packed = try DBNReader(
      bytes: Compression.zstd(FileBytes.read(path)), file: "packed", version: version)
    while let record = try fragment.next() {
      #expect(try packed.next() == record)
      #expect(record.layout == "definition.v\(version)" && record["currency"] == .text("USD"))
    }
    #expect(fragment.count == 2 && fragment.metadata == nil)
    #expect(throws: DBNError.self) { try DBNReader(path: path) }
  }

  @Test func framesInARowAreOneStream() throws {
    let path = try #require(
      TestSupport.sharedData("market/book/dbn_conformance/multi-frame.definition.v1.dbn.frag.zst")
    ).path
    let reader = try DBNReader(path: path, version: 1)
    while try reader.next() != nil {}
    #expect(reader.count == 8)
  }

  /// A stream cut anywhere is an error with its place, unless it is cut between two records.
  @Test func everyCutIsNoticed() throws {
    let path = try #require(TestSupport.sharedData("market/book/dbn_conformance/test_data.mbo.dbn")).path
    let bytes = try FileBytes.read(path)
    var whole = 0
    for length in 0..<bytes.count {
      do {
        let reader = try DBNReader(bytes: Array(bytes.prefix(length)), file: "cut")
        while try reader.next() != nil {}
        whole += 1
      } catch let error as DBNError { #expect(error.offset <= length && error.file == "cut") }
    }
    #expect(whole == 2)
    let packed = try Compression.zstd(bytes)
    for length in stride(from: 4, to: packed.count, by: 7) {
      #expect(throws: (any Error).self) {
        let reader = try DBNReader(bytes: Array(packed.prefix(length)), file: "cut.zst")
        while try reader.next() != nil {}
      }
    }
  }
}
