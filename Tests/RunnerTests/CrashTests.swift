import Foundation
import HydraCore
import Testing

#if os(Linux)
/// `kill -9` at 50 random points of a run, its experiments' processes included: the same command continues, and ends in
/// the bytes of a run that was never killed.
@Suite struct CrashTests {
  @Test func fiftyKillsLeaveNoTrace() throws {
    try RunnerProcess.inScratch { folder in
      let world = try KillWorld(folder)
      let lanes = 2
      let results = Collected<Result<KillCounts, any Error>>()
      DispatchQueue.concurrentPerform(iterations: lanes) { lane in
        results.append(Result { try KillLane(world, lane: lane).run(kills: 26) })
      }
      var counts = KillCounts()
      for result in results.values { counts.add(try result.get()) }
      FileHandle.standardError.write(Data("kills: \(counts)\n".utf8))
      #expect(counts.total >= 50)
      #expect(counts.inTheRun > 0 && counts.parentInExperiment > 0 && counts.childAlone > 0 && counts.all > 0)
      #expect(counts.finished >= lanes)
    }
  }
}

/// How often what was killed.
struct KillCounts: CustomStringConvertible {
  /// The runner while no experiment was watched: at a share of its processor time, or at a length of its journal.
  var inTheRun = 0
  /// The runner while experiments were running.
  var parentInExperiment = 0
  /// An experiment's process while the runner lived on.
  var childAlone = 0
  /// The runner and its experiments' processes.
  var all = 0
  /// Runs that came to their end and were compared with the one that was never killed.
  var finished = 0

  var total: Int { inTheRun + parentInExperiment + childAlone + all }

  mutating func add(_ other: KillCounts) {
    inTheRun += other.inTheRun
    parentInExperiment += other.parentInExperiment
    childAlone += other.childAlone
    all += other.all
    finished += other.finished
  }

  var description: String {
    """
    \(total): \(inTheRun) runner, \(parentInExperiment) runner during experiments, \(childAlone) experiment alone, \
    \(all) both; \(finished) runs finished and compared
    """
  }
}

/// A small world, and what a run over it leaves when nothing kills it.
struct KillWorld {
  let folder: URL
  let arguments: [String]
  let reference: Outcome
  /// Entries of the reference's journal, and the last one that an experiment left.
  let entries: Int
  let lastExperiment: Int
  /// Processor time of the reference's own process until its last entry and until its end, in ticks.
  let ticksOfEntries: Int
  let ticks: Int

  /// Everything that a run leaves: summary, journal, models, experiments, position and state.
  struct Outcome: Equatable {
    var texts: [String: String]

    init(_ summary: String, store: String) throws {
      texts = ["summary": summary]
      for verb in [["journal", "export"], ["models", "list"], ["experiments", "list"], ["status"]] {
        let shown = try RunnerProcess.run(verb + ["--store", store])
        try #require(shown.status == 0, "\(verb): \(shown.errors)")
        texts[verb.joined(separator: " ")] = shown.output
      }
    }
  }

  init(_ folder: URL) throws {
    self.folder = folder
    let (world, data) = (folder.appendingPathComponent("world").path, folder.appendingPathComponent("data").path)
    let made = try RunnerProcess.run([
      "data", "synth", "--out", world, "--years", "5", "--effect-scale", "5", "--seed", "11", "--no-options",
    ])
    try #require(made.status == 0, "\(made.errors)")
    // One market alone is quicker to read and to compute.
    for file in ["carry/instruments.csv", "carry/OATIES.csv", "daily/ZO.csv"] {
      let target = URL(fileURLWithPath: data).appendingPathComponent(file)
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: "\(world)/\(file)", toPath: target.path)
    }
    arguments = [
      "run", "--data", data, "--to", "2009-06-30", "--capital", "5000000", "--rounds", "8", "--trials", "1", "--quiet",
      "--threads", "2",
    ]
    let path = folder.appendingPathComponent("reference.sqlite").path
    var victim = try Victim(arguments + ["--store", "sqlite:\(path)"], in: folder)
    var marks: [(entries: Int, ticks: Int)] = []
    while victim.isRunning {
      usleep(5_000)
      if let head = KillLane.head(of: path), head.count > marks.last?.entries ?? 0 {
        marks.append((head.count, victim.ticks))
      }
    }
    let summary = try victim.output()
    try #require(victim.status == 0)
    ticks = victim.ticks
    ticksOfEntries = marks.last?.ticks ?? ticks
    reference = try Outcome(summary, store: "sqlite:\(path)")
    let store = try Store(path: path)
    let run = try #require(try store.runs.latest())
    entries = run.head.count
    var filter = JournalFilter()
    filter.kinds = ["experiment_record"]
    lastExperiment = try store.journal.entries(of: run, filter).last?.sequence ?? 0
    let fills = try JSONValue(parsing: Array(summary.utf8))["fills"]?.double ?? 0
    try #require(lastExperiment > 0 && fills > 0, "a world in which nothing happens shows nothing")
  }
}

