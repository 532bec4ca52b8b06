import HydraNumerics

/// How later returns depend on what is known: the sizes that make the stated information coefficients true.
///
/// Each day's expected return is `c z σ` with `z` the feature as known the evening before. Over a horizon of h days the
/// correlation of `z` with the return over its volatility is `c g √h`. The gain `g` is near the feature's mean
/// autocorrelation at lags 0...h-1; jumps and changing volatility take a little off. It was measured on pairs of worlds
/// with and without effects, as ``SyntheticStudy`` does. Hence `c = IC / (g √h √(1 - Σ IC²))`.
struct PlantedEffects: Sendable {
  /// Trading days.
  static let horizon = 20
  static let positionsCoefficient = 0.06
  static let carryCoefficient = 0.04
  static let skewCoefficient = 0.03
  /// The carry feature is ln(near / far) a year over this. Its mean is zero, as prices are that keep a level.
  static let slopeSpread = 0.37
  /// Features are cut here, so that no day is all effect.
  static let featureBound = 2.5
  private static let positionsGain = 0.79
  private static let carryGain = 0.83
  private static let skewGain = 0.79

  /// Expected return in daily standard deviations for a feature of one.
  let positions: Double
  let carry: Double
  let skew: Double

  init(scale: Double, options: Bool) {
    let (first, second) = (Self.positionsCoefficient * scale, Self.carryCoefficient * scale)
    let third = options ? Self.skewCoefficient * scale : 0
    // What the effects explain adds to the variance of the return that they are measured against.
    let rest = (Double(Self.horizon) * (1 - first * first - second * second - third * third)).squareRoot()
    positions = first / (rest * Self.positionsGain)
    carry = second / (rest * Self.carryGain)
    skew = third / (rest * Self.skewGain)
  }

  static func bounded(_ feature: Double) -> Double { min(max(feature, -featureBound), featureBound) }

  /// The carry feature of a slope.
  static func carryFeature(slope: Double) -> Double { bounded(-slope / slopeSpread) }

  /// What is written down as truth.
  static func truth(scale: Double, options: Bool) -> [PlantedEffect] {
    let skew = PlantedEffect(
      kind: .skew, file: "options/ZO.csv", column: "bid,ask", informationCoefficient: skewCoefficient * scale,
      horizon: horizon, feature: "newest recorded rho of the smiles, less 0.2, over 0.2, cut at 2.5")
    return (options ? [skew] : []) + [
      PlantedEffect(
        kind: .positions, file: "cot/ZO_commercials.csv", column: "commercial_long,commercial_short",
        informationCoefficient: positionsCoefficient * scale, horizon: horizon,
        feature: "newest published (long - short) / (long + short), less -0.15, over 0.11, cut at 2.5"),
      PlantedEffect(
        kind: .carry, file: "carry/OATIES.csv", column: "carry,price", informationCoefficient: carryCoefficient * scale,
        horizon: horizon,
        feature: "newest recorded ln(carry / price) a year, over 0.37, cut at 2.5"),
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
  static let volatilityFactor = 1.4

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

  /// Factor on the volatility of all days that makes up for a volatility shift: its logarithm then has mean zero over the
  /// days, and a world has the usual volatility whether it rises or falls half-way.
  static func levelBefore(_ shifts: [PlantedShift], days: [CivilDate]) -> Double {
    guard let shift = shifts.first(where: { $0.kind == .volatility }) else { return 1 }
    let share = Double(days.count { shift.isInForce(on: $0) }) / Double(days.count)
    return Portable.exp(-share * Portable.log(shift.size))
  }

  package func isInForce(on date: CivilDate) -> Bool { date >= self.date && until.map { date < $0 } ?? true }
}
