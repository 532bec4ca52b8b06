import ArgumentParser
import Foundation
import HydraCore

/// `hydra data synth`: writes a generated thin market with its truth.
struct DataSynthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth",
    abstract: "Generate a seeded thin market, in the layout of a market-data folder, with its truth.")

  @Option(help: "Folder to write; made when it is not there.")
  var out: String

  @Option(help: "Seed of the world.")
  var seed: UInt64 = 42

  @Option(help: "Length in calendar years, 1 to 60.")
  var years = 10

  @Option(help: "First calendar day, as in 2005-01-01.")
  var start: String?

  @Flag(help: "Plant no shifts of drift, volatility and relation.")
  var noShifts = false

  @Flag(help: "Let later returns depend on nothing.")
  var noEffects = false

  @Flag(help: "Plant no data faults.")
  var noFaults = false

  @Flag(help: "Write no option chains, and let their skew say nothing.")
  var noOptions = false

  @Option(help: "Factor on the planted information coefficients, 0 to 10; 1 is true to life.")
  var effectScale = 1.0

  @OptionGroup var sessions: SessionOptions

  mutating func validate() throws {
    guard (1...60).contains(years) else { throw ValidationError("--years is \(years); it must be 1 to 60") }
    guard effectScale >= 0, effectScale <= 10 else {
      throw ValidationError("--effect-scale is \(effectScale); it must be 0 to 10")
    }
    if let start, CivilDate(start) == nil {
      throw ValidationError("--start is '\(start)'; it must be a date like 2005-01-01")
    }
    if let date = start.flatMap({ CivilDate($0) }), !(1900...2100).contains(date.year) {
      throw ValidationError("--start is '\(date)'; its year must be 1900 to 2100")
    }
  }

  func run() async throws {
    var settings = SyntheticWorld.Settings(seed: seed, years: years)
    if let start = start.flatMap({ CivilDate($0) }) { settings.start = start }
    settings.shifts = !noShifts
    settings.effects = !noEffects
    settings.faults = !noFaults
    settings.options = !noOptions
    settings.effectScale = effectScale
    sessions.apply(to: &settings)
    let world = SyntheticWorld.generate(settings)
    let files: [SyntheticWorld.FileRecord]
    do {
      files = try world.write(to: out, threads: sessions.threads)
    } catch {
      throw RunnerError(.cannotCreate, "\(out): \(error.localizedDescription)")
    }
    try OutputOptions.parse([]).write(summary: summary(of: world, files))
  }

  private func summary(of world: SyntheticWorld, _ files: [SyntheticWorld.FileRecord]) -> JSONValue {
    .object([
      ("out", .string(out)), ("seed", .number(Double(seed))), ("days", .number(Double(world.days.count))),
      ("from", .string("\(world.days[0])")), ("to", .string("\(world.days[world.days.count - 1])")),
      ("files", .number(Double(files.count))), ("faults", .number(Double(world.truth.faults.count))),
      ("books", .array(world.bookDates.map { .string("\($0)") })),
      ("hash", .string(SyntheticWorld.hash(of: files))),
      (
        "shifts",
        .array(
          world.truth.shifts.map {
            .object([("kind", .string($0.kind.rawValue)), ("date", .string("\($0.date)")), ("size", .number($0.size))])
          })
      ),
    ])
  }
}

/// What is generated inside of days.
struct SessionOptions: ParsableArguments {
  @Option(
    help: "Trading days at the end with minute bars of every contract (bars-1m/): no line for a minute without a trade."
  )
  var minuteDays = 252

  @Option(help: "Days of the last year with an order-by-order book (book/), quotes by the minute and their truth.")
  var bookDays = 3

  @Option(name: .customLong("book"), help: "A further day with a book, as in 2014-12-05; may be repeated.")
  var books: [CivilDate] = []

