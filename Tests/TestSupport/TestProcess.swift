import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A program that a test starts and waits for.
///
/// Foundation's `Process` learns of a child's end from a socket that closes. Where several are started at once, a child
/// may inherit the socket of another, whose end is then noticed only when both have gone: tests that wait for each
/// other's processes never end. Here the system is asked for the one child, and nothing is waited for without end.
public final class TestProcess: @unchecked Sendable {
  /// What a program reads or writes as one of its standard files.
  public enum Stream {
    case nothing
    case file(URL)
    /// The end of a pipe that the caller keeps and closes.
    case descriptor(Int32)
  }

  public struct CannotStart: Error { public var reason: String }
  public struct DidNotEnd: Error { public var program: String, seconds: Int }

  public let id: pid_t
  private let program: String
  private let lock = NSLock()
  private var ended: Int32?

  /// Starts a program.
  /// - Parameter environment: this process's where nil.
  public init(
    _ program: URL, _ arguments: [String], environment: [String: String]? = nil, in folder: URL? = nil,
    input: Stream = .nothing, output: Stream = .nothing, errors: Stream = .nothing
  ) throws {
    self.program = ([program.lastPathComponent] + arguments).joined(separator: " ")
    var words = [program.path] + arguments
    if let folder { words = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder.path] + words }
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let variables = environment ?? ProcessInfo.processInfo.environment
    var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in argv + envp { free(word) } }
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    #else
    var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (file, stream) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
      let flags = file == STDIN_FILENO ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC
      switch stream {
      case .nothing: posix_spawn_file_actions_addopen(&actions, file, "/dev/null", O_RDWR, 0)
      case .file(let url): posix_spawn_file_actions_addopen(&actions, file, url.path, flags, 0o600)
      case .descriptor(let own): posix_spawn_file_actions_adddup2(&actions, own, file)
      }
    }
    var child: pid_t = 0
    let status = posix_spawn(&child, argv[0]!, &actions, nil, &argv, &envp)
    guard status == 0 else { throw CannotStart(reason: "\(program.path): \(String(cString: strerror(status)))") }
    id = child
  }

  /// Its exit code, or 128 more than the signal that ended it; nil while it runs.
  public var status: Int32? {
    lock.withLock {
      if let ended { return ended }
      var word: Int32 = 0
      let result = waitpid(id, &word, WNOHANG)
      guard result == id else { return nil }
      let signal = word & 0x7f
      ended = signal == 0 ? (word >> 8) & 0xff : 128 + signal
      return ended
    }
  }

  public func signal(_ number: Int32) {
    lock.withLock { if ended == nil { _ = kill(id, number) } }
  }

  /// Waits for its end; one that does not come within ten minutes (or as asked) is made, and is an error.
  @discardableResult public func wait(seconds: Int = 600) throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      if let status { return status }
      guard ContinuousClock.now < deadline else { break }
      usleep(2_000)
    }
    stop()
    throw DidNotEnd(program: program, seconds: seconds)
  }

  /// Ends it whatever it does.
  public func stop() {
    signal(SIGKILL)
    while status == nil { usleep(1_000) }
  }
}
