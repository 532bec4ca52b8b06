/// The parameters of one simulated futures market.
///
/// Volatilities are per √year, half-lives in trading days unless a unit is named. The values in `MarketModel.oats` were
/// found by experiment, so that the mean over worlds meets the figures measured on real oats.
public struct MarketModel: Hashable, Codable, Sendable {
  public var symbol: String
  /// The market's name among the held-contract files, as in `OATIES`.
  public var carryCode: String
  public var name: String
  public var cycle: ContractCycle
  /// Price step in hundredths of a price unit: 25 is a quarter of a cent.
  public var tickHundredths: Int
  /// Currency per 1.00 of price.
  public var pointValue: Double
  /// Largest change of a day's settlement in ticks; nil for none.
  public var limitTicks: Int?
  public var initialMargin: Double?
  /// Currency per contract and side.
  public var commission: Double
  /// Half of the bid-ask spread in price units.
  public var halfSpread: Double
  /// The price level to which newly listed contracts are drawn, and how long half of the way takes, in years.
  public var level: Double
  public var levelHalfLifeYears: Double
  public var volatility: VolatilityModel
  public var curve: CurveModel
  public var settlement: SettlementModel
  public var activity: ActivityModel
  /// Expected return of a long position a year, paid by nobody's forecast: a risk premium.
  public var premium: Double
  /// Correlations of the daily shocks with corn, wheat and soybeans.
  public var correlations: [Double]
  /// The same in a sell-off that takes all grains along.
  public var selloffCorrelations: [Double]
}

/// Volatility: a base times two mean-reverting factors in logarithms, a month factor and a regime's factor.
public struct VolatilityModel: Hashable, Codable, Sendable {
  /// Volatility in the middle of everything.
  public var base: Double
  /// Stationary standard deviations of the logarithmic factors.
  public var fastSpread: Double
  public var slowSpread: Double
  public var fastHalfLife = 10.0
  public var slowHalfLife = 120.0
  /// Twelve factors, January first.
  public var months: [Double]
  /// Degrees of freedom of the daily shocks, an integer above 2; shocks are scaled to variance one. All grains take
  /// those of oats.
  public var degreesOfFreedom: Int
  /// Probability of a jump on a monthly report day, and jumps a year on other days.
  public var reportJumpProbability: Double
  public var otherJumpsPerYear: Double
  /// Standard deviation of a jump, in daily standard deviations of that day.
  public var jumpSize: Double
}

/// How shocks act along the curve: `σ (a e₁ + b e₂) / norm` with `a = exp(-levelDecay T)`, `b = slope exp(-slopeDecay T)`.
///
/// `T` is the time to expiry in years; `norm` makes the factor one at `referenceDays`.
public struct CurveModel: Hashable, Codable, Sendable {
  public var levelDecay: Double
  public var slope: Double
  public var slopeDecay: Double
  public var referenceDays = 75.0
  /// Extra volatility at expiry, `1 + nearExpiry exp(-T / 30 days)`.
  public var nearExpiry: Double
  /// Logarithmic price offset of each listed delivery month, in the order of `ContractCycle.months`.
  public var seasonal: [Double]
  /// Standard deviation of a contract's own logarithmic offset, drawn when it is listed.
  public var contractSpread: Double
}

/// How a settlement is made of the true price.
public struct SettlementModel: Hashable, Codable, Sendable {
  /// Share of a day's move that reaches the settlement only on the next day.
  public var staleness: Double
  /// Probabilities that a price is rounded to a whole or to a half unit rather than to the tick.
  public var wholeShare: Double
  public var halfShare: Double
}

/// Trading volume and open interest by contract.
public struct ActivityModel: Hashable, Codable, Sendable {
  /// Multiplies the volume profile of the second-nearby contract.
  public var volumeScale: Double
  /// Factor on the volume of each listed delivery month, in the order of `ContractCycle.months`.
  public var monthScale: [Double]
  /// Market-wide logarithmic factor: stationary standard deviation and daily autocorrelation.
  public var commonSpread: Double
  public var commonPersistence: Double
  /// How much further the common factor falls than it rises: `x - skew (x² - 1)`, scaled back to variance one.
  public var commonSkew: Double
  /// Mean of the exponential that is taken off the logarithm of a contract's volume: quiet days are very quiet.
  public var quietness: Double
  /// Expected volume at which every second day is empty; the probability of none is `e / (e + expected volume)`.
  public var emptyVolume: Double
  /// Open interest of a contract at its height.
  public var openInterest: Double
}
