import HydraNumerics

/// A finished replay run with all that is needed to repeat it: data, strategy, settings, seed, and hashes of each.
public struct ReplayRecord: Sendable {
  public let file: String
  public let dataHash: String
  public let configuration: ReplayConfiguration
  public let report: ReplayReport
  /// The fills as CSV.
  public let fills: String
  public let summary: JSONValue
  /// Everything that was made, by the names of its files: fills, the account by settlement, the summary, and where asked
  /// for the data for pictures, the fill probabilities, and the run under other assumptions.
  public let files: [(name: String, text: String)]
  private let values: [String: String]
  /// Hashes of the files that settings name.
  private let inputs: [(key: String, hash: String)]

  /// Runs a strategy over a file.
  ///
  /// Throws `ReplayConfiguration.Fault` for what cannot be run, and what reading the file throws.
  ///
  /// - Parameter threads: for repetitions of the run, where asked for; the results do not depend on it.
  public init(file: String, strategy: String, values: [String: String], seed: UInt64, threads: Int = 1) throws {
    self.file = file
    self.values = values
    let configuration = try ReplayConfiguration(strategy: strategy, values: values, seed: seed)
    self.configuration = configuration
    guard file != "-" else {
      throw ReplayConfiguration.Fault(description: "a run is of a file, which is read again to verify it, not of '-'")
    }
    guard let scale = TickScale(tick: configuration.settings.tick) else {
      throw ReplayConfiguration.Fault(description: "tick is \(configuration.settings.tick)")
    }
    var inputs: [(String, String)] = []
    for key in ReplayConfiguration.fileKeys {
      if let path = values[key] { inputs.append((key, try Self.hash(of: path))) }
    }
    self.inputs = inputs
    let open: @Sendable () throws -> ReplayFile = {
      try ReplayFile(
        path: file, scale: scale, instrument: configuration.instrument, contract: configuration.contract,
        zone: configuration.zone)
    }
    let source = try open()
    let contents = source.contents
    try configuration.check(contents)
    var settings = configuration.settings
    if settings.hours != nil, contents == .orders || contents == .levels {
      throw ReplayConfiguration.Fault(
        description: "cost_hours is for quotes and bars, whose spread is not recorded, not for \(contents.rawValue)")
    }
    try Self.check(settings.roll, source)
    let plain = settings
    try Self.check(costPercentile: configuration, contents)
    // What was learnt of costs holds for the run itself: at its median, where nothing else is asked for.
    if let percentile = configuration.costPercentile ?? (settings.costPosterior == nil ? nil : 0.5) {
      settings = settings.atCost(percentile: percentile, contents)
    }
    report = try ReplayRun.run(source, strategy: configuration.makeStrategy(), settings: settings)
    if report.events == 0, let chosen = configuration.contract ?? configuration.instrument.map({ "\($0)" }) {
      throw ReplayConfiguration.Fault(description: "\(file): holds nothing of '\(chosen)'", kind: .data)
    }
    // Afterwards: a large file takes longer to hash than the strategy should wait for its first event.
    dataHash = try Self.hash(of: file)
    fills = report.fillsCSV(scale)
    var summary = report.summary(settings)
    if source.otherRecords > 0 { summary["other_records"] = JSONValue(source.otherRecords) }
    if let posterior = settings.costPosterior { summary["cost_calibration"] = posterior.json }
    var files = [("fills.csv", fills), ("equity.csv", report.equityCSV(settings, scale))]
    if source.hasContracts { files.append(("rolls.csv", report.rollsCSV(settings, scale))) }
    if settings.traceInterval != nil {
      files += [("book.csv", report.bookCSV(scale)), ("queue.csv", report.queueCSV(scale))]
    }
    let again = Repetition(
      configuration: configuration, settings: settings, plain: plain, contents: contents, open: open)
    if configuration.queueDraws > 0 {
      guard contents == .levels else {
        throw ReplayConfiguration.Fault(description: "queue_draws is for price levels, not for \(contents.rawValue)")
      }
      let bands = try again.bands(threads: threads)
      summary["queue_bands"] = bands.json
      files.append(("fill_probability.csv", bands.ordersCSV(scale)))
    }
    if configuration.hasSensitivity { summary["sensitivity"] = try again.sensitivity(threads: threads) }
    if !configuration.capacity.isEmpty { summary["capacity"] = try again.capacity(threads: threads) }
    self.summary = summary
    self.files = files + [("summary.json", summary.text + "\n")]
  }

