import Foundation
import TestSupport

/// Runs the built runner as its users do.
struct RunnerProcess {
  var status: Int32
  var output: String
  var errors: String

  /// The runner beside the test bundle.
  static let executable: URL = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<6 {
      let candidate = folder.appendingPathComponent("HydraRunner")
      let product = folder.appendingPathComponent("hydra")
      for url in [product, candidate] where FileManager.default.isExecutableFile(atPath: url.path) { return url }
      folder.deleteLastPathComponent()
    }
    return TestSupport.packageRoot.appendingPathComponent(".build/tests/release/hydra")
  }()

  static func run(_ arguments: [String], input: String = "", in folder: URL? = nil) throws -> RunnerProcess {
    try run(executable, arguments, input: input, in: folder)
  }

  /// Runs another program of the package.
  static func run(
    _ program: URL, _ arguments: [String], input: String = "", in folder: URL? = nil
  ) throws -> RunnerProcess {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-runner-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    // Files instead of pipes: nothing can fill up and wait.
    let files = ["in", "out", "err"].map { scratch.appendingPathComponent($0) }
    try Data(input.utf8).write(to: files[0])
    let process = try TestProcess(
      program, arguments, in: folder, input: .file(files[0]), output: .file(files[1]), errors: .file(files[2]))
    return RunnerProcess(
      status: try process.wait(),
      output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
  }

  /// A folder that is gone when `body` is done.
  static func inScratch<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-scratch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
