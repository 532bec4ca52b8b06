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
    /// Spread and impact that were paid up to the bar, in currency, at the run's own cost multiplier.
    public var costs: [Double] = []
    /// The part of them that is impact.
    public var impacts: [Double] = []
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

  /// What the champion's forecasts rested on in the quarter before a date.
  public struct Attribution: Sendable {
    public var date: CivilDate
    /// Mean |SHAP value| by feature, in standard deviations of the horizon's move, largest first.
    public var features: [(name: String, value: Double)]
  }

  /// Orders that the risk limits refused for one reason.
  public struct Refusal: Sendable {
    public var code: String
    public var counts: [Arm: Int] = [:]
    /// The newest ones of the self-healing arm, oldest first.
    public var newest: [(date: CivilDate, reason: String)] = []
  }

  /// The journal's first entry: market, version, settings, files, findings by kind.
  public var run: JSONValue = .null
  /// The summary; nil while the run is not finished.
  public var summary: JSONValue?
  public var series: [Series] = Arm.allCases.map { Series(arm: $0) }
  public var marks: [Mark] = []
  /// What was looked into and what was moved, in the order of time.
  public var decisions: [ReportDecision] = []
  /// Streams of the self-healing arm's monitor, with the score of each at each of the arm's bars.
  public var streams: [(name: String, scores: [Double])] = []
  public var attributions: [Attribution] = []
  /// When the total loss stop closed an arm's positions for good.
  public var stopped: [Arm: CivilDate] = [:]
  /// By code, in the order of their first appearance.
  public var refusals: [Refusal] = []
  /// What became of the orders that were decided: the journal's own entries.
  public var executions: [(arm: Arm, date: CivilDate, payload: JSONValue)] = []
  /// Number and hash of the journal's newest entry.
  public var entries = 0
  public var head = ""

  /// Costs of fills that belong to the next bar, by arm.
  private var pending: [Arm: Double] = [:]
  private var pendingImpact: [Arm: Double] = [:]

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

  /// The arm's bars; nil when it has none.
  func series(of arm: Arm) -> Series? { series.first { $0.arm == arm && !$0.dates.isEmpty } }

  // MARK: - Reading

  private mutating func take(_ record: JournalRecord) {
    let payload = record.payload
    guard let arm = Arm(rawValue: record.arm) else {
      if record.kind == "run" { run = payload }
      return
    }
    let date = record.time.date
    func mark(_ kind: Mark.Kind, _ text: String) { marks.append(Mark(arm: arm, date: date, kind: kind, text: text)) }
    switch record.kind {
    case "bar": take(bar: payload, of: arm, date)
    case "fills":
      pending[arm, default: 0] += Self.costs(of: payload)
      pendingImpact[arm, default: 0] += Self.costs(of: payload, "impact")
    case "execution": executions.append((arm, date, payload))
    case "refusal": take(refusal: payload, of: arm, date)
    case "monitor": streams = (payload["streams"]?.array ?? []).compactMap(\.string).map { ($0, []) }
    case "attributions":
      let features = (payload["features"]?.object ?? []).map { (name: $0.key, value: $0.value.double ?? .nan) }
      attributions.append(Attribution(date: date, features: features))
    case "fit": mark(.fit, payload["origin"]?.string ?? "")
    case "alarm":
      let stream = payload["stream"]?.string ?? ""
      mark(.alarm, "\(stream) \(payload["direction"]?.string ?? "")")
      raise(stream, of: arm)
    case "trading_blocked": mark(.blocked, "data fault")
    case "promotion": mark(.promotion, "\(payload["change"]?.string ?? ""): \(payload["reason"]?.string ?? "")")
    case "rollback": mark(.rollback, payload["reason"]?.string ?? "")
    default: break
    }
    ReportDecision.take(record.kind, payload, date, into: &decisions)
  }

  private mutating func take(bar payload: JSONValue, of arm: Arm, _ date: CivilDate) {
    guard let index = series.firstIndex(where: { $0.arm == arm }) else { return }
    series[index].dates.append(payload["date"]?.string.flatMap { CivilDate($0) } ?? date)
    series[index].equity.append(payload["equity"]?.double ?? .nan)
    series[index].positions.append(payload["position"]?.int ?? 0)
    series[index].drift.append(payload["drift"]?.double ?? 0)
    series[index].forecasts.append(payload["forecast"]?.double)
    let paid = (series[index].costs.last ?? 0) + (pending[arm] ?? 0) + Self.costs(of: payload["fills"])
    series[index].costs.append(paid)
    pending[arm] = nil
    let impact = (series[index].impacts.last ?? 0) + (pendingImpact[arm] ?? 0)
    series[index].impacts.append(impact + Self.costs(of: payload["fills"], "impact"))
    pendingImpact[arm] = nil
    if payload["why"]?.string == "total_loss_stop", stopped[arm] == nil { stopped[arm] = series[index].dates.last }
    guard arm == .selfHealing, let scores = payload["drift_scores"]?.doubles else { return }
    let bars = series[index].dates.count
    for place in streams.indices {
      // The names come with the first bar's entries, after the bar itself.
      while streams[place].scores.count < bars - 1 { streams[place].scores.append(.nan) }
      streams[place].scores.append(scores.indices.contains(place) ? scores[place] : .nan)
    }
  }

  /// A detector that alarms starts afresh, so that the bar's own entry holds the score that came after.
  private mutating func raise(_ stream: String, of arm: Arm) {
    if let index = series.firstIndex(where: { $0.arm == arm }), let last = series[index].drift.indices.last {
      series[index].drift[last] = max(1, series[index].drift[last])
    }
    guard arm == .selfHealing, let place = streams.firstIndex(where: { $0.name == stream }),
      let last = streams[place].scores.indices.last
    else { return }
    streams[place].scores[last] = max(1, streams[place].scores[last])
  }

  private mutating func take(refusal payload: JSONValue, of arm: Arm, _ date: CivilDate) {
    let code = payload["code"]?.string ?? "?"
    let index = refusals.firstIndex { $0.code == code } ?? refusals.count
    if index == refusals.count { refusals.append(Refusal(code: code)) }
    refusals[index].counts[arm, default: 0] += 1
    guard arm == .selfHealing else { return }
    let lots = payload["lots"]?.int.map { ", order of \($0) lots" } ?? ""
    refusals[index].newest.append((date, (payload["reason"]?.string ?? "") + lots))
    if refusals[index].newest.count > 3 { refusals[index].newest.removeFirst() }
  }

  private static func costs(of fills: JSONValue?, _ part: String = "cost") -> Double {
    (fills?.array ?? []).reduce(0) { $0 + ($1[part]?.double ?? 0) }
  }
}
