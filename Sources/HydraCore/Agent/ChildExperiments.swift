import Foundation
import HydraNumerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Carries out each experiment in a child process of its own, several at a time.
///
/// The child sees a scratch folder of its own with the plan and the data, and an empty environment: no keys, no store,
/// and the limits of ``ExperimentLimits``. A crash, a hang, garbage or an oversized answer is a failed experiment and
/// nothing more; a child that something else killed is started again. When this process dies, its children die with it.
/// The answer is that of ``InProcessExperiments`` to the byte.
public struct ChildExperiments: ExperimentRunner {
  /// The program. It is called with `arguments` and the path of a folder, reads `plan.json` and `data.json` there,
  /// writes `result.json` beside them and ends with code 0. Of programs that import HydraCore, ``work(scratch:)`` does
  /// all of that.
  public var executable: String
  public var arguments: [String]
  /// Children at a time.
  public var parallel: Int
  public var limits: ExperimentLimits

  public init(
    executable: String, arguments: [String], parallel: Int, limits: ExperimentLimits = ExperimentLimits()
  ) {
    self.executable = executable
    self.arguments = arguments
    self.parallel = max(1, parallel)
    self.limits = limits
  }

  /// Carries out the plans in children, at most `parallel` at a time.
  public func run(_ plans: [ExperimentPlan], on data: ExperimentData) -> [ExperimentOutcome] {
    func failed(_ plan: ExperimentPlan, _ failure: ExperimentFailure) -> ExperimentOutcome {
      ExperimentOutcome(plan: plan, result: .failure(failure))
    }
    do {
      return try carryOut(plans, data.encoded())
    } catch let failure as ExperimentFailure {
      return plans.map { failed($0, failure) }
    } catch {
      return plans.map { failed($0, ExperimentFailure("no data: \(error)")) }
    }
  }

  private func carryOut(_ plans: [ExperimentPlan], _ data: Data) throws -> [ExperimentOutcome] {
    let scratch = try ScratchFolder()
    let lifeline = try Lifeline()
    var outcomes = [ExperimentOutcome?](repeating: nil, count: plans.count)
    var starts = [Int](repeating: 0, count: plans.count)
    var waiting = Array(plans.indices)
    var running: [(index: Int, child: ChildProcess)] = []
    defer { for (_, child) in running { child.stop() } }
    func fail(_ index: Int, _ failure: ExperimentFailure) {
      outcomes[index] = ExperimentOutcome(plan: plans[index], result: .failure(failure))
    }
    while !waiting.isEmpty || !running.isEmpty {
      while !waiting.isEmpty, running.count < parallel {
        let index = waiting.removeFirst()
        starts[index] += 1
        do {
          let folder = try prepare(scratch, index, start: starts[index], plans[index], data)
          running.append(
            (
              index,
              try ChildProcess([executable] + arguments + [folder.path], limits: limits, lifeline: lifeline.reading)
            ))
        } catch {
          fail(index, error)
        }
      }
      // The children end with the list that holds them.
      if Task.isCancelled { throw ExperimentFailure("cancelled") }
      var ended: [(index: Int, end: ChildProcess.End)] = []
      running.removeAll { running in
        guard let end = running.child.poll() else { return false }
        ended.append((running.index, end))
        return true
      }
      for (index, end) in ended {
        switch end {
        case .well:
          outcomes[index] = read(Self.folder(scratch, index, start: starts[index]), plans[index])
        case .failed(let reason): fail(index, ExperimentFailure(reason))
        case .killedFromOutside(let signal):
          if starts[index] < limits.starts {
            waiting.append(index)
          } else {
            fail(index, ExperimentFailure("killed \(starts[index]) times from outside, last by signal \(signal)"))
          }
        }
        try? FileManager.default.removeItem(at: Self.folder(scratch, index, start: starts[index]))
      }
      if !running.isEmpty { usleep(2_000) }
    }
    return outcomes.compactMap { $0 }
  }

  // MARK: - The child's side

  /// What the child does: reads plan and data from its folder, works, writes the result.
  ///
  /// Ends the whole process when the one that started it is gone.
  public static func work(scratch: String) throws {
    Lifeline.follow()
    let folder = URL(fileURLWithPath: scratch)
    let decoder = JSONDecoder()
    func content(_ file: String) throws -> Data {
      Data(try FileBytes.readRaw(folder.appendingPathComponent(file).path))
    }
    let plan = try decoder.decode(ExperimentPlan.self, from: content(planFile))
    let data = try decoder.decode(ExperimentData.self, from: content(dataFile))
    let answer = ExperimentAnswer(InProcessExperiments().run([plan], on: data)[0])
    try answer.encoded().write(to: folder.appendingPathComponent(resultFile), options: .atomic)
  }

  // MARK: - Files

  private static let dataFile = "data.json"
  private static let planFile = "plan.json"
  private static let resultFile = "result.json"

  /// Every start has a folder of its own: nothing that a killed child left is met again.
  private static func folder(_ scratch: ScratchFolder, _ index: Int, start: Int) -> URL {
    scratch.url.appendingPathComponent("\(index)-\(start)")
  }

  private func prepare(
    _ scratch: ScratchFolder, _ index: Int, start: Int, _ plan: ExperimentPlan, _ data: Data
  ) throws(ExperimentFailure) -> URL {
    let folder = Self.folder(scratch, index, start: start)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      try data.write(to: folder.appendingPathComponent(Self.dataFile))
      try plan.encoded().write(to: folder.appendingPathComponent(Self.planFile))
    } catch {
      throw ExperimentFailure("no scratch folder: \(error.localizedDescription)")
    }
    return folder
  }

  private func read(_ folder: URL, _ plan: ExperimentPlan) -> ExperimentOutcome {
    func failed(_ reason: String) -> ExperimentOutcome {
      ExperimentOutcome(plan: plan, result: .failure(ExperimentFailure(reason)))
    }
    let file = folder.appendingPathComponent(Self.resultFile)
    let maximum = limits.outputMegabytes << 20
    let bytes: [UInt8]
    do {
      // What the child left may be anything: a folder, a pipe, a link to elsewhere.
      var status = stat()
      guard lstat(file.path, &status) == 0 else { return failed("wrote no answer") }
      guard status.st_mode & S_IFMT == S_IFREG else { return failed("its answer is no file") }
      guard Int(status.st_size) <= maximum else { return failed("wrote more than \(limits.outputMegabytes) MB") }
      bytes = try FileBytes.readRaw(file.path, limit: maximum)
    } catch {
      return failed("its answer cannot be read")
    }
    guard let answer = try? JSONDecoder().decode(ExperimentAnswer.self, from: Data(bytes)) else {
      return failed("its answer cannot be read")
    }
    if let result = answer.result, result.id != plan.id { return failed("answers another plan") }
    return ExperimentOutcome(plan: plan, answer)
  }
}
