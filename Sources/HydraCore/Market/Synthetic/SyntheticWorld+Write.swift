import Foundation
import HydraNumerics

extension SyntheticWorld {
  /// The version of the generator; a new one may give other bytes for the same settings.
  public static let version = 5

  /// A file that was written, or would be.
  public struct FileRecord: Hashable, Codable, Sendable {
    /// Path inside the folder.
    public var path: String
    public var bytes: Int
    /// SHA-256 in hexadecimal.
    public var hash: String
  }

  /// All files with their sizes and hashes, sorted by path; nothing is written. Intraday files are made one by one.
  public var fileRecords: [FileRecord] { records(threads: 1) { _, _ in }.compactMap { try? $0.get() } }

  /// SHA-256 of the list of paths and hashes: one number for the whole world.
  public var hash: String { Self.hash(of: fileRecords) }

  /// The same of files that were written.
  public static func hash(of records: [FileRecord]) -> String {
    SHA256.hash(Array(records.map { "\($0.hash)  \($0.path)\n" }.joined().utf8))
  }

  /// The bytes of one file, as in `contents(of: "carry/OATIES.csv")`; nil when there is no such file.
  public func contents(of path: String) -> [UInt8]? {
    files.first { $0.path == path }?.bytes
      ?? sessions.parts.first { $0.path == path }.map { sessions.bytes(of: $0.part) }
  }

  /// Writes all files below a folder, which is made when it is not there; files of the same names are replaced.
  ///
  /// Intraday files are made and written one by one on each of the threads, so that memory does not grow with their number.
  /// The bytes are the same for any number of threads. Intraday files that an earlier world left in the folder are removed:
  /// they would be read as days of this one.
  @discardableResult public func write(to folder: String, threads: Int = 1) throws -> [FileRecord] {
    let root = URL(fileURLWithPath: folder, isDirectory: true)
    for part in Set((files.map(\.path) + sessions.parts.map(\.path)).map { ($0 as NSString).deletingLastPathComponent })
    {
      try FileManager.default.createDirectory(
        at: root.appendingPathComponent(part), withIntermediateDirectories: true)
    }
    try removeSessions(below: root)
    let written = records(threads: threads) { path, bytes in
      try Data(bytes).write(to: root.appendingPathComponent(path))
    }
    return try written.map { try $0.get() }
  }

  /// Takes away what another world wrote and this one does not; nothing where no world was written.
  private func removeSessions(below root: URL) throws {
    let manager = FileManager.default
    guard manager.fileExists(atPath: root.appendingPathComponent("world.json").path) else { return }
    let own = Set(sessions.parts.map(\.path))
    for part in ["bars-1m", "book", "quotes", "truth/fair"] {
      for name in (try? manager.contentsOfDirectory(atPath: root.appendingPathComponent(part).path)) ?? [] {
        let path = "\(part)/\(name)"
        guard name.hasPrefix(sessions.market.model.symbol + "-"), name.hasSuffix(".csv"), !own.contains(path) else {
          continue
        }
        try manager.removeItem(at: root.appendingPathComponent(path))
      }
    }
  }

  /// Makes each file, hands it over and keeps its hash; sorted by path.
  private func records(
    threads: Int, _ use: @escaping @Sendable (String, [UInt8]) throws -> Void
  ) -> [Result<FileRecord, any Error>] {
    let (parts, fixed) = (sessions.parts, files)
    let all = fixed.map(\.path) + parts.map(\.path)
    let results = parallelMap(all.count, threads: threads) { index -> Result<FileRecord, any Error> in
      let bytes = index < fixed.count ? fixed[index].bytes : sessions.bytes(of: parts[index - fixed.count].part)
      return Result {
        try use(all[index], bytes)
        return FileRecord(path: all[index], bytes: bytes.count, hash: SHA256.hash(bytes))
      }
    }
    return all.indices.sorted { all[$0] < all[$1] }.map { results[$0] }
  }
}