  @Option(help: "Threads that make and write the files; the bytes do not depend on them.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  mutating func validate() throws {
    guard (0...20_000).contains(minuteDays) else {
      throw ValidationError("--minute-days is \(minuteDays); it must be 0 to 20000")
    }
    guard (0...1000).contains(bookDays) else {
      throw ValidationError("--book-days is \(bookDays); it must be 0 to 1000")
    }
    guard (1...64).contains(threads) else { throw ValidationError("--threads is \(threads); it must be 1 to 64") }
  }

  func apply(to settings: inout SyntheticWorld.Settings) {
    settings.minuteDays = minuteDays
    settings.bookDays = bookDays
    settings.bookDates = books
  }
}

/// `hydra data study`: measures generated worlds against the figures of real oats, and the checks against their faults.
struct DataStudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Measure generated markets against the figures of real oats, and how many planted faults are found.",
    shouldDisplay: false)

  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  @Option(help: "Worlds; their seeds count up from --seed.")
  var seeds = 20

  @Option(help: "Length of each world in calendar years, 1 to 60.")
  var years = 10

  @Flag(help: "Plant no shifts.")
  var noShifts = false

  @Option(help: "Factor on the planted information coefficients, 0 to 10.")
  var effectScale = 1.0

  mutating func validate() throws {
    guard (1...10_000).contains(seeds) else { throw ValidationError("--seeds is \(seeds); it must be 1 to 10000") }
    guard (1...60).contains(years) else { throw ValidationError("--years is \(years); it must be 1 to 60") }
    guard effectScale >= 0, effectScale <= 10 else {
      throw ValidationError("--effect-scale is \(effectScale); it must be 0 to 10")
    }
    guard run.seed <= UInt64.max - 10_000 else { throw ValidationError("--seed is too large") }
  }

  func run() async throws {
    var settings = SyntheticWorld.Settings(years: years)
    settings.shifts = !noShifts
    settings.options = true
    settings.effectScale = effectScale
    let bar = ProgressBar("worlds", quiet: run.quiet)
    Interruption.watch()
    let rows = try SyntheticStudy.run(
      settings: settings, seeds: run.seed...run.seed + UInt64(seeds - 1), threads: run.threads
    ) { progress in
      bar.update(progress.done, of: progress.total)
      if let signal = Interruption.signal { throw ExitCode(128 + signal) }
    }
    let checks = try DataCheckStudy.run(settings: settings, seeds: run.seed...run.seed + UInt64(seeds - 1))
    let found = checks.filter { $0.planted > 0 }
    let falseAYear = Double(checks.reduce(0) { $0 + $1.unplanted }) / Double(seeds * years)
    let empty = [Double?](repeating: nil, count: found.count)
    var table = RowTable(rows: rows.count + found.count + 2)
    table.add(
      column: "property",
      rows.map { $0.target.name } + found.map { "planted \($0.kind.rawValue), found %" }
        + ["planted faults", "false findings a year"])
    table.add(
      column: "target",
      rows.map { $0.target.aim } + found.map { "all of \($0.planted)" } + [nil, "at most 1"])
    table.add(column: "low", rows.map { $0.target.low } + found.map { _ in 100 } + [nil, nil])
    table.add(column: "high", rows.map { $0.target.high } + empty + [nil, 1])
    table.add(
      column: "measured",
      rows.map { ($0.mean * 10_000).rounded() / 10_000 }
        + found.map { (10_000 * Double($0.found) / Double($0.planted)).rounded() / 100 }
        + [Double(checks.reduce(0) { $0 + $1.planted }), (falseAYear * 10_000).rounded() / 10_000])
    table.add(
      column: "standard_error",
      rows.map { ($0.standardError * 10_000).rounded() / 10_000 } + empty + [nil, nil])
    let isMet = rows.map { $0.isMet } + found.map { $0.found == $0.planted } + [nil, falseAYear <= 1]
    table.add(column: "within", isMet.map { $0.map { $0 ? "yes" : "NO" } })
    try output.write(rows: table)
    let missed = isMet.count { $0 == false }
    if missed > 0 { throw RunnerError(.internalError, "\(missed) figures are outside their tolerance") }
  }
}
