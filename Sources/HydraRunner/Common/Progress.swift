import Foundation
import Synchronization

/// A bar with rate and time left on standard error; silent unless standard error is a terminal.
final class ProgressBar: Sendable {
  private let isShown: Bool
  private let label: String
  private let start = ContinuousClock.now
  private let lastShown = Mutex(ContinuousClock.now)

  init(_ label: String, quiet: Bool) {
    self.label = label
    isShown = !quiet && isatty(STDERR_FILENO) == 1
  }

  /// Shows that `done` of `total` steps are finished; at most ten times a second.
  func update(_ done: Int, of total: Int) {
    guard isShown, total > 0, done > 0 else { return }
    let now = ContinuousClock.now
    let isDue = lastShown.withLock { last in
      guard now - last > .milliseconds(100) || done == total else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let elapsed = now - start
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let rate = Double(done) / max(seconds, 1e-9)
    let filled = 30 * done / total
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
    let left = Int(Double(total - done) / max(rate, 1e-9))
    let end = done == total ? "\n" : ""
    let text = "\r\(label) [\(bar)] \(done)/\(total)  \(Int(rate))/s  \(left) s left \(end)"
    FileHandle.standardError.write(Data(text.utf8))
  }
}
