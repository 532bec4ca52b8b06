import ArgumentParser
import HydraCore

/// `hydra study faults`: which faults of single columns the agent's watch finds, and what it calls them.
struct StudyFaultsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "faults",
    abstract:
      "Plant faults of single columns in generated worlds; count which are found within a year, and by which name.")

  @Option(help: "Worlds.")
  var seeds = 5

  @Option(help: "Columns of each world that get each fault, in turn.")
  var columns = 6

  @Option(help: "Calendar years of each world.")
  var years = 14

  @Option(help: "Also write a row for each planted fault to this CSV file.")
  var plantRows: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  func validate() throws {
    guard (1...10_000).contains(seeds) else { throw ValidationError("--seeds is \(seeds); it must be 1 to 10000") }
    guard (1...1000).contains(columns) else { throw ValidationError("--columns is \(columns); it must be 1 to 1000") }
    guard (10...60).contains(years) else { throw ValidationError("--years is \(years); it must be 10 to 60") }
    guard run.seed <= UInt64.max / 2 else { throw ValidationError("--seed is too large") }
  }

  func run() async throws {
    var study = FaultStudy()
    (study.columns, study.years) = (columns, years)
    let bar = ProgressBar("study", quiet: run.quiet)
    let worlds = try await study.worlds(seeds: run.seed..<run.seed + UInt64(seeds), threads: run.threads) {
      bar.update($0, of: $1)
    }
    let plants = worlds.flatMap(\.plants)
    if let plantRows { try OutputOptions.write(Self.table(plants).text(.csv), to: plantRows) }
    let kinds = ColumnFault.Kind.allCases.map { kind in (kind.rawValue, plants.filter { $0.kind == kind }) }
    let years = worlds.map(\.years).reduce(0, +)
    let falseFaults = worlds.flatMap { world in world.falseFaults.map { "seed \(world.seed), \($0)" } }
    try output.write(
      summary: .object([
        ("worlds", JSONValue(worlds.count)),
        ("faults", .object((kinds + [("total", plants)]).map { (key: $0.0, value: Self.counts($0.1)) })),
        ("years_without_a_plant", .number(years)), ("false_data_faults", JSONValue(falseFaults.count)),
        ("false_data_faults_a_year", .number(Double(falseFaults.count) / years)),
        ("false_evidence", JSONValue(falseFaults)),
      ]))
  }

  private static func counts(_ plants: [FaultStudy.Plant]) -> JSONValue {
    let delays = plants.compactMap(\.delay).map(Double.init)
    return [
      "planted": JSONValue(plants.count), "found_within_a_year": JSONValue(delays.count),
      "named_first": JSONValue(plants.count { $0.firstCause == .dataFault }),
      "column_named": JSONValue(plants.count(where: \.namesColumn)),
      "median_delay_bars": delays.isEmpty ? .null : .number(Statistics.median(delays)),
    ]
  }

  private static func table(_ plants: [FaultStudy.Plant]) -> RowTable {
    var table = RowTable(rows: plants.count)
    table.add(column: "seed", plants.map { String($0.seed) })
    table.add(column: "fault", plants.map { $0.kind.rawValue })
    table.add(column: "column", plants.map { $0.column })
    table.add(column: "date", plants.map { $0.date.description })
    table.add(column: "delay_bars", plants.map { $0.delay.map(Double.init) })
    table.add(column: "first_cause", plants.map { $0.firstCause?.rawValue })
    table.add(column: "evidence", plants.map { $0.evidence })
    return table
  }
}
