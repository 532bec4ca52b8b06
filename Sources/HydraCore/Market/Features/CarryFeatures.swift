import HydraNumerics

/// The annual roll yield between the held contract and its neighbour.
///
/// ```
/// carry_raw               ln(near / far) / years between the two delivery months; > 0 in backwardation
/// carry_over_volatility   carry_raw / annual volatility
/// carry_smoothed_n        exponential mean of carry_over_volatility on recorded dates, the newest ≤ 30 bars ago
/// carry_change_n          carry_raw − carry_raw n dates ago
/// ```
/// Which contract is nearer follows from their months, not from their order in the file. A value not recorded is
/// repeated for `maximumCarryAge` calendar days while the contract stays the same, then missing; two thirds of the oat
/// rows have no neighbour's price.
struct CarryFeatures: Sendable {
  let names: [String]
  private let span: Int
  private let maximumAge: Int
  private var newest: (date: CivilDate, contract: ContractMonth, value: Double)?
  private var smoothed = 0.0
  private var recorded = 0
  private var barsSinceRecorded = 0
  private var history: TrailingWindow
  private let change: Int
  private var raw = Double.nan
  private var scaled = Double.nan

  init(_ settings: FeatureSettings) {
    (span, change, maximumAge) = (settings.carrySpan, settings.carryChange, settings.maximumCarryAge)
    history = TrailingWindow(capacity: settings.carryChange + 1)
    names = [
      "carry_raw", "carry_over_volatility", "carry_smoothed_\(settings.carrySpan)",
      "carry_change_\(settings.carryChange)",
    ]
  }

  /// ln(near / far) per year; nil without a neighbour's price, with the same month, or with a price ≤ 0.
  static func rollYield(_ bar: HeldBar) -> Double? {
    guard let month = bar.carryContract, let price = bar.carryClose, price > 0, bar.close > 0 else { return nil }
    let months = bar.contract.months(since: month)
    // The sign of the months turns the ratio round when the neighbour is the later one.
    return months == 0 ? nil : Portable.log(price / bar.close) * 12 / Double(months)
  }

  mutating func update(_ bar: HeldBar, annualVolatility: Double?) {
    barsSinceRecorded += 1
    let observed = Self.rollYield(bar)
    if let observed { newest = (bar.date, bar.contract, observed) }
    if let newest, newest.contract == bar.contract, bar.date - newest.date <= maximumAge {
      raw = newest.value
    } else {
      raw = .nan
    }
    scaled = raw / (annualVolatility ?? .nan)
    if observed != nil, scaled.isFinite {
      recorded += 1
      smoothed += (scaled - smoothed) * max(2 / Double(span + 1), 1 / Double(recorded))
      barsSinceRecorded = 0
    }
    history.append(raw)
  }

  func write(to values: inout [Double]) {
    let isSmooth = recorded >= 20 && barsSinceRecorded <= 30
    values.append(contentsOf: [
      raw, scaled, isSmooth ? smoothed : .nan, raw - (history.value(age: change) ?? .nan),
    ])
  }
}
