import HydraMarket
import HydraNumerics

/// `hydra-bench replay`: a strategy over recorded events, and the decoding of DBN.
enum ReplayCall {
  static let usage = "replay l2_mm|l3_mm|bars_sma|dbn DIR [--repeat R], or replay stream FILE"

  private static let files = ["l2_mm": "l2.csv", "l3_mm": "l3.csv", "bars_sma": "bars.csv", "dbn": "mbo.dbn"]

  static func run(_ words: ArraySlice<String>) throws {
    let began = ContinuousClock.now
    let arguments = try Arguments(words, call: "replay", positional: 2, options: ["repeat"])
    if arguments[0] == "stream" { return try stream(arguments[1], since: began) }
    guard let file = files[arguments[0]] else {
      throw BenchError.usage(
        "replay: unknown task '\(arguments[0])'; tasks: \(files.keys.sorted().joined(separator: ", "))")
    }
    let repeats = try arguments.whole("repeat", default: 5)
    let path = "\(arguments[1])/\(file)"
    guard let scale = TickScale(tick: 0.25) else { throw BenchError.usage("replay: the tick is not positive") }
    if arguments[0] == "dbn" { return try decode(path, scale, repeats) }
    let source = try ReplayFile(path: path, scale: scale)
    var settings = ReplayRunSettings()
    settings.latency = ReplayLatency(eachWay: 1_000_000)
    settings.queueModel = .power(2)
    settings.fee = 1
    if source.contents == .bars {
      var bars: [ReplayBar] = []
      while case let more = try source.bars(limit: 1 << 20), !more.isEmpty { bars += more }
      try measure(bars.count, repeats) { ReplayRun.run(bars, strategy: MovingAverageCross(), settings: settings) }
    } else {
      var events: [ReplayEvent] = []
      while case let more = try source.events(limit: 1 << 20), !more.isEmpty { events += more }
      try measure(events.count, repeats) {
        ReplayRun.run(events, source.contents, strategy: TwoSidedQuoter(), settings: settings)
      }
    }
  }

  /// Runs, checks that the account is right and that the same comes again, then times.
  private static func measure(_ events: Int, _ repeats: Int, _ body: () -> ReplayReport) throws {
    let report = body()
    try check(report.events == events, "\(report.events) of \(events) events were played")
    try check(body() == report, "a second run differs from the first")
    let flow = report.fills.reduce(0) { $0 - $1.side.sign * $1.lots * $1.price }
    try check(flow == report.account.flow, "the account does not agree with its fills")
    try check(report.unknownOrders == 0, "\(report.unknownOrders) changes of unknown orders")
    print(line(events, Measurement(repeats: repeats, body), trades: report.fills.count))
  }

  private static func decode(_ path: String, _ scale: TickScale, _ repeats: Int) throws {
    let bytes = try FileBytes.read(path)
    func events() throws -> Int {
      let file = try ReplayFile(bytes: bytes, file: path, scale: scale)
      var (count, piece) = (0, [ReplayEvent]())
      while true {
        try file.read(into: &piece, limit: 1 << 14)
        if piece.isEmpty { return count }
        count += piece.count
      }
    }
    let count = try events()
    print(line(count, try Measurement(repeats: repeats, events), trades: 0))
  }

  /// Plays a file of any size piece by piece, with the quoter: the time until the strategy is called for the first time, from
  /// the beginning of the call, and the memory at the end.
  private static func stream(_ path: String, since began: ContinuousClock.Instant) throws {
    guard let scale = TickScale(tick: 0.25) else { throw BenchError.usage("replay: the tick is not positive") }
    let watch = FirstCall(TwoSidedQuoter())
    let report = try ReplayRun.run(
      ReplayFile(path: path, scale: scale), strategy: watch, settings: ReplayRunSettings())
    let whole = began.duration(to: .now)
    guard let first = watch.first else { throw BenchError.badData("\(path): holds no events") }
    let object: JSONValue = [
      "events": JSONValue(report.events), "first_event_ms": .number(began.duration(to: first) / .milliseconds(1)),
      "seconds": .number(whole / .seconds(1)), "trades": JSONValue(report.fills.count),
      "rss_mb": .number(peakMegabytes()),
    ]
    print(object.text)
  }

  private static func line(_ events: Int, _ measurement: Measurement, trades: Int) -> String {
    let object: JSONValue = [
      "events": JSONValue(events), "seconds": .number(measurement.seconds),
      "cpu_s": .number(measurement.processorSeconds), "trades": JSONValue(trades), "rss_mb": .number(peakMegabytes()),
      "events_per_s": .number(Double(events) / measurement.seconds),
    ]
    return object.text
  }
}

/// Notes when a strategy was called for the first time.
private final class FirstCall: ReplayStrategy {
  private var strategy: any ReplayStrategy
  private(set) var first: ContinuousClock.Instant?

  init(_ strategy: any ReplayStrategy) { self.strategy = strategy }

  func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    if first == nil { first = .now }
    strategy.update(signal, &desk)
  }
}
