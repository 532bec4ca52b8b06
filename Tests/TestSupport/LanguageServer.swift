import Foundation

/// A server of the language-model vectors on the loopback, in a Python process.
public final class LanguageServer {
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

  /// Replays one cassette; see `Tests/Vectors/llm/replay_server.py`.
  public convenience init(cassette: URL) throws {
    try self.init(Self.python!, ["replay_server.py", cassette.path])
  }

  /// Answers with a real small model from a GGUF file, and asks for a key; see `Tests/Vectors/llm/live_server.py`.
  public convenience init(model: String, key: String, python: String) throws {
    try self.init(python, ["live_server.py", "--model", model, "--port", "0", "--api-key", key, "--threads", "1"])
  }

  private init(_ python: String, _ words: [String]) throws {
    let output = Pipe()
    // No other process that a test starts meanwhile keeps these ends open.
    for end in [input.fileHandleForWriting, output.fileHandleForReading] {
      _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    process = try TestProcess(
      URL(fileURLWithPath: python), [TestSupport.vectors("llm/\(words[0])").path] + words.dropFirst(),
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
