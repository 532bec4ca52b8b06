import Foundation

/// A loopback server that replays one cassette, in a Python process; see `Tests/Vectors/llm/replay_server.py`.
public final class CassetteServer {
  public let port: Int
  private let process: TestProcess
  /// Open as long as the server is to live.
  private let input = Pipe()

  /// Whether there is a Python to run it.
  public static let python: String? =
    ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    } ?? onPath()

  private static func onPath() -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  public init(_ cassette: URL) throws {
    let output = Pipe()
    // No other process that a test starts meanwhile keeps these ends open.
    for end in [input.fileHandleForWriting, output.fileHandleForReading] {
      _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    process = try TestProcess(
      URL(fileURLWithPath: Self.python!), [TestSupport.vectors("llm/replay_server.py").path, cassette.path],
      input: .descriptor(input.fileHandleForReading.fileDescriptor),
      output: .descriptor(output.fileHandleForWriting.fileDescriptor))
    try output.fileHandleForWriting.close()
    var line: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { line.append(byte) }
    guard let port = String(decoding: line, as: UTF8.self).split(separator: " ").last.flatMap({ Int($0) }) else {
      process.stop()
      throw CocoaError(.fileReadUnknown)
    }
    self.port = port
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.stop()
  }

  public func address(_ provider: String) -> String { "http://127.0.0.1:\(port)/\(provider)/v1" }
}
