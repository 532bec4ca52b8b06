import HydraNumerics

/// A thin futures market of our own making, with its neighbours and with the truth about it.
///
/// A world is a seed and a few settings. It is written in the layout of the real sample data, so that the same
/// importer reads both, with `truth/` beside it: what was planted, where, how strong.
///
///     let world = SyntheticWorld.generate(.init(seed: 42, years: 10))
///     try world.write(to: "demo/market")
///     world.truth.shifts            // three dates, one for each kind of change
///
/// The same settings give the same bytes on every machine: the generator counts, functions are `Portable`, numbers are
/// printed by integer arithmetic.
///
/// - Complexity: about 30 ms a year.
public struct SyntheticWorld: Sendable {
  /// What defines a world; everything else follows.
  public struct Settings: Hashable, Codable, Sendable {
    public var seed: UInt64 = 42
    /// Length in calendar years, 1...60.
    public var years = 10
    /// The first calendar day.
    public var start = CivilDate(year: 2005, month: 1, day: 1)
    /// Whether the three known shifts are planted.
    public var shifts = true
    /// Whether later returns depend on positions and carry at all.
    public var effects = true
    /// Factor on the planted information coefficients. One is true to life, where years of data show nothing for
    /// certain; five makes healing visible within a few years.
    public var effectScale = 1.0
    /// Whether data faults are planted.
    public var faults = true
    /// Whether the primary market has options, and their skew its effect: a sixth of a second a year.
    public var options = false
    /// Trading days at the end of the world with minute bars of every contract of the primary market; 0 for none.
    public var minuteDays = 0
    /// Days with an order-by-order book of the held contract, spread over the last year; 0 for none.
    public var bookDays = 0
    /// Further days with a book, by their dates; what is no trading day of the world is passed over.
    public var bookDates: [CivilDate] = []

    public init(seed: UInt64 = 42, years: Int = 10) {
      self.seed = seed
      self.years = years
    }
  }

  public let settings: Settings
  /// Trading days, ascending.
  public let days: [CivilDate]
  public let truth: SyntheticTruth
  /// The primary market and its neighbours: oats, corn, wheat, soybeans, the volatility index.
  let markets: [SyntheticMarket]
  let commitments: CommitmentsSimulation
  let files: [SyntheticFile]
  let sessions: SyntheticSessions

  /// Trading days with an order-by-order book, ascending.
  public var bookDates: [CivilDate] { sessions.bookDays.map { days[$0] } }
}

/// One market of a world: its contracts with prices and activity.
struct SyntheticMarket: Sendable {
  let model: MarketModel
  let curve: CurveSimulation
  let activity: ActivitySimulation

  var schedule: ContractSchedule { curve.schedule }
}
