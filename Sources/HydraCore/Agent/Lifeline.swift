import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A pipe that nothing is written to: children read from it, and its end tells them that this process is gone.
///
/// The system closes a dead process's files, however it died, so there is no moment at which a child could be missed.
/// (Linux's `PR_SET_PDEATHSIG` follows the thread that started the child, and exists nowhere else.)
final class Lifeline {
  /// What becomes a child's standard input.
  let reading: Int32
  private let writing: Int32

  init() throws(ExperimentFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ExperimentFailure("no pipe: \(String(cString: strerror(errno)))") }
    // A sibling that held the writing end would keep it open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// Ends this process when its standard input, as far as that is a pipe, comes to its end.
  static func follow() {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return }
    let thread = Thread {
      var byte: UInt8 = 0
      while true {
        let got = systemRead(STDIN_FILENO, &byte, 1)
        if got == 0 || (got < 0 && errno != EINTR) { _exit(75) }
      }
    }
    thread.start()
  }
}

private func systemRead(_ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  #if canImport(Glibc)
  Glibc.read(file, buffer, count)
  #else
  Darwin.read(file, buffer, count)
  #endif
}
