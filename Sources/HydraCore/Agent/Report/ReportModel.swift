import HydraNumerics
import HydraStore

/// What a report shows of a run, read from its journal: so it can be made at any time, also of a run that was stopped.
public struct ReportModel: Sendable {
  /// One arm, bar by bar.
  public struct Series: Sendable {
    public var arm: Arm
    public var dates: [CivilDate] = []
    /// Currency after settlement.
    public var equity: [Double] = []
    /// Lots held.
    public var positions: [Int] = []
    /// Largest score of the monitor's streams; 1 is an alarm.
    public var drift: [Double] = []
    /// Nil before there was a champion.
    public var forecasts: [Double?] = []
  }

  /// Something that is marked on the charts.
  public struct Mark: Sendable {
    /// What is marked.
    public enum Kind: String, Sendable { case fit, alarm, promotion, rollback, blocked }
    public var arm: Arm
    public var date: CivilDate
    public var kind: Kind
    public var text: String
  }

  /// An alarm that was looked into, and what came of it.
  public struct Episode: Sendable {
    public var date: CivilDate
    /// The journal's entries: `diagnosis`, then `experiment`, `experiment_failed`, `promotion`, `trading_blocked`.
    public var diagnosis: JSONValue
    public var experiments: [JSONValue] = []
    public var failures: [JSONValue] = []
    public var refused: [String] = []
    public var promotion: JSONValue?
    public var isBlocked = false
  }

  /// The journal's first entry: market, version, settings, files, findings by kind.
  public var run: JSONValue = .null
  /// The summary; nil while the run is not finished.
  public var summary: JSONValue?
  public var series: [Series] = Arm.allCases.map { Series(arm: $0) }
  public var marks: [Mark] = []
  public var episodes: [Episode] = []
  /// Number and hash of the journal's newest entry.
  public var entries = 0
  public var head = ""

  /// Reads a run's journal.
  ///
  /// - Complexity: O(entries).
  public init(of run: Run, in store: Store) throws {
    summary = run.summary
    try store.journal.forEach(of: run) { record in
      take(record)
      entries = record.sequence
      head = record.hash
    }
  }

  private mutating func take(_ record: JournalRecord) {
    let payload = record.payload
    guard let arm = Arm(rawValue: record.arm) else {
      if record.kind == "run" { run = payload }
      return
    }
    let date = record.time.date
    func mark(_ kind: Mark.Kind, _ text: String) { marks.append(Mark(arm: arm, date: date, kind: kind, text: text)) }
    switch record.kind {
    case "bar":
      guard let index = series.firstIndex(where: { $0.arm == arm }) else { return }
      series[index].dates.append(payload["date"]?.string.flatMap { CivilDate($0) } ?? date)
      series[index].equity.append(payload["equity"]?.double ?? .nan)
      series[index].positions.append(payload["position"]?.int ?? 0)
      series[index].drift.append(payload["drift"]?.double ?? 0)
      series[index].forecasts.append(payload["forecast"]?.double)
    case "fit": mark(.fit, payload["origin"]?.string ?? "")
    case "alarm": mark(.alarm, "\(payload["stream"]?.string ?? "") \(payload["direction"]?.string ?? "")")
    case "diagnosis": episodes.append(Episode(date: date, diagnosis: payload))
    case "trading_blocked":
      mark(.blocked, "data fault")
      if !episodes.isEmpty { episodes[episodes.count - 1].isBlocked = true }
    case "hypotheses":
      if !episodes.isEmpty {
        episodes[episodes.count - 1].refused = (payload["refused"]?.array ?? []).compactMap(\.string)
      }
    case "experiment": if !episodes.isEmpty { episodes[episodes.count - 1].experiments.append(payload) }
    case "experiment_failed": if !episodes.isEmpty { episodes[episodes.count - 1].failures.append(payload) }
    case "promotion":
      mark(.promotion, "\(payload["change"]?.string ?? ""): \(payload["reason"]?.string ?? "")")
      if let last = episodes.last, last.date == date { episodes[episodes.count - 1].promotion = payload }
    case "rollback": mark(.rollback, payload["reason"]?.string ?? "")
    default: break
    }
  }
}