/// One store after the other, each run killed again and again until it comes to its end.
final class KillLane {
  private let world: KillWorld
  private let folder: URL
  private var random: CounterRandom
  private var counts = KillCounts()
  private var stores = 0
  /// What the journal was last seen to hold.
  private var seen = 0

  init(_ world: KillWorld, lane: Int) throws {
    self.world = world
    folder = world.folder.appendingPathComponent("lane-\(lane)")
    random = CounterRandom(seed: 2026, stream: "kills of lane \(lane)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private var path: String { folder.appendingPathComponent("\(stores).sqlite").path }

  func run(kills: Int) throws -> KillCounts {
    while counts.total < kills { try attempt(mayKill: true) }
    while seen > 0 { try attempt(mayKill: false) }
    return counts
  }

  private enum Point {
    case ticks(Int)
    case entries(Int)
    /// When an experiment's process is seen, after so many microseconds more.
    case experiment(wait: UInt32, parent: Bool, child: Bool)
  }

  private func point() -> Point {
    let wait = UInt32(random.below(150_000))
    let kind = random.below(seen < world.lastExperiment ? 8 : 4)
    return switch kind {
    // Nothing is written while the summary is computed, which takes half of a short run's time: one kill in eight.
    case 0, 1: .ticks(random.below((random.below(8) == 0 ? world.ticks : world.ticksOfEntries) + 1))
    case 2, 3: .entries(seen + random.below(world.entries - seen + 1))
    case 4, 5: .experiment(wait: wait, parent: true, child: false)
    case 6: .experiment(wait: wait, parent: false, child: true)
    default: .experiment(wait: wait, parent: true, child: true)
    }
  }

  /// Starts the command, and kills it at a random point if it gets there.
  private func attempt(mayKill: Bool) throws {
    var victim = try Victim(world.arguments + ["--store", "sqlite:\(path)"], in: folder)
    var point = point()
    while victim.isRunning {
      usleep(3_000)
      guard mayKill else { continue }
      switch point {
      case .ticks(let ticks):
        guard victim.ticks >= ticks else { continue }
        counts.inTheRun += 1
        try kill(&victim, children: [])
      case .entries(let entries):
        guard let head = head(), head.count >= entries else { continue }
        counts.inTheRun += 1
        try kill(&victim, children: [])
      case .experiment(let wait, let parent, let child):
        guard !victim.children.isEmpty else { continue }
        usleep(wait)
        let children = victim.children
        guard !children.isEmpty else { continue }
        if parent {
          if child { counts.all += 1 } else { counts.parentInExperiment += 1 }
          try kill(&victim, children: child ? children : [])
        } else {
          Foundation.kill(children[random.below(children.count)], SIGKILL)
          counts.childAlone += 1
          point = self.point()
        }
      }
    }
    if victim.wasKilled {
      let head = head()
      #expect((head?.count ?? 0) >= seen, "\(path): the journal had \(seen) entries before the kill")
      if let head { seen = head.count }
      return
    }
    #expect(victim.status == 0)
    let outcome = try KillWorld.Outcome(try victim.output(), store: "sqlite:\(path)")
    for (name, text) in outcome.texts {
      #expect(text == world.reference.texts[name], "\(path): \(name) differs from that of the run never killed")
    }
    let verified = try RunnerProcess.run(["journal", "verify", "--store", "sqlite:\(path)"])
    #expect(verified.status == 0, "\(verified.errors)")
    counts.finished += 1
    stores += 1
    seen = 0
  }

  private func kill(_ victim: inout Victim, children: [pid_t]) throws {
    let orphans = victim.children
    if let head = head() { seen = head.count }
    victim.kill()
    for child in children { Foundation.kill(child, SIGKILL) }
    // Children follow by themselves; that they take a minute would be as bad as never.
    var rounds = 0
    while orphans.contains(where: Victim.isAlive), rounds < 6_000 {
      usleep(10_000)
      rounds += 1
    }
    #expect(!orphans.contains(where: Victim.isAlive), "experiments outlive their runner: \(orphans)")
  }

  /// The journal's end as anybody else sees it; nil while there is none.
  private func head() -> JournalHead? { Self.head(of: path) }

  static func head(of path: String) -> JournalHead? {
    var settings = Store.Settings()
    settings.readOnly = true
    guard let store = try? Store(path: path, settings: settings) else { return nil }
    return (try? store.runs.latest())?.head
  }
}
#endif
