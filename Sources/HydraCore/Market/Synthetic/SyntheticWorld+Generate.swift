import HydraNumerics

extension SyntheticWorld {
  /// Makes a world.
  ///
  /// - Precondition: 1...60 years; the effect scale is not negative and at most 10; no negative number of days.
  public static func generate(_ settings: Settings) -> SyntheticWorld { generate(settings, oats: .oats) }

  /// The same with other parameters of the primary market; used to find them.
  package static func generate(_ settings: Settings, oats: MarketModel) -> SyntheticWorld {
    precondition((1...60).contains(settings.years), "years are not in 1...60: \(settings.years)")
    precondition((0...10).contains(settings.effectScale), "effect scale is not in 0...10: \(settings.effectScale)")
    precondition(settings.minuteDays >= 0 && settings.bookDays >= 0, "a number of days is negative")
    let (year, month, day) = settings.start.components
    let end = CivilDate(year: year + settings.years, month: month, day: min(day, 28))
    let days = ExchangeCalendar.tradingDays(from: settings.start, to: end)
    let seed = settings.seed

    var regimeRandom = CounterRandom(seed: seed, stream: "regimes")
    let regimes = MarketRegime.path(days: days.count, random: &regimeRandom)
    let shifts = settings.shifts ? PlantedShift.plant(days: days, seed: seed) : []

    let related: [MarketModel] = [.corn, .wheat, .soybeans]
    let order = related + [oats, .volatilityIndex]
    let shocks = GrainShocks(
      days: days.count, degreesOfFreedom: [oats, .volatilityIndex].map(\.volatility.degreesOfFreedom),
      groups: [0, 0, 0, 0, 1],
      usual: Self.correlations(order, \.correlations, corn: (0.58, 0.60), wheatSoybeans: 0.45),
      selloff: Self.correlations(order, \.selloffCorrelations, corn: (0.8, 0.8), wheatSoybeans: 0.7),
      isSelloff: regimes.map { $0 == .selloff }, seed: seed)

    var markets: [SyntheticMarket] = []
    for (index, model) in order.enumerated() where index != 3 {
      markets.append(
        neighbour(
          model, days: days, regimes: regimes, level: shocks.level[index], slope: shocks.slope[index], seed: seed))
    }

    let schedule = ContractSchedule(cycle: oats.cycle, days: days)
    let activity = ActivitySimulation(
      model: oats.activity, symbol: oats.symbol, schedule: schedule, volumeFactor: regimes.map(\.volumeFactor),
      seed: seed)
    let listed = oats.cycle.listed
    let commitments = CommitmentsSimulation(
      days: days, shocks: shocks.level[3],
      openInterest: days.indices.map { day in
        activity.openInterest[day * listed..<(day + 1) * listed].reduce(0) { $0 + Int($1) }
      },
      isThin: regimes.map { $0 == .liquidityDrought }, faults: settings.faults, seed: seed)

    var primary = PrimarySimulation(
      settings: settings, model: oats, schedule: schedule, regimes: regimes, shifts: shifts,
      positions: commitments.knownFeature(days: days))
    for day in days.indices {
      primary.step(day: day, level: shocks.level[3][day], slope: shocks.slope[3][day])
    }
    let market = SyntheticMarket(model: oats, curve: primary.curve, activity: activity)
    markets.insert(market, at: 0)

    var truth = SyntheticTruth(
      days: primary.truth, shifts: shifts,
      effects: settings.effects
        ? PlantedEffects.truth(scale: settings.effectScale, options: settings.options) : [], faults: [])
    var chains = ChainSimulation(seed: seed)
    if settings.options {
      let path = SmilePath(market: market)
      for day in days.indices {
        let held = market.curve.relativeVolatility(day: day, contract: schedule.held[day])
        let smiles = path.smiles(
          day: day, deviation: truth.days[day].volatility / 252.0.squareRoot() / held, skew: primary.skew[day])
        for smile in smiles {
          chains.quote(
            smile, place: truth.smiles.count, spreadFactor: regimes[day].spreadFactor,
            volumeFactor: regimes[day].volumeFactor)
          truth.smiles.append(smile)
        }
      }
    }
    let writer = SyntheticFolder(
      settings: settings, days: days, markets: markets, commitments: commitments, chains: chains)
    let files = writer.files(truth: &truth)
    return SyntheticWorld(
      settings: settings, days: days, truth: truth, markets: markets, commitments: commitments, files: files,
      sessions: SyntheticSessions(market: market, regimes: regimes, settings: settings))
  }

  /// A market without planted effects; it joins in sell-offs.
  private static func neighbour(
    _ model: MarketModel, days: [CivilDate], regimes: [MarketRegime], level: [Double], slope: [Double], seed: UInt64
  ) -> SyntheticMarket {
    let schedule = ContractSchedule(cycle: model.cycle, days: days)
    let activity = ActivitySimulation(
      model: model.activity, symbol: model.symbol, schedule: schedule,
      volumeFactor: Array(repeating: 1, count: days.count), seed: seed)
    var curve = CurveSimulation(model: model, schedule: schedule, seed: seed)
    var random = CounterRandom(seed: seed, stream: "volatility \(model.symbol)")
    let volatility = model.volatility.dailyPath(days, random: &random)
    let jumps = model.volatility.jumpPath(days, random: &random)
    for day in days.indices {
      let isSelloff = regimes[day] == .selloff
      let sigma = volatility[day] * (isSelloff ? MarketRegime.selloff.volatilityFactor : 1)
      let drift = model.premium + (isSelloff && model.premium == 0 ? MarketRegime.selloff.drift : 0)
      curve.step(
        day: day,
        .init(
          levelShock: level[day], slopeShock: slope[day], volatility: sigma, drift: drift / 252,
          jump: jumps[day] * sigma, scarcity: 0))
    }
    return SyntheticMarket(model: model, curve: curve, activity: activity)
  }

