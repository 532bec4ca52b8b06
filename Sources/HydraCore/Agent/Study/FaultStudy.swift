import Foundation
import HydraLearning
import HydraMarket
import HydraNumerics

/// Plants faults of single columns in generated worlds and counts which are found, and by which name.
///
/// The agent's watch runs without its models: the drift monitor on its streams, the weekly look at columns and the
/// diagnosis, with the agent's pauses between two diagnoses. The stream of forecasts says nothing then.
public struct FaultStudy: Sendable {
  /// One planted fault and what became of it.
  public struct Plant: Hashable, Sendable {
    public var seed: UInt64
    public var kind: ColumnFault.Kind
    public var column: String
    public var date: CivilDate
    /// Bars from the fault to the first diagnosis of a data fault; nil when none came within a year.
    public var delay: Int?
    /// The cause of the first diagnosis after the fault, whatever it is; nil without one within a year.
    public var firstCause: Cause?
    /// What the diagnosis of a data fault said.
    public var evidence: String?
    /// Whether that names the column.
    public var namesColumn: Bool { evidence?.hasPrefix(column + " ") ?? false }
  }

  /// One world: its plants, and the data faults named in it where none was planted.
  public struct World: Hashable, Sendable {
    public var seed: UInt64
    /// Years watched without a plant.
    public var years: Double
    public var plants: [Plant]
    /// Evidence of data faults without a plant.
    public var falseFaults: [String]
  }

  public var years = 14
  public var effectScale = 5.0
  /// Columns of each world that get each fault, taken in turn from all that are delivered.
  public var columns = 6
  public var settings = AgentSettings()

  public init() {}

  /// Bars before the fault that are watched, and bars after it in which it may be found.
  static let warmUpBars = 1500
  static let foundBars = 250

  /// One world, without shifts or faults of its own.
  ///
  /// - Complexity: a look a week for each plant over a year, about a tenth of a second each.
  public func world(seed: UInt64) throws -> World {
    var worldSettings = SyntheticWorld.Settings(seed: seed, years: years)
    worldSettings.effectScale = effectScale
    worldSettings.shifts = false
    worldSettings.faults = false
    let sound = try Self.history(SyntheticWorld.generate(worldSettings), horizon: settings.horizon)
    var watch = Watch(sound, settings: settings)
    var random = CounterRandom(seed: seed, stream: "column faults")
    let row = Self.warmUpBars + Int(random.below(250))
    for index in 0..<row { _ = watch.take(sound.history, row: index, values: Array(sound.history.row(index))) }
    // The year before has to have the column: what is not delivered cannot be late.
    let names = sound.history.names
    let delivered = names.indices.filter { column in
      (row - 250..<row).allSatisfy { Array(sound.history.row($0))[column].isFinite }
    }
    var plants: [Plant] = []
    for (place, kind) in ColumnFault.Kind.allCases.enumerated() {
      let season = names.firstIndex(of: "season_sin")
      for index in 0..<(kind == .movedSeason ? 1 : min(columns, delivered.count)) {
        let turn = Int(seed) * columns + index + place
        let column = kind == .movedSeason ? season : delivered[(turn * 7) % delivered.count]
        guard let column else { continue }
        let fault = ColumnFault(kind: kind, column: column, row: row)
        var own = watch
        var plant = Plant(
          seed: seed, kind: kind, column: names[fault.column], date: sound.history.dates[row], delay: nil,
          firstCause: nil, evidence: nil)
        for bar in row..<min(row + Self.foundBars, sound.history.count) {
          guard let diagnosis = own.take(sound.history, row: bar, values: fault.values(sound.history, row: bar)) else {
            continue
          }
          plant.firstCause = plant.firstCause ?? diagnosis.cause
          guard diagnosis.cause == .dataFault else { continue }
          (plant.delay, plant.evidence) = (bar - row, diagnosis.findings[0].evidence)
          break
        }
        plants.append(plant)
      }
    }
    for index in row..<sound.history.count {
      _ = watch.take(sound.history, row: index, values: Array(sound.history.row(index)))
    }
    return World(seed: seed, years: Double(sound.history.count) / 252, plants: plants, falseFaults: watch.faults)
  }

