import HydraLearning
import HydraNumerics

/// What an arm earned and did, in numbers.
public struct ArmSummary: Codable, Sendable {
  public var bars: Int
  public var fills: Int
  public var lotsTraded: Int
  /// Currency, after all costs.
  public var netProfit: Double
  /// Spread and impact paid, and fees, in currency.
  public var slippage: Double
  public var fees: Double
  /// Annualised (252) Sharpe ratio of daily net returns on the starting capital, with its stationary-bootstrap 90 %
  /// interval; nil without a return that differs from zero.
  public var sharpe: Double?
  public var sharpeLow: Double?
  public var sharpeHigh: Double?
  /// Annualised (252) volatility of daily net returns, as a share of capital.
  public var volatility: Double
  /// Largest fall of the equity, as a share of the starting capital.
  public var maximumDrawdown: Double
  /// Correlation of forecasts with the labels that followed; nil without any.
  public var informationCoefficient: Double?
  public var driftAlarms: Int
  public var experiments: Int
  public var failedExperiments: Int
  public var promotions: Int
  public var rollbacks: Int
  /// Models fitted for this arm by the calendar or at the start.
  public var fits: Int
  /// Number of the version that is champion at the end; nil when none was ever fitted.
  public var champion: Int?
  public var refusals: [String: Int]

  /// The summary as it is printed.
  public var json: JSONValue {
    .object([
      ("bars", JSONValue(bars)), ("fills", JSONValue(fills)), ("lots_traded", JSONValue(lotsTraded)),
      ("net_profit", .number(netProfit)), ("slippage", .number(slippage)), ("fees", .number(fees)),
      ("sharpe_net", JSONValue(sharpe)), ("sharpe_low", JSONValue(sharpeLow)), ("sharpe_high", JSONValue(sharpeHigh)),
      ("volatility", .number(volatility)), ("max_drawdown", .number(maximumDrawdown)),
      ("information_coefficient", JSONValue(informationCoefficient)), ("drift_alarms", JSONValue(driftAlarms)),
      ("experiments", JSONValue(experiments)), ("failed_experiments", JSONValue(failedExperiments)),
      ("promotions", JSONValue(promotions)), ("rollbacks", JSONValue(rollbacks)), ("fits", JSONValue(fits)),
      ("champion", champion.map { JSONValue($0) } ?? .null),
      ("refusals", .object(refusals.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue($0.value)) })),
    ])
  }
}

/// A run in numbers: the self-healing arm in front, all arms behind.
public struct RunSummary: Codable, Sendable {
  public var market: String
  public var from: CivilDate
  public var to: CivilDate
  public var capital: Double
  public var volatilityTarget: Double
  public var seed: UInt64
  public var arms: [Arm: ArmSummary]
  /// Mean daily difference of net returns, self-healing minus the other arm, as an annual share of capital, with its
  /// stationary-bootstrap 90 % interval.
  public var differences: [Difference]
  public var findings: Int
  public var journalHash: String
  public var runKey: String

  /// The self-healing arm against another one.
  public struct Difference: Codable, Sendable {
    public var against: Arm
    /// Sharpe ratio of self-healing minus that of the other arm, and its interval.
    public var sharpe: Double
    public var low: Double
    public var high: Double
  }

  /// The summary as it is printed.
  public var json: JSONValue {
    let healing = arms[.selfHealing]
    return .object([
      ("market", .string(market)), ("from", .string(from.description)), ("to", .string(to.description)),
      ("bars", JSONValue(healing?.bars ?? 0)), ("fills", JSONValue(healing?.fills ?? 0)),
      ("net_profit", JSONValue(healing?.netProfit)), ("sharpe_net", JSONValue(healing?.sharpe)),
      ("max_drawdown", JSONValue(healing?.maximumDrawdown)), ("drift_alarms", JSONValue(healing?.driftAlarms ?? 0)),
      ("experiments", JSONValue(healing?.experiments ?? 0)), ("promotions", JSONValue(healing?.promotions ?? 0)),
      ("rollbacks", JSONValue(healing?.rollbacks ?? 0)),
      ("champion", healing?.champion.map { JSONValue($0) } ?? .null), ("journal_hash", .string(journalHash)),
      ("capital", .number(capital)), ("volatility_target", .number(volatilityTarget)),
      ("sharpe_days_per_year", 252), ("seed", .string(String(seed))), ("data_findings", JSONValue(findings)),
      ("run", .string(runKey)),
      (
        "arms",
        .object(Arm.allCases.map { (key: $0.rawValue, value: arms[$0]?.json ?? .null) })
      ),
      (
        "sharpe_differences",
        .array(
          differences.map {
            .object([
              ("against", .string($0.against.rawValue)), ("difference", .number($0.sharpe)), ("low", .number($0.low)),
              ("high", .number($0.high)),
            ])
          })
      ),
    ])
  }
}
