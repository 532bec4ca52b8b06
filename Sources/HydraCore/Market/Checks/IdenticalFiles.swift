import Foundation
import HydraNumerics

/// Finds files of a folder with one and the same content, as when a source delivers yesterday's file again: files whose
/// names have different dates, or that stand for different markets. Other copies, as of examples, say nothing.
enum IdenticalFiles {
  /// Larger files are not compared.
  static let largest = 1 << 28

  /// Files compared by content, compressed ones by what is in them. Hidden files, `truth/` and empty files do not count.
  ///
  /// - Complexity: O(bytes).
  static func findings(in folder: String) throws -> [DataFinding] {
    guard let walker = FileManager.default.enumerator(atPath: folder) else { return [] }
    var first: [String: String] = [:]
    var findings: [DataFinding] = []
    let paths = walker.compactMap { $0 as? String }.filter { path in
      let parts = path.split(separator: "/")
      return parts.first != "truth" && !parts.contains { $0.hasPrefix(".") }
    }
    for path in paths.sorted() {
      let full = "\(folder)/\(path)"
      let attributes = try FileManager.default.attributesOfItem(atPath: full)
      guard attributes[.type] as? FileAttributeType == .typeRegular, (attributes[.size] as? Int ?? 0) > 0 else {
        continue
      }
      // A data base beside the data, or a file that cannot be read, is not what is looked for.
      guard let raw = try? FileBytes.readRaw(full, limit: largest) else { continue }
      // What cannot be decompressed is compared as it is.
      let bytes = (try? Compression.decompressed(raw, file: full)) ?? raw
      guard !bytes.isEmpty else { continue }
      let hash = SHA256.hash(bytes)
      guard let other = first[hash] else {
        first[hash] = path
        continue
      }
      let (date, before) = (date(in: path), date(in: other))
      guard date != before || isRead(path) && isRead(other) else { continue }
      let days = date.flatMap { date in before.flatMap { $0 == date ? nil : "\($0) was delivered again for \(date)" } }
      findings.append(
        DataFinding(
          .identicalFile, file: path, line: 1, date: date, value: String(hash.prefix(16)),
          message: "the same content as \(other)" + (days.map { ": the file of \($0)" } ?? ""), action: .noted))
    }
    return findings
  }

  /// Whether the file is in a folder that markets are read from.
  private static func isRead(_ path: String) -> Bool {
    ["carry/", "daily/", "cot/", "bars/"].contains { path.hasPrefix($0) }
  }

  /// The first date in a name, written as `20151224` or `2015-12-24`.
  static func date(in path: String) -> CivilDate? {
    let name = Array((path.split(separator: "/").last ?? "").utf8)
    for start in name.indices {
      for length in [10, 8] where start + length <= name.count {
        let text = String(decoding: name[start..<start + length], as: UTF8.self)
        let iso = length == 10 ? text : "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))"
        if text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 }), let date = CivilDate(iso),
          (1800...2200).contains(date.year)
        {
          return date
        }
      }
    }
    return nil
  }
}