  /// Repeats the run that a manifest tells of; `data` is where its file stands now.
  public init(manifest: JSONValue, data: String? = nil, threads: Int = 1) throws {
    guard let strategy = manifest["strategy"]?.string, let file = data ?? manifest["data"]?["file"]?.string,
      let seed = manifest["seed"]?.int, seed >= 0, let settings = manifest["set"]?.object
    else { throw ReplayConfiguration.Fault(description: "has no strategy, data, seed or set") }
    var values: [String: String] = [:]
    for (key, value) in settings {
      guard let text = value.string else { throw ReplayConfiguration.Fault(description: "set '\(key)' is no text") }
      values[key] = text
    }
    try self.init(file: file, strategy: strategy, values: values, seed: UInt64(seed), threads: threads)
  }

  /// What the run was made of, and the hashes of what it gave.
  public func manifest(version: String) -> JSONValue {
    [
      "version": .string(version), "data": ["file": .string(file), "sha256": .string(dataHash)],
      "strategy": .string(configuration.strategy), "seed": .integer(Int64(clamping: configuration.settings.seed)),
      "set": .object(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
      "inputs": .object(inputs.map { ($0.key, .string($0.hash)) }),
      "results": .object(files.map { ($0.name, .string(SHA256.hash($0.text))) }),
    ]
  }

  /// Whether data and results are those of a manifest, by name.
  public func compare(_ manifest: JSONValue) -> [(String, Bool)] {
    let own = self.manifest(version: "")
    let data = ("data", manifest["data"]?["sha256"] == own["data"]?["sha256"])
    let settings = inputs.map {
      ("input_\($0.key)", manifest["inputs"] == nil || manifest["inputs"]?[$0.key]?.string == $0.hash)
    }
    return [data] + settings
      + files.map { file in
        let name = file.name.split(separator: ".").first.map(String.init) ?? file.name
        return (name, manifest["results"]?[file.name] == own["results"]?[file.name])
      }
  }

  /// A percentile of the cost needs a cost function, and something in it.
  private static func check(
    costPercentile configuration: ReplayConfiguration, _ contents: ReplayFile.Contents
  ) throws(ReplayConfiguration.Fault) {
    guard configuration.costPercentile != nil else { return }
    let run = configuration.settings
    if contents == .orders || contents == .levels {
      throw ReplayConfiguration.Fault(
        description: "cost_percentile is for quotes and bars; on \(contents.rawValue) orders pay what the book shows")
    }
    if contents == .bars, run.cost == nil, run.costPosterior == nil, run.halfSpreadTicks == 0 {
      throw ReplayConfiguration.Fault(
        description: "cost_percentile needs a cost on bars: half_spread, impact, cost_fills or cost_cousins")
    }
  }

  /// A rule for rolls needs bars of several contracts, and the figures it looks at.
  private static func check(_ rule: RollRule?, _ file: ReplayFile) throws(ReplayConfiguration.Fault) {
    guard let rule else { return }
    guard file.hasContracts else {
      throw ReplayConfiguration.Fault(
        description: "roll is for bars of several contracts, with a column 'contract' and no setting 'contract'; "
          + "\(file.file) holds \(file.contents.rawValue) of one")
    }
    if case .openInterest = rule, !file.hasOpenInterest {
      throw ReplayConfiguration.Fault(description: "roll=open_interest needs a column 'open_interest'", kind: .data)
    }
  }

  /// SHA-256 of a file's content, decompressed, in bounded memory.
  private static func hash(of file: String) throws -> String {
    let source = try ByteSource(path: file)
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let got = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
      if got == 0 { return hash.hex() }
      buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
    }
  }
}
