import Foundation
import HydraCore
import Testing

/// Whatever an experiment's process does, it is a failed experiment and nothing more.
@Suite struct IsolationTests {
  /// A worker that is a shell script; `$1` is its folder.
  private func script(_ text: String, _ limits: ExperimentLimits = ExperimentLimits()) -> ChildExperiments {
    ChildExperiments(executable: "/bin/sh", arguments: ["-c", text, "worker"], parallel: 2, limits: limits)
  }

  private static let hydra = "exec '\(RunnerProcess.executable.path)' experiment-work \"$1\""

  private func inProcess(_ ids: [String]) throws -> [ExperimentResult] {
    try InProcessExperiments().run(ids.map(SmallExperiment.plan), on: SmallExperiment.data.get())
      .map { try $0.result.get() }
  }

  private func failure(_ outcome: ExperimentOutcome) -> String {
    if case .failure(let failure) = outcome.result { failure.reason } else { "no failure" }
  }

  static let misdeeds: [(name: String, script: String, reason: String)] = [
    ("a crash", "kill -SEGV $$", "ended by signal 11"),
    ("an abort", "kill -ABRT $$", "ended by signal 6"),
    ("an exit code", "exit 3", "ended with code 3"),
    ("a program that is not there", "exec /nowhere/program", "ended with code 127"),
    ("nothing", "exit 0", "wrote no answer"),
    ("a hang", "sleep 1000", "took longer than 1 s"),
    ("a hang of what it started", "sleep 1000 & wait", "took longer than 1 s"),
    ("a busy loop", "while :; do :; done", "used more than 1 s of processor time"),
    ("a busy loop that hears no warning", "trap '' XCPU; while :; do :; done", "used more than 1 s of processor time"),
    (
      "a hog", "head -c 3000000000 /dev/zero | tail -c 3000000000 > /dev/null; exit $?",
      "ended with code 1, at its limit of 2000 MB"
    ),
    ("a flood", "head -c 1000000000 /dev/zero > \"$1/result.json\"", "wrote more than 4 MB"),
    ("a flood on standard output, and no answer", "head -c 1000000000 /dev/zero", "wrote no answer"),
    ("garbage", "head -c 100000 /dev/urandom > \"$1/result.json\"", "its answer cannot be read"),
    ("an empty answer", ": > \"$1/result.json\"", "its answer cannot be read"),
    ("half an answer", "printf '{\"result\":{\"id\":\"plan' > \"$1/result.json\"", "its answer cannot be read"),
    ("an answer without contents", "echo '{}' > \"$1/result.json\"", "answer is empty"),
    ("a pit of brackets", "head -c 1000000 /dev/zero | tr '\\0' '[' > \"$1/result.json\"", "its answer cannot be read"),
    ("a pipe", "mkfifo \"$1/result.json\"", "its answer is no file"),
    ("a link", "ln -s /etc/hostname \"$1/result.json\"", "its answer is no file"),
    ("a folder", "mkdir \"$1/result.json\"", "its answer is no file"),
    (
      "another plan's answer", "sed -i s/plan-7/plan-8/ \"$1/plan.json\"; \(hydra)", "answers another plan"
    ),
  ]

  @Test(arguments: misdeeds)
  func misdeedsAreFailedExperiments(name: String, script text: String, reason: String) throws {
    var limits = ExperimentLimits()
    (limits.memoryMegabytes, limits.outputMegabytes) = (name == "a hog" ? 2000 : 4096, 4)
    if reason.contains("1 s of processor") { limits.cpuSeconds = 1 }
    if reason.contains("longer than 1 s") { limits.wallSeconds = 1 }
    let outcomes = try script(text, limits).run([SmallExperiment.plan("plan-7")], on: SmallExperiment.data.get())
    #expect(outcomes.map(failure) == [reason], "\(name)")
  }

