import ArgumentParser
import Foundation
import HydraCore

/// `hydra replay run`: a strategy over a recorded market.
struct ReplayRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a strategy over recorded orders, price levels or bars.",
    discussion: """
      FILE is CSV, told by its columns, DBN (mbo, mbp-1, mbp-10, tbbo, bbo, trades, ohlcv), or a LEAN archive of one day \
      (minute trades and quotes, trade ticks); .gz and .zst as they are:
        orders  ts,kind,id,side,price,qty   kind add, del, mod, exec, trade, clear, session_end
        levels  ts,kind,side,price,qty      kind depth, trade (side of the aggressor), clear, session_end
        quotes  ts,bid,bid_qty,ask,ask_qty  and perhaps kind,side,price,qty; kind quote, trade, clear, session_end
        bars    ts,open,high,low,close,volume   and perhaps contract (ZOZ25, 2025-12), open_interest
      Events may be of the session too: kind phase_pre_open, phase_no_cancel, phase_open, phase_halt, phase_closed, \
      limit_low, limit_high, settle (price), first_notice, expiry.
      ts is in nanoseconds since 1970; a column 'known' may follow: when the event could be known. A column 'contract' may follow
      too: orders, levels and quotes are of one contract, or of the one that contract=NAME takes.

      Writes DIR/fills.csv, DIR/equity.csv, DIR/summary.json and DIR/manifest.json (hashes of data and results, settings, \
      version), DIR/statistics.json (Sharpe ratio of the changes between settlements, probabilistic and deflated, minimum \
      track record, Newey-West t, drawdown) and prints the summary; 'hydra replay verify DIR' repeats the run.

      Strategies and their settings:
        quoter    interval_s (60), lots (1), max_position (5)
        sma       fast (20), slow (50), lots (1); bars
        executor  side (buy), lots (1), interval_s (10), patience_s (600), protection_ticks (4)
        none
      Settings of every run: tick (0.25), point_value (1), fee (0, per lot and side), latency_ms (0, each way), \
      entry_latency_ms, cancel_latency_ms, modify_latency_ms, response_latency_ms, feed_latency_ms, jitter_ms (0), \
      queue_model (risk_averse, power, power2, power3, log, log2), n (1), half_spread (0, bars), participation (0.1, \
      bars and quotes), smp (off, cancel_resting, cancel_newest), instrument (of a DBN file), contract and zone (new_york, \
      chicago; of an archive), seed.
      Bars of several contracts are one run that always holds one of them: roll (first_notice, volume, open_interest) and \
      roll_days (trade dates before first notice, 5, or in a row with more in the next contract, 2); two fills each with its \
      cost, rolls.csv. contract=NAME takes the bars of one alone.
      Costs on quotes and bars: impact (Y; 0.8 on quotes, none on bars), impact_exponent (0.5), adv and sigma_daily (else \
      of the days before), cost_percentile (5, 50, 95, …), cost_fills (CSV of own fills to learn costs from: \
      half_spread,impact,cost or half_spread,lots,adv,sigma_daily,cost) with cost_noise (one tick), cost_cousins (CSV of fills \
      in other markets, a column market more: the prior, cost_widening 1.5 times as wide), cost_hours (CSV of multipliers by \
      time of day, UTC: from,spread,impact with from like 13:30).
      Account: capital, initial_margin, maintenance_margin or margins (CSV with dates: date,initial,maintenance), \
      margin_call (close, block), position_limit, spot_limit.
      More output: trace_s (book.csv and queue.csv for pictures), queue_draws (fill_probability.csv and bands, levels), \
      sensitivity=1 (queue models, latencies, cost percentiles), capacity (sizes like 1,2,5).
      """)

  @Argument(help: "File of events or bars.")
  var file: String

  @Option(help: "quoter, sma, executor or none.")
  var strategy: String

  @Option(name: .customLong("set"), help: "key=value; may be repeated.")
  var sets: [String] = []

  @Option(help: "Configurations tried so far, failed ones included: what the deflated Sharpe ratio is held to.")
  var trials = 1

  @Option(name: .customLong("dir"), help: "Folder for fills, summary and manifest.")
  var directory: String = "replay-run"

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard trials > 0 else { throw ValidationError("--trials is below 1") }
  }

  func run() async throws {
    var values: [String: String] = [:]
    for pair in sets {
      guard let place = pair.firstIndex(of: "=") else { throw RunnerError(.usage, "--set '\(pair)' is not key=value") }
      values[String(pair[..<place])] = String(pair[pair.index(after: place)...])
    }
    let record: ReplayRecord
    do {
      record = try ReplayRecord(
        file: file, strategy: strategy, values: values, seed: common.seed, threads: common.threads)
    } catch let fault as ReplayConfiguration.Fault {
      throw RunnerError(fault.kind == .noFile ? .noInput : fault.kind == .data ? .badData : .usage, fault.description)
    }
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw RunnerError(.cannotCreate, "\(directory): cannot be made")
    }
    for file in record.files { try OutputOptions.write(file.text, to: "\(directory)/\(file.name)") }
    let statistics = ReplayStatistics.summary(of: record, trials: trials)
    let text = statistics.prettyText + "\n"
    try OutputOptions.write(text, to: "\(directory)/\(ReplayStatistics.file)")
    var manifest = record.manifest(version: Version.number)
    manifest["trials"] = JSONValue(trials)
    manifest["statistics"] = .string(SHA256.hash(text))
    try OutputOptions.write(manifest.prettyText + "\n", to: "\(directory)/manifest.json")
    var summary = record.summary
    summary["statistics"] = statistics
    try output.write(summary: summary)
  }
}

/// `hydra replay verify`: the same run again.
struct ReplayVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Repeat a run from its manifest and compare the hashes of data and results; 65 when one differs.")

  @Argument(help: "Folder of the run.")
  var directory: String

  @Option(help: "The data, when they stand elsewhere now.")
  var data: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let path = "\(directory)/manifest.json"
    let manifest: JSONValue
    do {
      manifest = try JSONValue(parsing: FileBytes.read(path))
    } catch let error as JSONError {
      throw RunnerError(.badData, "\(path): \(error.description)")
    }
    let record: ReplayRecord
    do {
      record = try ReplayRecord(manifest: manifest, data: data, threads: common.threads)
    } catch let fault as ReplayConfiguration.Fault {
      throw RunnerError(.badData, "\(path): \(fault.description)")
    }
    var checks = record.compare(manifest)
    var hashes = record.files.map { ($0.name, manifest["results"]?[$0.name]?.string ?? "") }
    if let hash = manifest["statistics"]?.string {
      let statistics = ReplayStatistics.summary(of: record, trials: manifest["trials"]?.int ?? 1)
      checks.append(("statistics", SHA256.hash(statistics.prettyText + "\n") == hash))
      hashes.append((ReplayStatistics.file, hash))
    }
    let files = try hashes.map { name, hash in
      (name, SHA256.hash(try FileBytes.readRaw("\(directory)/\(name)")) == hash)
    }
    let all = checks + files.map { ("file_\($0.0)", $0.1) }
    let same = all.allSatisfy(\.1)
    var summary: JSONValue = ["same": .bool(same)]
    for (name, holds) in all { summary[name] = .bool(holds) }
    try output.write(summary: summary)
    guard same else {
      let different = all.filter { !$0.1 }.map(\.0).joined(separator: ", ")
      throw RunnerError(.badData, "\(directory): \(different) differ from the manifest")
    }
  }
}
