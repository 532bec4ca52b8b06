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
  private let values: [String: String]

  /// Runs a strategy over a file.
  ///
  /// Throws `ReplayConfiguration.Fault` for what cannot be run, and what reading the file throws.
  public init(file: String, strategy: String, values: [String: String], seed: UInt64) throws {
    self.file = file
    self.values = values
    configuration = try ReplayConfiguration(strategy: strategy, values: values, seed: seed)
    guard let scale = TickScale(tick: configuration.settings.tick) else {
      throw ReplayConfiguration.Fault(description: "tick is \(configuration.settings.tick)")
    }
    dataHash = try Self.hash(of: file)
    let source = try ReplayFile(path: file, scale: scale, instrument: configuration.instrument)
    report = try ReplayRun.run(
      source, strategy: configuration.makeStrategy(), settings: configuration.settings)
    fills = report.fillsCSV(scale)
    summary = report.summary(configuration.settings)
  }

  /// Repeats the run that a manifest tells of; `data` is where its file stands now.
  public init(manifest: JSONValue, data: String? = nil) throws {
    guard let strategy = manifest["strategy"]?.string, let file = data ?? manifest["data"]?["file"]?.string,
      let seed = manifest["seed"]?.int, seed >= 0, let settings = manifest["set"]?.object
    else { throw ReplayConfiguration.Fault(description: "has no strategy, data, seed or set") }
    var values: [String: String] = [:]
    for (key, value) in settings {
      guard let text = value.string else { throw ReplayConfiguration.Fault(description: "set '\(key)' is no text") }
      values[key] = text
    }
    try self.init(file: file, strategy: strategy, values: values, seed: UInt64(seed))
  }

  /// What the run was made of, and the hashes of what it gave.
  public func manifest(version: String) -> JSONValue {
    [
      "version": .string(version), "data": ["file": .string(file), "sha256": .string(dataHash)],
      "strategy": .string(configuration.strategy), "seed": .integer(Int64(clamping: configuration.settings.seed)),
      "set": .object(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
      "results": [
        "fills.csv": .string(SHA256.hash(fills)), "summary.json": .string(SHA256.hash(summary.text + "\n")),
      ],
    ]
  }

  /// Whether data, fills and summary are those of a manifest, by name.
  public func compare(_ manifest: JSONValue) -> [(String, Bool)] {
    let own = self.manifest(version: "")
    return [
      ("data", manifest["data"]?["sha256"] == own["data"]?["sha256"]),
      ("fills", manifest["results"]?["fills.csv"] == own["results"]?["fills.csv"]),
      ("summary", manifest["results"]?["summary.json"] == own["results"]?["summary.json"]),
    ]
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
