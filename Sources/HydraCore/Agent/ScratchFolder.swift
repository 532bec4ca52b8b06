import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder for one round of experiments, gone when it is let go.
///
/// A process that is killed cannot tidy up. The folder holds a file that its owner keeps locked, and the system lets go
/// of a dead process's locks: the next round removes the folders that nobody owns any more.
final class ScratchFolder {
  let url: URL
  private let lock: Int32
  private static let prefix = "hydra-experiments-"
  private static let lockFile = "lock"

  init() throws(ExperimentFailure) {
    let files = FileManager.default
    Self.removeAbandoned(in: files.temporaryDirectory)
    let name = "\(getpid())-\(UUID().uuidString)"
    // Under another name until it is locked: nobody shall take it for abandoned before.
    let unlocked = files.temporaryDirectory.appendingPathComponent("hydra-new-\(name)")
    url = files.temporaryDirectory.appendingPathComponent("\(Self.prefix)\(name)")
    do {
      try files.createDirectory(
        at: unlocked, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw ExperimentFailure("no scratch folder: \(error.localizedDescription)")
    }
    lock = open(unlocked.appendingPathComponent(Self.lockFile).path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, rename(unlocked.path, url.path) == 0 else {
      let reason = String(cString: strerror(errno))
      if lock >= 0 { close(lock) }
      try? files.removeItem(at: unlocked)
      throw ExperimentFailure("no scratch folder: \(reason)")
    }
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
    close(lock)
  }

  private static func removeAbandoned(in folder: URL) {
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let abandoned = folder.appendingPathComponent(name)
      let lock = open(abandoned.appendingPathComponent(lockFile).path, O_RDWR | O_CLOEXEC)
      guard lock >= 0 else { continue }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? files.removeItem(at: abandoned) }
      close(lock)
    }
  }
}
