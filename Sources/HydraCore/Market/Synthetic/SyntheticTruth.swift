import HydraNumerics

/// What a generated world really is: everything that an agent has to find out.
public struct SyntheticTruth: Hashable, Codable, Sendable {
  /// One trading day of the primary market.
  public struct Day: Hashable, Codable, Sendable {
    public var date: CivilDate
    public var regime: MarketRegime
    /// Expected return of the held contract for this day, a year: regime, shift, premium and effects together.
    public var drift: Double
    /// Standard deviation of the held contract's true return for this day, per √year, jumps aside.
    public var volatility: Double
    /// The parts of `drift` that come from the planted drift shift and from the planted effects.
    public var shiftDrift: Double
    public var positionsDrift: Double
    public var carryDrift: Double
    public var skewDrift: Double
    /// The features that carry the effects, standardised, as known before the day.
    public var positionsFeature: Double
    public var carryFeature: Double
    public var skewFeature: Double
    /// Factor on the bid-ask spread, and market makers present.
    public var spreadFactor: Double
    public var makers: Int
    /// Logarithmic jump of the day; zero on most days.
    public var jump: Double
  }

  public var days: [Day]
  public var shifts: [PlantedShift]
  public var effects: [PlantedEffect]
  public var faults: [PlantedFault]
  /// The true smile of each expiry on each day.
  public var smiles: [SyntheticSmile] = []
}

/// A change of the world at a date, of one kind only.
public struct PlantedShift: Hashable, Codable, Sendable {
  /// What was shifted.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// The expected return changes.
    case drift
    /// The volatility changes.
    case volatility
    /// What the positions report says about later returns turns into its opposite.
    case relation
  }

  public var kind: Kind
  /// The first day under the new law.
  public var date: CivilDate
  /// The first day under the old law again; nil when the change lasts.
  public var until: CivilDate?
  /// Drift: added return a year. Volatility: its factor. Relation: the factor on the effect, -1.
  public var size: Double
}

/// A dependence of later returns on something that can be known.
public struct PlantedEffect: Hashable, Codable, Sendable {
  /// What the effect rests on.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Commercial traders' net share of their positions, in the newest published report.
    case positions
    /// The price difference of neighbouring contracts, newest recorded.
    case carry
    /// The asymmetry of the options' smiles, newest recorded.
    case skew
    /// A column that says nothing.
    case decoy
    /// A column that holds the next day's settlement.
    case leak
  }

  public var kind: Kind
  public var file: String
  public var column: String
  /// Correlation of the feature with the return of the next `horizon` days over their volatility; nil for the leak.
  public var informationCoefficient: Double?
  /// Trading days.
  public var horizon: Int
  /// How the feature is made and standardised.
  public var feature: String
}

/// Something wrong that was written into a file on purpose.
public struct PlantedFault: Hashable, Codable, Sendable {
  /// What is wrong.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// The row repeats the settlement of the trade date before.
    case staleSettlement = "stale_settlement"
    /// The row stands twice.
    case duplicate
    /// A price is ten times too large.
    case badTick = "bad_tick"
    /// High and low are exchanged.
    case highBelowLow = "high_below_low"
    /// The settlement lies outside of high and low.
    case outsideRange = "outside_range"
    /// Trade dates in a row say that nothing was traded; the line is that of the first.
    case zeroVolumeRun = "zero_volume_run"
    /// Trade dates are left out before this row.
    case gap
    /// Older rows are in thousand bushels, five to a contract.
    case unitChange = "unit_change"
    /// A report that was published before, with other figures.
    case restatedReport = "restated_report"
    /// A release time is an hour off: it was written with the offset from before the clocks were changed.
    case clockChange = "clock_change"
    /// Reports came out weeks late, two a week.
    case delayedReport = "delayed_report"
    /// No report, because fewer than 20 traders would have been in it; the line is that of the next report.
    case withheldReport = "withheld_report"
    /// The exchange code of a contract was in use ten years before.
    case reusedCode = "reused_code"
    /// An option's bid is above its ask.
    case crossedQuote = "crossed_quote"
    /// An option without a bid settles above its neighbour nearer to the money: an arbitrage, were it a price.
    case settleAboveNeighbour = "settle_above_neighbour"
  }

  public var kind: Kind
  /// Path inside the folder.
  public var file: String
  /// 1-based line of the file; the header is line 1. For a fault of many rows, the first of them.
  public var line: Int
  /// The last line where a fault spans several.
  public var lastLine: Int
  public var date: CivilDate
  public var column: String?
  /// What the field would say without the fault.
  public var trueValue: String?

  /// The kind under which a check of the data reports it.
  public var findingKind: DataFinding.Kind {
    switch kind {
    case .staleSettlement: .staleSettlement
    case .duplicate: .duplicate
    case .badTick: .badTick
    case .highBelowLow: .highBelowLow
    case .outsideRange: .outsideRange
    case .zeroVolumeRun: .zeroVolumeRun
    case .gap: .gap
    case .unitChange: .unitChange
    case .restatedReport: .restatedReport
    case .clockChange: .clockChange
    case .delayedReport: .lateReport
    case .withheldReport: .missingReport
    case .reusedCode: .reusedCode
    case .crossedQuote: .crossedQuote
    case .settleAboveNeighbour: .settleAboveNeighbour
    }
  }
}
