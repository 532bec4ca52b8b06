import Foundation
import HydraCore
import Testing

/// What the report says of executions, from a journal that is written by hand.
@Suite struct ReportExecutionTests {
  private static let first = CivilDate(year: 2012, month: 3, day: 1)

  private static func page(_ entries: [(day: Int, kind: String, payload: JSONValue)]) throws -> String {
    let store = try Store(path: ":memory:")
    let run = try store.runs.findOrCreate(
      RunDescription(settings: ["market": "ZO"], dataHashes: [:], version: "test"), created: first.timestamp())
    let writer = try JournalWriter(store, run: run)
    try writer.append([
      JournalEntry(
        time: first.timestamp(), kind: "run",
        payload: ["market": "ZO", "settings": ["capital": 1000, "costMultiplier": 1]])
    ])
    try writer.append(
      entries.map {
        JournalEntry(
          time: first.adding(days: $0.day).timestamp(hour: 20), arm: "self_healing", kind: $0.kind, payload: $0.payload)
      })
    return ReportPage(try ReportModel(of: try #require(try store.runs.latest()), in: store)).html
  }

  private static func bar(_ day: Int, _ equity: Double, cost: Double, impact: Double) -> (Int, String, JSONValue) {
    let fill: JSONValue = ["cost": .number(cost), "impact": .number(impact)]
    let date = first.adding(days: day).description
    return (day, "bar", ["date": .string(date), "equity": .number(equity), "fills": [fill]])
  }

  /// Two hundred prices a day apart, some days up and some down.
  private static var bars: [(day: Int, kind: String, payload: JSONValue)] {
    (0..<40).map { bar($0, 1000 + Double($0 * 2 + ($0 % 3) * 5), cost: 0.2, impact: 0.1) }
  }

  private static func execution(_ more: [String: JSONValue]) -> JSONValue {
    var payload: JSONValue = [
      "order": 7, "side": "buy", "lots": 3, "filled": 2, "evidence": "bar", "delay": 10, "trading": 20.4,
      "opportunity": -5, "fees": 3,
    ]
    for (key, value) in more { payload[key] = value }
    return payload
  }

  /// A book of one bid and one offer, an order that waits behind two lots and is filled.
  private static var session: JSONValue {
    let start = 1_330_612_200_000_000_000
    var column = [Character](repeating: ".", count: 12)
    (column[3], column[8]) = ("b", "G")
    return [
      "date": "2012-03-01", "contract": "2012-05", "file": "book/x.csv", "tick": 0.25,
      "requests": [[JSONValue(start + 60_000_000_000), "quote", 1403]],
      "fills": [
        [
          "time": JSONValue(start + 1_200_000_000_000), "price": 1403, "lots": 2, "maker": true, "ahead_at_entry": 2,
          "ahead_at_fill": 0,
        ]
      ],
      "picture": [
        "start": JSONValue(start), "end": JSONValue(start + 1_800_000_000_000), "low": 1400,
        "columns": JSONValue([String](repeating: String(column), count: 96)),
        "queue": [[600, 1403, 2], [9000, 1403, 0]],
      ],
    ]
  }

  @Test func shortfallIsSummedByTheWayOfExecution() throws {
    let html = try Self.page(
      Self.bars + [
        (1, "execution", Self.execution([:])), (2, "execution", Self.execution([:])),
        (3, "execution", Self.execution(["evidence": "orders", "session": Self.session, "filled": 3])),
        (4, "execution", Self.execution(["evidence": .null, "filled": 0])),
      ])
    #expect(html.contains("<td>at the close</td><td>2</td><td>4 of 6</td><td>20</td><td>41</td><td>−10</td><td>6</td>"))
    #expect(html.contains("<td>in the book</td><td>1</td><td>3 of 3</td>"))
    #expect(html.contains("<td>not filled</td><td>1</td><td>0 of 3</td>"))
  }

  @Test func anOrderInTheBookIsDrawn() throws {
    let html = try Self.page(
      Self.bars + [(3, "execution", Self.execution(["evidence": "orders", "session": Self.session]))])
    #expect(html.contains("Orders in the book") && html.contains("Lots ahead in the queue"))
    // One row of two bid lots and one of seven offered lots, each over the whole width.
    #expect(html.contains("<path class=\"b2\" d=\"M0 8h96v1h-96z\"/>"))
    #expect(html.contains("<path class=\"a4\" d=\"M0 3h96v1h-96z\"/>"))
    #expect(html.contains("class=\"mark fill\" style=\"left:66.7%"))
    #expect(html.contains("2012-03-01, 2012-05: buy 3, filled 2"))
    #expect(!(try Self.page(Self.bars)).contains("Orders in the book"))
  }

  /// Larger trades pay more impact a lot: the curve falls, and does not move without impact.
  @Test func capacityFallsWithImpact() throws {
    let html = try Self.page(Self.bars)
    #expect(html.contains("Capacity") && html.contains(">32×<"))
    let plain = try Self.page((0..<40).map { Self.bar($0, 1000 + Double($0 * 2 + ($0 % 3) * 5), cost: 0.2, impact: 0) })
    #expect(!plain.contains("<h2>Capacity</h2>"))
    let start = try #require(html.range(of: "Net Sharpe ratio against size"))
    let line = try #require(html[start.upperBound...].range(of: "line self_healing\" d=\"M"))
    let path = html[line.upperBound...].prefix { $0 != "\"" }
    let heights = path.split(separator: "L").compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    #expect(heights.count == 6 && zip(heights, heights.dropFirst()).allSatisfy { $0 < $1 }, "\(heights)")
  }
}
