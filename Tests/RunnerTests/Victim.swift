import Foundation
import TestSupport

#if os(Linux)
/// A runner that is watched through `/proc`, to be killed at a point of its own progress.
struct Victim {
  private let process: TestProcess
  private let out: URL
  /// Processor time used so far, in ticks of the system's clock.
  private(set) var ticks = 0
  private(set) var wasKilled = false

  init(_ arguments: [String], in folder: URL) throws {
    out = folder.appendingPathComponent("out-\(UUID().uuidString)")
    process = try TestProcess(
      RunnerProcess.executable, arguments, environment: ["TMPDIR": folder.path], output: .file(out))
  }

  /// Its exit code, once it has ended.
  var status: Int32? { process.status }

  /// Whether it is running; takes note of its processor time.
  var isRunning: Bool {
    mutating get {
      if let used = Self.ticks(of: process.id) { ticks = max(ticks, used) }
      return process.status == nil
    }
  }

  mutating func kill() {
    wasKilled = true
    process.stop()
  }

  func output() throws -> String {
    try process.wait()
    return String(decoding: try Data(contentsOf: out), as: UTF8.self)
  }

  /// Processes that it has started and that are alive.
  var children: [pid_t] {
    let id = process.id
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")) ?? []
    return tasks.flatMap { task in
      let text = (try? String(contentsOfFile: "/proc/\(id)/task/\(task)/children", encoding: .utf8)) ?? ""
      return text.split(separator: " ").compactMap { pid_t($0) }
    }.filter(Self.isAlive)
  }

  /// Whether a process exists and is more than an entry that waits to be collected.
  static func isAlive(_ id: pid_t) -> Bool { state(of: id).map { $0 != "Z" && $0 != "X" } ?? false }

  private static func ticks(of id: pid_t) -> Int? {
    guard let fields = fields(of: id), fields.count > 12 else { return nil }
    return Int(fields[11]).flatMap { user in Int(fields[12]).map { user + $0 } }
  }

  private static func state(of id: pid_t) -> Substring? { fields(of: id)?.first }

  /// Fields of `/proc/ID/stat` behind the name, which may hold anything.
  private static func fields(of id: pid_t) -> [Substring]? {
    guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }
}
#endif
