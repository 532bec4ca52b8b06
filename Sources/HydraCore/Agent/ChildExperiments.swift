import Foundation
import HydraNumerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Carries out each experiment in a child process of its own, several at a time.
///
/// The child sees a scratch folder with the plan and the data, and an empty environment: no keys, no store. A crash, a
/// hang, garbage or an oversized answer is a failed experiment and nothing more. The answer is that of
/// ``InProcessExperiments`` to the byte.
public struct ChildExperiments: ExperimentRunner {
  /// The program, which answers `arguments` + the path of the scratch folder by writing `result-N.json` there.
  public var executable: String
  public var arguments: [String]
  /// Children at a time.
  public var parallel: Int
  /// Seconds after which a child is killed.
  public var timeLimitSeconds: Int
  /// Largest answer that is read, in bytes.
  public var maximumAnswer = 64 << 20

  public init(executable: String, arguments: [String], parallel: Int, timeLimitSeconds: Int) {
    self.executable = executable
    self.arguments = arguments
    self.parallel = max(1, parallel)
    self.timeLimitSeconds = timeLimitSeconds
  }

  /// Carries out the plans in children, at most `parallel` at a time.
  public func run(_ plans: [ExperimentPlan], on data: ExperimentData) -> [ExperimentOutcome] {
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("hydra-experiments-\(getpid())-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    do {
      try FileManager.default.createDirectory(
        at: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let encoder = JSONEncoder()
      try encoder.encode(data).write(to: scratch.appendingPathComponent(Self.dataFile))
      for (index, plan) in plans.enumerated() {
        try encoder.encode(plan).write(to: scratch.appendingPathComponent(Self.planFile(index)))
      }
    } catch {
      return plans.map {
        ExperimentOutcome(plan: $0, result: .failure(ExperimentFailure("no scratch folder: \(error)")))
      }
    }

    var failures = [String?](repeating: nil, count: plans.count)
    var next = 0
    var running: [(index: Int, child: pid_t, deadline: ContinuousClock.Instant)] = []
    while next < plans.count || !running.isEmpty {
      while next < plans.count, running.count < parallel {
        switch spawn(index: next, scratch: scratch.path) {
        case .success(let child):
          running.append((next, child, .now + .seconds(timeLimitSeconds)))
        case .failure(let failure): failures[next] = failure.reason
        }
        next += 1
      }
      if Task.isCancelled {
        for child in running {
          kill(child.child, SIGKILL)
          waitpid(child.child, nil, 0)
        }
        return plans.map { ExperimentOutcome(plan: $0, result: .failure(ExperimentFailure("cancelled"))) }
      }
      running.removeAll { child in
        guard let ended = poll(child.child, deadline: child.deadline) else { return false }
        failures[child.index] = ended.isEmpty ? nil : ended
        return true
      }
      if !running.isEmpty { usleep(2_000) }
    }
    return plans.enumerated().map { index, plan in
      if let reason = failures[index] {
        return ExperimentOutcome(plan: plan, result: .failure(ExperimentFailure(reason)))
      }
      return read(scratch.appendingPathComponent(Self.resultFile(index)), plan)
    }
  }

  /// What the child does: reads plan and data from a scratch folder, works, writes the result.
  public static func work(scratch: String, index: Int) throws {
    let folder = URL(fileURLWithPath: scratch)
    let decoder = JSONDecoder()
    let plan = try decoder.decode(
      ExperimentPlan.self, from: Data(contentsOf: folder.appendingPathComponent(planFile(index))))
    let data = try decoder.decode(ExperimentData.self, from: Data(contentsOf: folder.appendingPathComponent(dataFile)))
    let answer = ExperimentAnswer(InProcessExperiments().run([plan], on: data)[0])
    try answer.encoded().write(to: folder.appendingPathComponent(resultFile(index)), options: .atomic)
  }

  private static let dataFile = "data.json"
  private static func planFile(_ index: Int) -> String { "plan-\(index).json" }
  private static func resultFile(_ index: Int) -> String { "result-\(index).json" }

  private func spawn(index: Int, scratch: String) -> Result<pid_t, ExperimentFailure> {
    var child: pid_t = 0
    let words = [executable] + arguments + [scratch, String(index)]
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    argv.append(nil)
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    defer { for word in argv { free(word) } }
    let status = posix_spawn(&child, executable, nil, nil, &argv, &environment)
    guard status == 0 else { return .failure(ExperimentFailure("cannot start \(executable): error \(status)")) }
    return .success(child)
  }

  /// Nil while the child runs; empty when it ended well, else why it did not.
  private func poll(_ child: pid_t, deadline: ContinuousClock.Instant) -> String? {
    var status: Int32 = 0
    let ended = waitpid(child, &status, WNOHANG)
    if ended == 0 {
      guard ContinuousClock.now > deadline else { return nil }
      kill(child, SIGKILL)
      waitpid(child, &status, 0)
      return "took longer than \(timeLimitSeconds) s"
    }
    guard ended == child else { return "its end was lost" }
    if status & 0x7f != 0 { return "ended by signal \(status & 0x7f)" }
    let code = (status >> 8) & 0xff
    return code == 0 ? "" : "ended with code \(code)"
  }

  private func read(_ file: URL, _ plan: ExperimentPlan) -> ExperimentOutcome {
    func failed(_ reason: String) -> ExperimentOutcome {
      ExperimentOutcome(plan: plan, result: .failure(ExperimentFailure(reason)))
    }
    guard let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int else {
      return failed("wrote no answer")
    }
    guard size <= maximumAnswer else { return failed("answer of \(size) bytes is too large") }
    guard let data = try? Data(contentsOf: file),
      let answer = try? JSONDecoder().decode(ExperimentAnswer.self, from: data)
    else { return failed("answer cannot be read") }
    guard answer.result == nil || answer.result?.id == plan.id else { return failed("answers another plan") }
    return ExperimentOutcome(plan: plan, answer)
  }
}
