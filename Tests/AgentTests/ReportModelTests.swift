import Foundation
import HydraCore
import Testing

/// The report of a journal that is written by hand, so that every figure in it is known.
@Suite struct ReportModelTests {
  private static func page(
    _ entries: [(day: Int, kind: String, payload: JSONValue)], multiplier: Double = 1
  ) throws -> (model: ReportModel, html: String) {
    let store = try Store(path: ":memory:")
    let first = CivilDate(year: 2012, month: 3, day: 1)
    let run = try store.runs.findOrCreate(
      RunDescription(settings: ["market": "ZO"], dataHashes: [:], version: "test"), created: first.timestamp())
    let writer = try JournalWriter(store, run: run)
    try writer.append([
      JournalEntry(
        time: first.timestamp(), kind: "run",
        payload: ["market": "ZO", "settings": ["capital": 1000, "costMultiplier": .number(multiplier)]])
    ])
    try writer.append(
      entries.map {
        JournalEntry(
          time: first.adding(days: $0.day).timestamp(hour: 20), arm: "self_healing", kind: $0.kind, payload: $0.payload)
      })
    let model = try ReportModel(of: try #require(try store.runs.latest()), in: store)
    return (model, ReportPage(model).html)
  }

  private static func bar(_ day: Int, equity: Double, cost: Double? = nil) -> (Int, String, JSONValue) {
    let date = CivilDate(year: 2012, month: 3, day: 1).adding(days: day).description
    var payload: JSONValue = ["date": .string(date), "equity": .number(equity), "drift_scores": [0.25, 0.5]]
    if let cost { payload["fills"] = [["cost": .number(cost)], ["cost": 1]] }
    return (day, "bar", payload)
  }

  @Test func resultsAtOtherCostsAreThoseOfTheSameFills() throws {
    let entries = [
      Self.bar(0, equity: 1000), Self.bar(1, equity: 990, cost: 39), (1, "fills", [["cost": 20]]),
      Self.bar(2, equity: 1100, cost: 0),
    ]
    for multiplier in [1.0, 2] {
      let (model, html) = try Self.page(entries, multiplier: multiplier)
      let series = try #require(model.series.first { $0.arm == .selfHealing })
      #expect(series.costs == [0, 40, 61])
      for percentile in [0.05, 0.5, 0.95] {
        let net = 100 + 61 - 61 * CostModel.percentileMultiplier(percentile) / multiplier
        #expect(html.contains("<td>\(Int(net.rounded()))</td>"), "\(percentile) at \(multiplier)")
      }
    }
    #expect(try Self.page(entries, multiplier: 0).html.contains("do not tell what they would cost"))
  }

  @Test func checksAreShownWhateverTheyAreCalled() throws {
    let checks: JSONValue = [
      ["name": "deflated_sharpe", "value": 0.25, "bound": 0.95, "at": "least", "passed": false],
      ["name": "turnover", "value": 12, "bound": nil, "passed": true], ["name": "<script>", "value": "x & y"],
    ]
    let verdict: JSONValue = ["decision": "reject", "reason": "too many <tried>", "checks": checks]
    let (_, html) = try Self.page([
      Self.bar(0, equity: 1000), Self.bar(1, equity: 1000), (1, "diagnosis", ["cause": "relation", "alarm": "x"]),
      (1, "experiment", ["plan": ["hypothesis": ["param": "retrain.now", "value": nil]], "verdict": verdict]),
      Self.bar(2, equity: 1000),
      (2, "experiment", ["plan": ["hypothesis": ["param": "retrain.window_days", "value": 504]], "verdict": verdict]),
      (2, "promotion", ["version": 5, "over": 3, "change": "retrain.window_days", "reason": "p = 0.01"]),
      Self.bar(3, equity: 1000), (3, "rollback", ["version": 5, "to": 3, "reason": "worse"]),
    ])
    #expect(html.components(separatedBy: "deflated sharpe 0.2500 (≥ 0.9500) ✗").count == 3)
    #expect(html.contains("turnover 12 ✓"))
    #expect(html.contains("&lt;script&gt; x &amp; y") && !html.contains("<script"))
    #expect(html.contains("too many &lt;tried&gt;") && html.contains("nothing promoted"))
    // Held hypotheses are tried on days without an alarm.
    #expect(html.contains("held hypotheses tried on new days") && html.contains("promoted: retrain.window_days"))
    #expect(html.contains("version 5 rolled back to 3"))
  }

  @Test func refusalsAreCountedAndTheNewestShown() throws {
    var entries = [Self.bar(0, equity: 1000)]
    for day in 1...5 {
      entries.append((day, "refusal", ["code": "notional", "reason": .string("reason \(day)"), "lots": -3]))
      entries.append(Self.bar(day, equity: 1000))
    }
    let (model, html) = try Self.page(entries)
    #expect(model.refusals.map(\.code) == ["notional"])
    #expect(model.refusals[0].counts[.selfHealing] == 5)
    #expect(model.refusals[0].newest.map(\.reason).first == "reason 3, order of -3 lots")
    #expect(html.contains("reason 5") && !html.contains("reason 2"))
  }

  @Test func theDayOfTheTotalLossStopIsNamed() throws {
    var stop = Self.bar(1, equity: 500)
    stop.2["why"] = "total_loss_stop"
    let (_, html) = try Self.page([Self.bar(0, equity: 1000), stop, Self.bar(2, equity: 500)])
    #expect(html.contains("closed the positions of self_healing for good on 2012-03-02"))
  }

  @Test func anAlarmShowsAtItsStreamThoughTheDetectorStartedAfresh() throws {
    let (model, _) = try Self.page([
      Self.bar(0, equity: 1000), (0, "monitor", ["streams": ["return", "relation"]]), Self.bar(1, equity: 1000),
      (1, "alarm", ["stream": "relation", "direction": "down"]), Self.bar(2, equity: 1000),
    ])
    #expect(model.streams.map(\.name) == ["return", "relation"])
    #expect(model.streams[0].scores.dropFirst() == [0.25, 0.25])
    #expect(model.streams[1].scores.dropFirst() == [1, 0.5])
    #expect(model.streams.allSatisfy { $0.scores.count == 3 && $0.scores[0].isNaN })
  }
}
