import ArgumentParser
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

  @Option(help: "Factor on the planted information coefficients, 0 to 10; 1 is true to life.")
  var effectScale = 1.0

  mutating func validate() throws {
    guard (1...60).contains(years) else { throw ValidationError("--years is \(years); it must be 1 to 60") }
    guard effectScale >= 0, effectScale <= 10 else {
      throw ValidationError("--effect-scale is \(effectScale); it must be 0 to 10")
    }
    if let start, CivilDate(start) == nil {
      throw ValidationError("--start is '\(start)'; it must be a date like 2005-01-01")
    }
  }

  func run() async throws {
    var settings = SyntheticWorld.Settings(seed: seed, years: years)
    if let start = start.flatMap({ CivilDate($0) }) { settings.start = start }
    settings.shifts = !noShifts
    settings.effects = !noEffects
    settings.faults = !noFaults
    settings.effectScale = effectScale
    let world = SyntheticWorld.generate(settings)
    do {
      try world.write(to: out)
    } catch {
      throw RunnerError(.cannotCreate, "\(out): \(error.localizedDescription)")
    }
    try OutputOptions.parse([]).write(summary: summary(of: world))
  }

  private func summary(of world: SyntheticWorld) -> JSONValue {
    .object([
      ("out", .string(out)), ("seed", .number(Double(seed))), ("days", .number(Double(world.days.count))),
      ("from", .string("\(world.days[0])")), ("to", .string("\(world.days[world.days.count - 1])")),
      ("files", .number(Double(world.fileRecords.count))), ("faults", .number(Double(world.truth.faults.count))),
      ("hash", .string(world.hash)),
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
