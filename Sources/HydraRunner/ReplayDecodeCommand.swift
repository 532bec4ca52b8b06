import ArgumentParser
import HydraCore

/// `hydra replay decode`: DBN as lines of JSON.
struct ReplayDecodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Print a DBN file as JSON lines: metadata, then each record with its fields as they stand.",
    discussion: "Undefined values are printed as they are coded. A file of records without metadata needs --version-of."
  )

  @Argument(help: "DBN file, plain or zstd; '-' is standard input.")
  var file: String = "-"

  @Option(help: "At most this many records.")
  var limit: Int = .max

  @Option(help: "Version (1, 2, 3) of a fragment.")
  var versionOf: Int?

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let reader = try DBNReader(path: file, version: versionOf)
    var lines: [String] = []
    while let record = try reader.next() {
      if lines.count < limit { lines.append(DBNText.line(record, file: name, index: lines.count)) }
    }
    if let metadata = reader.metadata {
      lines.insert(DBNText.line(metadata, file: name, records: reader.count), at: 0)
    }
    try output.emit(lines.map { $0 + "\n" }.joined())
  }
}