  /// Worlds of some seeds, `threads` at a time, in their order; `progress` is told how many are done.
  public func worlds(
    seeds: Range<UInt64>, threads: Int, progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws -> [World] {
    try await concurrentTasks(seeds.count, threads: threads, progress: progress) {
      try world(seed: seeds.lowerBound + UInt64($0))
    }
  }

  /// The rows that the agent would see, and the price of each.
  private static func history(
    _ world: SyntheticWorld, horizon: Int
  ) throws -> (history: FeatureHistory, prices: [Double]) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-study-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try world.write(to: folder.path)
    return history(
      try RunInput(folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: Timestamp(nanoseconds: 0)),
      horizon: horizon)
  }

  /// The rows of a market that the agent would see, and the price of each.
  static func history(_ input: RunInput, horizon: Int) -> (history: FeatureHistory, prices: [Double]) {
    let instrument = input.market.instrument
    var pipeline = FeaturePipeline(instrument: instrument, relatedSymbols: instrument.related)
    var changes = RollFreeChanges()
    var history = FeatureHistory(names: pipeline.names, horizon: horizon)
    var prices: [Double] = []
    for event in MarketHistory.events(primary: input.market, related: input.related) {
      let vector = pipeline.update(event)
      guard event.symbol == instrument.symbol else { continue }
      if case .roll(let roll) = event { changes.update(roll) }
      guard case .bar(let held) = event, let step = changes.update(held), let vector else { continue }
      history.append(
        vector.values, date: held.date, known: held.times.available, change: step.change ?? .nan,
        volatility: pipeline.volatility.value ?? .nan, completing: nil)
      prices.append(held.close)
    }
    return (history, prices)
  }

  /// The agent's watch over a history that grows.
  struct Watch {
    var history: FeatureHistory
    var monitor: DriftMonitor
    var columns = ColumnWatch()
    var quietUntil = 0
    var faults: [String] = []
    let watched: [Int]
    let prices: [Double]
    let coolDown: Int

    init(_ sound: (history: FeatureHistory, prices: [Double]), settings: AgentSettings) {
      let names = Monitoring.watched(among: sound.history.names)
      watched = names.compactMap { sound.history.names.firstIndex(of: $0) }
      monitor = Monitoring.monitor(watched: names, falseAlarmsPerYear: settings.healing.falseAlarmsPerYear)
      history = FeatureHistory(names: sound.history.names, horizon: sound.history.horizon)
      prices = sound.prices
      coolDown = settings.healing.coolDown
    }

    /// Takes a row as it arrives, and gives the diagnosis that it leads to.
    mutating func take(_ sound: FeatureHistory, row: Int, values: [Double]) -> Diagnosis? {
      history.append(
        values, date: sound.dates[row], known: sound.known[row], change: sound.changes[row],
        volatility: sound.volatilities[row], completing: nil)
      let forecasts = [Double](repeating: .nan, count: history.count)
      let alarms = monitor.update(
        Monitoring.values(history: history, forecasts: forecasts, price: prices[row], watched: watched))
      let fault = columns.update(history)
      guard fault != nil || row >= quietUntil,
        let alarm = fault ?? alarms.max(by: { $0.statistic < $1.statistic }), row >= 750
      else { return nil }
      quietUntil = row + coolDown
      let diagnosis = Diagnostician().diagnose(
        alarm, .init(history: history, forecasts: forecasts, policy: nil))
      if diagnosis.cause == .dataFault { faults.append("\(diagnosis.date): \(diagnosis.findings[0].evidence)") }
      return diagnosis
    }
  }
}