  /// The matrix for corn, wheat, soybeans, oats, volatility index.
  private static func correlations(
    _ order: [MarketModel], _ part: KeyPath<MarketModel, [Double]>, corn: (Double, Double), wheatSoybeans: Double
  ) -> [[Double]] {
    let (oats, index) = (order[3][keyPath: part], order[4][keyPath: part])
    let both = index[0] * 0.8
    return [
      [1, corn.0, corn.1, oats[0], index[0]],
      [corn.0, 1, wheatSoybeans, oats[1], index[1]],
      [corn.1, wheatSoybeans, 1, oats[2], index[2]],
      [oats[0], oats[1], oats[2], 1, both],
      [index[0], index[1], index[2], both, 1],
    ]
  }
}

/// The primary market day by day: its drift depends on what was known the evening before.
private struct PrimarySimulation {
  let settings: SyntheticWorld.Settings
  let regimes: [MarketRegime]
  let shifts: [PlantedShift]
  let positions: [Double]
  let effects: PlantedEffects
  /// Without regimes and shifts.
  let volatility: [Double]
  let jumps: [Double]
  var curve: CurveSimulation
  var truth: [SyntheticTruth.Day] = []
  /// The newest recorded carry feature; zero before the first.
  private var carryFeature = 0.0
  /// The skew factor of each day's options; zero without options.
  let skew: [Double]

  /// Logarithmic jump of the near end when a supply shock begins.
  private static let scarcity = 0.12

  init(
    settings: SyntheticWorld.Settings, model: MarketModel, schedule: ContractSchedule, regimes: [MarketRegime],
    shifts: [PlantedShift], positions: [Double]
  ) {
    self.settings = settings
    self.regimes = regimes
    self.shifts = shifts
    self.positions = positions
    effects = PlantedEffects(scale: settings.effects ? settings.effectScale : 0, options: settings.options)
    var random = CounterRandom(seed: settings.seed, stream: "volatility \(model.symbol)")
    let level = PlantedShift.levelBefore(shifts, days: schedule.days)
    volatility = model.volatility.dailyPath(schedule.days, random: &random).map { $0 * level }
    jumps = model.volatility.jumpPath(schedule.days, random: &random)
    curve = CurveSimulation(model: model, schedule: schedule, seed: settings.seed)
    skew =
      settings.options
      ? SmilePath.skewFactors(days: schedule.days.count, seed: settings.seed)
      : Array(repeating: 0, count: schedule.days.count)
  }

  mutating func step(day: Int, level: Double, slope: Double) {
    let date = curve.schedule.days[day]
    let regime = regimes[day]
    var sigma = volatility[day] * regime.volatilityFactor
    var (shiftDrift, relation) = (0.0, 1.0)
    for shift in shifts where shift.isInForce(on: date) {
      switch shift.kind {
      case .drift: shiftDrift = shift.size
      case .volatility: sigma *= shift.size
      case .relation: relation = shift.size
      }
    }
    let known = day > 0 ? positions[day - 1] : .nan
    let positionsFeature = known.isNaN ? 0 : PlantedEffects.bounded(known)
    let heldSigma = sigma * curve.relativeVolatility(day: day, contract: curve.schedule.held[day])
    let positionsDrift = relation * effects.positions * positionsFeature * heldSigma * 252
    let carryDrift = effects.carry * carryFeature * heldSigma * 252
    let skewFeature = day > 0 ? skew[day - 1] : 0
    let skewDrift = effects.skew * skewFeature * heldSigma * 252
    let drift = curve.model.premium + regime.drift + shiftDrift + positionsDrift + carryDrift + skewDrift
    let jump = jumps[day] * sigma
    let isOnset = regime == .supplyShock && day > 0 && regimes[day - 1] != .supplyShock
    curve.step(
      day: day,
      .init(
        levelShock: level, slopeShock: slope, volatility: sigma, drift: drift / 252, jump: jump,
        scarcity: isOnset ? Self.scarcity : 0))
    truth.append(
      SyntheticTruth.Day(
        date: date, regime: regime, drift: drift, volatility: heldSigma * 252.0.squareRoot(), shiftDrift: shiftDrift,
        positionsDrift: positionsDrift, carryDrift: carryDrift, skewDrift: skewDrift,
        positionsFeature: positionsFeature, carryFeature: carryFeature, skewFeature: skewFeature,
        spreadFactor: regime.spreadFactor, makers: regime.makers,
        jump: jump + (isOnset ? Self.scarcity : 0)))
    if let slope = curve.slope(day) { carryFeature = PlantedEffects.carryFeature(slope: slope) }
  }
}