  @Test func oneFailureTouchesNoOtherAndTheAnswersAreThoseOfOneProcess() throws {
    let worker = script("grep -q bad \"$1/plan.json\" && kill -SEGV $$; \(Self.hydra)")
    let plans = ["good-1", "bad-2", "good-3"].map(SmallExperiment.plan)
    let outcomes = try worker.run(plans, on: SmallExperiment.data.get())
    #expect(outcomes.map(\.plan.id) == plans.map(\.id))
    #expect(failure(outcomes[1]) == "ended by signal 11")
    let expected = try inProcess(["good-1", "good-3"])
    #expect(try [outcomes[0], outcomes[2]].map { try $0.result.get() } == expected)
  }

  @Test func whatSomethingElseKilledIsStartedAgain() throws {
    try RunnerProcess.inScratch { folder in
      let count = folder.appendingPathComponent("count").path
      let worker = script("echo >> '\(count)'; [ $(wc -l < '\(count)') -gt 2 ] || kill -KILL $$; \(Self.hydra)")
      let outcomes = try worker.run([SmallExperiment.plan("plan-1")], on: SmallExperiment.data.get())
      #expect(try outcomes[0].result.get() == inProcess(["plan-1"])[0])
      let always = script("kill -TERM $$").run([SmallExperiment.plan("plan-1")], on: try SmallExperiment.data.get())
      #expect(failure(always[0]) == "killed 5 times from outside, last by signal 15")
    }
  }

  @Test func theChildHasNoSecretsNoFilesAndItsLimits() throws {
    try RunnerProcess.inScratch { folder in
      let secret = "hydra-secret-\(UUID().uuidString)"
      setenv("HYDRA_TEST_SECRET", secret, 1)
      defer { unsetenv("HYDRA_TEST_SECRET") }
      // A file that a child would inherit: opened without the flag that closes it.
      let open = Foundation.open(folder.appendingPathComponent("secret").path, O_RDWR | O_CREAT, 0o600)
      defer { close(open) }
      let seen = folder.appendingPathComponent("seen").path
      let worker = script(
        """
        exec > '\(seen)' 2>&1; env; cat /proc/self/environ; echo; echo files:; ls /proc/$$/fd | tr '\\n' ' '; echo
        ulimit -t; ulimit -v; ulimit -f; ulimit -n; ulimit -c; umask; ls "$1"; (ls -d "$1"/../*) | wc -l
        """)
      _ = try worker.run([SmallExperiment.plan("plan-1")], on: SmallExperiment.data.get())
      let text = try String(contentsOfFile: seen, encoding: .utf8)
      #expect(!text.contains("HYDRA_TEST_SECRET") && !text.contains(secret), "\(text)")
      let parts = text.components(separatedBy: "files:\n")
      let names = Set(parts[0].split { $0 == "\n" || $0 == "\0" }.map { $0.prefix { $0 != "=" } })
      #expect(names.isSubset(of: ["PWD", "OLDPWD", "_", "SHLVL"]), "\(names)")
      let lines = parts[1].split(separator: "\n").map(String.init)
      let files = lines[0].split(separator: " ").compactMap { Int($0) }.filter { $0 < 10 }
      #expect(files == [0, 1, 2], "\(lines[0])")
      #expect(lines[1...5] == ["120", "4194304", "131072", "64", "0"])
      #expect(lines.contains("plan.json") && lines.contains("data.json"))
    }
  }

  @Test func foldersOfDeadProcessesAreRemovedAndThoseOfLivingOnesStay() throws {
    let temporary = FileManager.default.temporaryDirectory
    let folders = ["dead", "living"].map {
      temporary.appendingPathComponent("hydra-experiments-1-\($0)-\(UUID().uuidString)")
    }
    defer { for folder in folders { try? FileManager.default.removeItem(at: folder) } }
    var locks: [Int32] = []
    for folder in folders {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      locks.append(open(folder.appendingPathComponent("lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    }
    #expect(flock(locks[1], LOCK_EX | LOCK_NB) == 0)
    close(locks[0])
    _ = try script("exit 0").run([SmallExperiment.plan("plan-1")], on: SmallExperiment.data.get())
    #expect(folders.map { FileManager.default.fileExists(atPath: $0.path) } == [false, true])
    close(locks[1])
  }
}
