import HydraMarket
import HydraNumerics

/// What a study of many worlds came to: rates, delays and means with their intervals.
public struct StudySummary: Sendable {
  /// A mean over worlds with its 95 % interval, mean ± 1.96 standard errors of independent worlds.
  public struct Mean: Hashable, Sendable {
    public var mean: Double
    public var low: Double
    public var high: Double
    public var count: Int

    /// Nil without two values.
    init?(_ values: [Double]) {
      guard values.count >= 2 else { return nil }
      mean = Statistics.mean(values)
      let error = Statistics.standardDeviation(values) / Double(values.count).squareRoot()
      (low, high, count) = (mean - 1.96 * error, mean + 1.96 * error, values.count)
    }

    var json: JSONValue { ["mean": .number(mean), "low": .number(low), "high": .number(high), "n": JSONValue(count)] }
  }

  public let worlds: [WorldStudy.World]

  public init(_ worlds: [WorldStudy.World]) { self.worlds = worlds }

  /// The cause that a diagnosis of a planted shift should name first. A change of the expected return alone is a change
  /// of what features mean for returns: no feature moves.
  public static func cause(of kind: PlantedShift.Kind) -> Cause {
    switch kind {
    case .volatility: .volatility
    case .relation, .drift: .relation
    }
  }

  private var quiet: [WorldStudy.World] { worlds.filter { !$0.hasShifts } }
  private var shifts: [WorldStudy.Shift] { worlds.flatMap(\.shifts) }

  /// The summary as it is printed.
  public var json: JSONValue {
    .object([
      ("worlds_with_shifts", JSONValue(worlds.count - quiet.count)), ("worlds_without_shifts", JSONValue(quiet.count)),
      ("quiet", quietJSON), ("shifts", .object(PlantedShift.Kind.allCases.map { ($0.rawValue, json($0)) })),
      ("trials", trialsJSON(worlds.flatMap(\.trials))),
      (
        "sharpe_net",
        .object(
          [("with_shifts", true), ("without_shifts", false)].map { name, hasShifts in
            let chosen = worlds.filter { $0.hasShifts == hasShifts }
            return (
              name,
              .object(
                Arm.allCases.map { arm in (arm.rawValue, Mean(chosen.compactMap { $0.sharpe[arm] })?.json ?? .null) })
            )
          })
      ),
    ])
  }

  private var quietJSON: JSONValue {
    let rates = quiet.map { Double($0.alarms) / $0.years }
    let promotions = quiet.flatMap(\.promotions)
    let byStream = quiet.map(\.alarmsByStream).reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
      .sorted { $0.key < $1.key }
    return .object([
      ("false_alarms_a_year", Mean(rates)?.json ?? .null), ("worst_false_alarms_a_year", JSONValue(rates.max())),
      ("false_alarms_by_stream", .object(byStream.map { ($0.key, JSONValue($0.value)) })),
      ("experiments", JSONValue(quiet.map(\.experiments).reduce(0, +))), ("promotions", JSONValue(promotions.count)),
      ("promotions_truly_better", JSONValue(promotions.count { $0.isBetter == true })),
      ("promotions_wrong", JSONValue(promotions.count { $0.isBetter == false })),
      ("runs_with_a_promotion", JSONValue(quiet.count { !$0.promotions.isEmpty })),
      ("runs_with_a_wrong_promotion", JSONValue(quiet.count { $0.wrongPromotions > 0 })),
      ("rollbacks", JSONValue(quiet.map(\.rollbacks).reduce(0, +))),
    ])
  }

  private func json(_ kind: PlantedShift.Kind) -> JSONValue {
    let shifted = shifts.filter { $0.kind == kind.rawValue }
    let delays = shifted.compactMap(\.delay).map(Double.init)
    let diagnosed = shifted.filter { $0.cause != nil }
    var members: [(String, JSONValue)] = [
      ("planted", JSONValue(shifted.count)), ("alarm_within_a_year", JSONValue(delays.count)),
      ("median_delay_bars", delays.isEmpty ? .null : .number(Statistics.median(delays))),
      ("diagnosed", JSONValue(diagnosed.count)),
      ("cause_named_rightly", JSONValue(diagnosed.count { $0.cause == Self.cause(of: kind) })),
    ]
    for arm in Arm.allCases {
      let skills = shifted.compactMap { $0.skill[arm] }
      func back(_ after: KeyPath<WorldStudy.Skill, Double?>) -> Mean? {
        Mean(skills.compactMap { skill in skill[keyPath: after].flatMap { later in skill.atShift.map { later - $0 } } })
      }
      var own: [(String, JSONValue)] = [
        ("skill_before", Mean(skills.compactMap(\.before))?.json ?? .null),
        ("skill_of_the_old_model_after", Mean(skills.compactMap(\.atShift))?.json ?? .null),
        ("skill_after_120_bars", Mean(skills.compactMap(\.recovered))?.json ?? .null),
        ("won_back", back(\.recovered)?.json ?? .null),
        ("skill_of_forecasts_after_120_bars", Mean(skills.compactMap(\.forecast))?.json ?? .null),
        ("won_back_by_forecasts", back(\.forecast)?.json ?? .null),
      ]
      if kind == .volatility { own += riskJSON(shifted.compactMap { $0.risk[arm] }) }
      members.append((arm.rawValue, .object(own)))
    }
    return .object(members)
  }

  private func riskJSON(_ risks: [WorldStudy.Risk]) -> [(String, JSONValue)] {
    [
      ("risk_before", Mean(risks.compactMap(\.before))?.json ?? .null),
      ("risk_in_first_20_bars", Mean(risks.compactMap(\.first))?.json ?? .null),
      ("risk_in_next_20_bars", Mean(risks.compactMap(\.after))?.json ?? .null),
    ]
  }

  private func trialsJSON(_ trials: [WorldStudy.Trial]) -> JSONValue {
    func counts(_ chosen: [WorldStudy.Trial]) -> JSONValue {
      [
        "n": JSONValue(chosen.count), "truly_better": JSONValue(chosen.count { $0.isBetter == true }),
        "truly_worse": JSONValue(chosen.count { $0.isBetter == false }),
      ]
    }
    return .object(
      [("all", counts(trials))]
        + [Verdict.Decision.promote, .hold, .reject].map { decision in
          (decision.rawValue, counts(trials.filter { $0.decision == decision }))
        })
  }
}
