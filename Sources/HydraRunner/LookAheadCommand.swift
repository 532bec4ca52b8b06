import ArgumentParser
import Foundation
import HydraCore

/// `hydra features check-lookahead`: proves that nothing comes from the future, or shows what does.
struct LookAheadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-lookahead",
    abstract: "Rerun import and features with the future removed and scrambled; test given columns. Exit 65 at a leak.",
    discussion: """
      For each moment the files are imported without their later rows, and the features are computed with everything that \
      became known later removed, and with it scrambled: what was known by then has to be the same to the last bit. A \
      column of a file is tested against the next days' changes of price: one that goes with them as no honest forecast \
      can is a leak. With --strategy the agent itself is rerun, which takes three runs for one moment.
      """)

  @OptionGroup var source: DataOption

  @Option(help: "Symbol (ZO) or code (OATIES).")
  var market: String

  @Option(
    parsing: .upToNextOption, help: "Moments, as in 2012-06-04T23:00:00Z or 2012-06-04; default: five, evenly spaced.",
    transform: FeatureArguments.moment)
  var at: [Timestamp] = []

  @Option(
    parsing: .upToNextOption,
    help: "Columns of dated files to test, as in signals/ZO.csv:rating; default: every column of signals/<market>.csv.")
  var column: [String] = []

  @Flag(help: "Rerun the whole agent too, with the options of the configuration.")
  var strategy = false

  @OptionGroup var repair: RepairOption
  @OptionGroup var agent: AgentOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  /// One line of the answer.
  private struct Line {
    var check: String
    var column: String?
    var moment: Timestamp?
    var leak = false
    var time: Timestamp?
    var withFuture: String?
    var without: String?
    var correlation: Double?
    var equalShare: Double?
    var message: String
  }

  func run() async throws {
    let folder = try source.folder()
    let rules = try repair.rules()
    let (primary, related) = try folder.marketWithRelated(
      market, ingested: Timestamp(nanoseconds: 0), repairs: rules)
    let events = MarketHistory.events(primary: primary, related: related)
    guard events.count > 1 else { throw RunnerError(.badData, "\(market): the folder has nothing to check") }
    var check = LookAheadCheck(
      moments: at.isEmpty ? LookAheadCheck.moments(of: events, count: 5) : at, seed: run.seed)
    check.moments.sort()

    let early = events.knownTooEarly()
    var lines = [
      Line(
        check: "times", leak: !early.isEmpty, time: early.first?.knownTime,
        message: early.first.map { "\(early.count) facts known before they happened, first of \($0.symbol) \($0.date)" }
          ?? "no fact is known before it happened")
    ]
    lines += add("import", try check.importLeaks(of: folder, market: market, repairs: rules), check.moments)
    let instrument = primary.instrument
    let features = check.leaks(in: events) {
      LookAheadRows(FeatureTable(events: $0, instrument: instrument, relatedSymbols: instrument.related))
    }
    lines += add("features", features, check.moments)
    lines += try columns(folder, primary)
    if strategy { lines += try await decisions(primary, related, check.moments) }

    try write(lines)
    let leaks = lines.filter(\.leak)
    guard leaks.isEmpty else {
      throw RunnerError(
        .badData, "\(leaks.count) leak(s): " + leaks.map { "\($0.check) \($0.column ?? "")" }.joined(separator: ", "))
    }
  }

  private func add(_ check: String, _ leaks: [LookAheadCheck.Leak], _ moments: [Timestamp]) -> [Line] {
    guard !leaks.isEmpty else {
      return [Line(check: check, message: "the same to the last bit at \(moments.count) moment(s)")]
    }
    return leaks.map { leak in
      Line(
        check: check, column: leak.column, moment: leak.moment, leak: true, time: leak.time,
        withFuture: leak.withFuture.map(NumberText.text), without: leak.without.map(NumberText.text),
        message: leak.column == nil
          ? "a row comes or goes with the future \(leak.future.rawValue)"
          : "differs with the future \(leak.future.rawValue)")
    }
  }

  private func columns(_ folder: MarketFolder, _ history: MarketHistory) throws -> [Line] {
    var wanted = try column.map { text -> (file: String, name: String) in
      guard let colon = text.lastIndex(of: ":"), colon != text.startIndex, text.index(after: colon) != text.endIndex
      else {
        throw RunnerError(.usage, "--column '\(text)': FILE:NAME is expected, as in signals/ZO.csv:rating")
      }
      return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
    let signals = "signals/\(history.instrument.symbol).csv"
    if column.isEmpty, FileManager.default.fileExists(atPath: "\(folder.path)/\(signals)") {
      wanted = try folder.numericColumns(of: signals).map { (signals, $0) }
    }
    return try wanted.map { file, name in
      let values = try folder.column(name, of: file)
      let verdict: ColumnLeakCheck.Verdict
      do {
        verdict = try ColumnLeakCheck().verdict(on: values, named: name, against: history)
      } catch {
        throw RunnerError(.badData, "\(file): \(error)")
      }
      let strength = NumberText.text((verdict.correlation * 1000).rounded() / 1000)
      return Line(
        check: "column", column: "\(file):\(name)", leak: verdict.isLeak, correlation: verdict.correlation,
        equalShare: verdict.equalShare,
        message: verdict.isLeak
          ? "knows the price \(verdict.datesAhead) date(s) ahead: \(verdict.form) goes with that change by \(strength)"
          : "nothing implausible in \(verdict.rows) dates; strongest relation \(strength), \(verdict.datesAhead) ahead")
    }
  }

  private func decisions(
    _ primary: MarketHistory, _ related: [MarketHistory], _ moments: [Timestamp]
  ) async throws -> [Line] {
    guard let first = primary.bars.first?.date, let last = primary.bars.last?.date else { return [] }
    let check = StrategyLookAhead(
      settings: try agent.settings(seed: run.seed), moments: moments, seed: run.seed, threads: run.threads)
    let leaks = try await check.leaks(market: primary, related: related, from: first, to: last)
    guard !leaks.isEmpty else {
      return [Line(check: "strategy", message: "the same decisions at \(moments.count) moment(s)")]
    }
    return leaks.map { leak in
      Line(
        check: "strategy", moment: leak.moment, leak: true, withFuture: leak.withFuture, without: leak.without,
        message: "entry \(leak.entry) differs with the future \(leak.future.rawValue)")
    }
  }

  private func write(_ lines: [Line]) throws {
    var table = RowTable(rows: lines.count)
    table.add(column: "check", lines.map { $0.check })
    table.add(column: "leak", lines.map { $0.leak ? "yes" : "no" })
    table.add(column: "column", lines.map { $0.column })
    table.add(column: "moment", lines.map { $0.moment?.description })
    table.add(column: "time", lines.map { $0.time?.description })
    table.add(column: "with_future", lines.map { $0.withFuture })
    table.add(column: "without", lines.map { $0.without })
    table.add(column: "correlation", lines.map { $0.correlation })
    table.add(column: "equal_share", lines.map { $0.equalShare })
    table.add(column: "message", lines.map { $0.message })
    try output.write(rows: table)
  }
}
