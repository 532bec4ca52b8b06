import Foundation
import HydraMarket
import HydraNumerics

/// Reads a market folder again whenever its files have changed: the feed of a run that follows a growing folder.
///
/// A file may be looked at while it is being written. A change is read only once two looks have found the same sizes and
/// times; what then cannot be read is an error, the same at every look, until the files change again. Write a day's
/// files of all markets together, as by renaming: a market that comes after the others' day was decided changes the past.
///
/// - Complexity: one look at the folder's directory for each call, and one reading of the files for each change.
public final class FolderWatch: @unchecked Sendable {
  private struct File: Hashable {
    var path: String
    var size: Int
    var modified: Date
  }

  private let folder: MarketFolder
  private let symbol: String
  private let ingested: Timestamp
  private let repairs: RepairRules
  private let lock = NSLock()
  /// The files as they were when they were last read, and what came of it.
  private var read: (files: Set<File>, error: (any Error)?)
  private var seen: Set<File>

  /// Begins with the folder as it is: the first reading is the caller's, see ``RunInput``.
  public init(_ folder: MarketFolder, symbol: String, ingested: Timestamp, repairs: RepairRules) {
    (self.folder, self.symbol, self.ingested, self.repairs) = (folder, symbol, ingested, repairs)
    seen = Self.files(in: folder.path)
    read = (seen, nil)
  }

  /// The markets as they stand in the folder now; nil when nothing has changed, or a change is not over.
  ///
  /// - Throws: what reading the folder throws.
  public func next() throws -> RunInput? {
    try lock.withLock {
      let now = Self.files(in: folder.path)
      guard now != read.files else {
        if let error = read.error { throw error }
        return nil
      }
      defer { seen = now }
      guard now == seen else { return nil }
      do {
        let input = try RunInput(folder: folder, symbol: symbol, ingested: ingested, repairs: repairs)
        read = (now, nil)
        return input
      } catch {
        read = (now, error)
        throw error
      }
    }
  }

  private static func files(in path: String) -> Set<File> {
    guard let walker = FileManager.default.enumerator(atPath: path) else { return [] }
    var files: Set<File> = []
    for case let name as String in walker {
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)"),
        attributes[.type] as? FileAttributeType == .typeRegular
      else { continue }
      files.insert(
        File(
          path: name, size: (attributes[.size] as? NSNumber)?.intValue ?? 0,
          modified: attributes[.modificationDate] as? Date ?? .distantPast))
    }
    return files
  }
}
