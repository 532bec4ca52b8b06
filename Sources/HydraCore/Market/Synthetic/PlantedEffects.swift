import HydraNumerics

/// How later returns depend on what is known: the sizes that make the stated information coefficients true.
///
/// Each day's expected return is `c z σ` with `z` the feature as known the evening before. Over a horizon of h days the
/// correlation of `z` with the return over its volatility is `c √h p`, `p` being the feature's mean autocorrelation at
/// lags 0...h-1, hence `c = IC / (√h p)`.
struct PlantedEffects: Sendable {
  /// Trading days.
  static let horizon = 20
  static let positionsCoefficient = 0.06
  static let carryCoefficient = 0.04
  /// Mean and spread of ln(far / near) a year, see `SyntheticTargets`; the carry feature is (mean - slope) / spread.
  static let slopeMean = -0.07
  static let slopeSpread = 0.33
  /// Features are cut here, so that no day is all effect.
  static let featureBound = 2.5
  /// Mean autocorrelation of the carry feature at lags 0...19, measured over worlds.
  private static let carryPersistence = 0.8

  /// Expected return in daily standard deviations for a feature of one.
  let positions: Double
  let carry: Double

  init(scale: Double) {
    let root = Double(Self.horizon).squareRoot()
    // The newest report changes once a week.
    let daily = Portable.exp(Portable.log(CommitmentsSimulation.weeklyPersistence) / 5)
    var persistence = 0.0
    var power = 1.0
    for _ in 0..<Self.horizon {
      persistence += power
      power *= daily
    }
    persistence /= Double(Self.horizon)
    positions = Self.positionsCoefficient * scale / (root * persistence)
    carry = Self.carryCoefficient * scale / (root * Self.carryPersistence)
  }

  static func bounded(_ feature: Double) -> Double { min(max(feature, -featureBound), featureBound) }

  /// The carry feature of a slope.
  static func carryFeature(slope: Double) -> Double { bounded((slopeMean - slope) / slopeSpread) }

  /// What is written down as truth.
  static func truth(scale: Double) -> [PlantedEffect] {
    [
      PlantedEffect(
        kind: .positions, file: "cot/ZO_commercials.csv", column: "commercial_long,commercial_short",
        informationCoefficient: positionsCoefficient * scale, horizon: horizon,
        feature: "newest published (long - short) / (long + short), less -0.15, over 0.11, cut at 2.5"),
      PlantedEffect(
        kind: .carry, file: "carry/OATIES.csv", column: "carry,price", informationCoefficient: carryCoefficient * scale,
        horizon: horizon,
        feature: "newest recorded ln(carry / price) a year, less 0.07, over 0.33, cut at 2.5"),
      PlantedEffect(
        kind: .decoy, file: "signals/ZO.csv", column: "pasture_rating", informationCoefficient: 0, horizon: horizon,
        feature: "as it stands"),
      PlantedEffect(
        kind: .leak, file: "signals/ZO.csv", column: "elevator_bid", informationCoefficient: nil, horizon: 1,
        feature: "price of the held contract on the next row of carry/OATIES.csv"),
    ]
  }
}

extension PlantedShift {
  /// Added return a year while the drift shift lasts, in either direction.
  static let driftSize = 0.5
  /// Trading days that the drift shift lasts.
  static let driftDays = 252
  /// Factor of the volatility shift, or one over it.
  static let volatilityFactor = 1.5

  /// Three shifts in an order, at dates and in directions that the seed decides, spread over the later part.
  static func plant(days: [CivilDate], seed: UInt64) -> [PlantedShift] {
    var random = CounterRandom(seed: seed, stream: "shifts")
    var kinds = Kind.allCases
    random.shuffle(&kinds)
    return kinds.enumerated().map { place, kind in
      let share = [0.45, 0.63, 0.81][place] + 0.04 * (random.uniform() - 0.5)
      let isUp = random.below(2) == 0
      let day = Int(share * Double(days.count))
      switch kind {
      case .drift:
        let end = day + driftDays
        return PlantedShift(
          kind: kind, date: days[day], until: end < days.count ? days[end] : nil, size: isUp ? driftSize : -driftSize)
      case .volatility:
        return PlantedShift(
          kind: kind, date: days[day], until: nil, size: isUp ? volatilityFactor : 1 / volatilityFactor)
      case .relation: return PlantedShift(kind: kind, date: days[day], until: nil, size: -1)
      }
    }
  }

  func isInForce(on date: CivilDate) -> Bool { date >= self.date && until.map { date < $0 } ?? true }
}
