import HydraMarket

/// Everything that a run depends on beside the data; printed in every report and hashed into the run's key.
public struct AgentSettings: Hashable, Codable, Sendable {
  /// Starting cash, in the instrument's currency. Half a million holds about ten oat contracts at the default target:
  /// enough that whole lots do not decide the result, few enough for 300 lots a day.
  public var capital = 500_000.0
  /// Annual volatility of the account at an ordinary or stronger forecast, as a share of capital.
  public var volatilityTarget = 0.10
  /// Bars over which a forecast is earned. Two weeks: shorter ones do not pay an eight-tick spread.
  public var horizon = 10
  /// Forecast, in standard deviations over the horizon, that counts as ordinary and takes the whole volatility target.
  public var ordinaryForecast = 0.10
  /// Labelled rows before the first model is fitted and trading begins: three years.
  public var warmUpRows = 750
  /// Bars left out between training and test rows beyond the span of a label.
  public var embargo = 5
  /// Bars after which the `periodic` arm is trained anew.
  public var periodicBars = 63
  /// Largest share of a day's volume that is ours.
  public var participation = 0.05
  public var maximumPosition = 60
  /// Lots in one order; nil is twice the position, enough to reverse.
  public var maximumOrder: Int?
  /// Currency value of the position; nil leaves the limit to the lots.
  public var maximumNotional: Double?
  /// Lots held from four days before the delivery month on: an agent cannot take delivery. Nil is no limit.
  public var maximumDeliveryMonthPosition: Int? = 0
  /// Age of the newest bar past which no new risk is taken. Four days pass a long weekend.
  public var maximumDataAgeSeconds = 4 * 86_400
  /// Largest distance of prices, as a share, see ``RiskLimits/priceCollar``; nil switches it off.
  public var priceCollar: Double? = 0.2
  /// Loss of a day, as a share of capital, at which no new risk is taken for the rest of it.
  public var dailyLossStop = 0.05
  /// Fall from the highest equity, as a share of capital, at which positions are closed for good.
  public var totalLossStop = 0.50
  /// Half-width of the no-trade band, as a share of the position at an ordinary forecast.
  public var noTradeBand = 0.25
  /// Expected gain over a round trip's cost below which no new risk is taken.
  public var costMargin = 1.0
  /// Multiplies the expected cost of every trade: 1 is the expected cost, see ``CostModel/percentileMultiplier(_:)``.
  public var costMultiplier = 1.0
  /// Y of the square-root law, see ``CostModel``.
  public var impactCoefficient = 0.8
  /// The linear forecast beneath the trees.
  public var linear = LinearPath.Settings()
  public var recipe = Recipe()
  public var healing = HealingSettings()
  public var operations = OperationSettings()
  /// The rules by which the data were read; each repair is journalled.
  public var repairs = RepairRules()
  /// What an experiment's process may use.
  public var experiments = ExperimentLimits()
  public var seed: UInt64 = 42

  /// The cost at which candidates are judged, as a multiple of the account's own: the gate's percentile of the expected
  /// cost, unless the account already pays more.
  var dearCost: Double {
    max(1, CostModel.percentileMultiplier(healing.gate.costPercentile) / costMultiplier)
  }

  public init() {}

  /// How accounts of a market trade under these settings.
  public func book(for instrument: Instrument) -> TradingBook.Settings {
    var sizing = Sizing()
    sizing.targetVolatility = volatilityTarget
    sizing.forecastScale = 1 / ordinaryForecast
    // The target is a ceiling: a stronger forecast than the ordinary one takes no more than all of it.
    sizing.forecastCap = 1
    sizing.noTradeBand = noTradeBand
    sizing.costMargin = costMargin
    var cost = CostModel(instrument)
    cost.multiplier = costMultiplier
    cost.impactCoefficient = impactCoefficient
    var venue = BarVenue.Settings()
    venue.participation = participation
    let limits = RiskLimits(
      maximumPosition: maximumPosition, maximumOrder: maximumOrder, maximumParticipation: participation,
      maximumNotional: maximumNotional, maximumDeliveryMonthPosition: maximumDeliveryMonthPosition,
      dailyLossStop: dailyLossStop * capital, totalLossStop: totalLossStop * capital,
      maximumDataAgeSeconds: Int64(maximumDataAgeSeconds), priceCollar: priceCollar)
    return TradingBook.Settings(
      sizing: sizing, limits: limits, cost: cost, fees: FeeModel(instrument), venue: venue, horizon: horizon)
  }
}
