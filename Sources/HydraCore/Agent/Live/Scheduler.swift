import HydraNumerics

/// Says which jobs are due; it starts none, reads no clock, and can be stored between two runs of a program.
///
/// ```swift
/// var scheduler = Scheduler(seed: 7)
/// scheduler.add("reconcile", settle, from: now)
/// for run in scheduler.due(at: clock.now) { work(run); scheduler.finished(run.job) }
/// ```
/// The same calls serve a wall clock and a replay's. One instance of a job at a time: what falls due while it runs waits
/// for its end, and then counts like any other run that is late.
///
/// - Complexity: O(jobs + runs that fell due) for each call.
public struct Scheduler: Hashable, Codable, Sendable {
  /// A run that is due.
  public struct Run: Hashable, Codable, Sendable {
    public var job: String
    /// When it should have started, jitter included.
    public var scheduled: Timestamp
    /// Earlier runs that became one with this one.
    public var coalesced: Int
    /// Earlier runs that were too late to be made up for.
    public var missed: Int
  }

  private struct Job: Hashable, Codable {
    var name: String
    var schedule: JobSchedule
    /// The newest time of the schedule that was dealt with.
    var after: Timestamp
    var isRunning = false
  }

  /// Runs of one job that are looked at in one call; older ones are missed without being counted one by one.
  static let most = 10_000

  private let seed: UInt64
  private var jobs: [Job] = []

  public init(seed: UInt64) { self.seed = seed }

  /// Names of the jobs, in the order in which they were added.
  public var names: [String] { jobs.map(\.name) }

  /// Adds a job, or gives one of that name another schedule; runs count from `now` on.
  public mutating func add(_ name: String, _ schedule: JobSchedule, from now: Timestamp) {
    if let index = jobs.firstIndex(where: { $0.name == name }) {
      jobs[index].schedule = schedule
    } else {
      jobs.append(Job(name: name, schedule: schedule, after: now))
    }
  }

  /// Removes a job.
  public mutating func remove(_ name: String) { jobs.removeAll { $0.name == name } }

  /// The runs that are due at `now`, in the order of their times; each job is running until ``finished(_:)``.
  public mutating func due(at now: Timestamp) -> [Run] {
    var runs: [Run] = []
    for index in jobs.indices where !jobs[index].isRunning {
      if let run = due(&jobs[index], now) { runs.append(run) }
    }
    return runs.sorted { ($0.scheduled, $0.job) < ($1.scheduled, $1.job) }
  }

  private func due(_ job: inout Job, _ now: Timestamp) -> Run? {
    var (times, missed) = ([(nominal: Timestamp, start: Timestamp)](), 0)
    var after = job.after
    while let nominal = job.schedule.next(after: after) {
      let start = nominal.adding(nanoseconds: jitter(job, nominal))
      guard start <= now else { break }
      after = nominal
      if now.nanoseconds - start.nanoseconds > job.schedule.misfireGraceSeconds * 1_000_000_000 {
        missed += 1
      } else {
        times.append((nominal, start))
      }
      if missed + times.count >= Self.most, !job.schedule.coalesces || times.isEmpty {
        // After a very long stop: begin again within the grace.
        if times.isEmpty { after = max(after, now.adding(seconds: -job.schedule.misfireGraceSeconds - 1)) }
        if !times.isEmpty { break }
      }
    }
    guard let last = times.last else {
      job.after = after
      return nil
    }
    job.isRunning = true
    let chosen = job.schedule.coalesces ? last : times[0]
    job.after = chosen.nominal
    return Run(
      job: job.name, scheduled: chosen.start, coalesced: job.schedule.coalesces ? times.count - 1 : 0, missed: missed)
  }

  /// Says that a job's run has ended, so that the next one may start.
  public mutating func finished(_ name: String) {
    for index in jobs.indices where jobs[index].name == name { jobs[index].isRunning = false }
  }

  /// When something is due next, jitter included; nil without jobs that will ever be.
  public var nextDue: Timestamp? {
    jobs.filter { !$0.isRunning }.compactMap { job in
      job.schedule.next(after: job.after).map { $0.adding(nanoseconds: jitter(job, $0)) }
    }.min()
  }

  /// Nanoseconds that a run starts late: the same for the same job and time, whatever else is scheduled.
  private func jitter(_ job: Job, _ nominal: Timestamp) -> Int64 {
    guard job.schedule.jitterSeconds > 0 else { return 0 }
    var random = CounterRandom(seed: seed, stream: "\(job.name) \(nominal.nanoseconds)")
    return Int64(random.uniform() * Double(job.schedule.jitterSeconds) * 1e9)
  }
}
