import Foundation
import HydraNumerics

extension SyntheticWorld {
  /// The version of the generator; a new one may give other bytes for the same settings.
  public static let version = 3

  /// A file that was written, or would be.
  public struct FileRecord: Hashable, Codable, Sendable {
    /// Path inside the folder.
    public var path: String
    public var bytes: Int
    /// SHA-256 in hexadecimal.
    public var hash: String
  }

  /// All files with their sizes and hashes, sorted by path; nothing is written.
  public var fileRecords: [FileRecord] {
    files.map { FileRecord(path: $0.path, bytes: $0.bytes.count, hash: SHA256.hash($0.bytes)) }
  }

  /// SHA-256 of the list of paths and hashes: one number for the whole world.
  public var hash: String {
    SHA256.hash(Array(fileRecords.map { "\($0.hash)  \($0.path)\n" }.joined().utf8))
  }

  /// The bytes of one file, as in `contents(of: "carry/OATIES.csv")`; nil when there is no such file.
  public func contents(of path: String) -> [UInt8]? { files.first { $0.path == path }?.bytes }

  /// Writes all files below a folder, which is made when it is not there; files of the same names are replaced.
  public func write(to folder: String) throws {
    let root = URL(fileURLWithPath: folder, isDirectory: true)
    for file in files {
      let url = root.appendingPathComponent(file.path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.bytes).write(to: url)
    }
  }
}
