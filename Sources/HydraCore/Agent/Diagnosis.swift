import HydraLearning
import HydraNumerics

/// What an alarm was found to stand for, with the evidence.
public struct Diagnosis: Hashable, Codable, Sendable {
  /// One possible cause and what speaks for it.
  public struct Finding: Hashable, Codable, Sendable {
    public var cause: Cause
    /// −log₁₀ of the p-value of the best test, larger is stronger.
    public var score: Double
    public var evidence: String
  }

  /// A test of one feature, before against after the estimated change.
  public struct FeatureTest: Hashable, Codable, Sendable {
    public var feature: String
    /// How far the newest mean lies from those of earlier windows, in their standard deviations.
    public var statistic: Double
    /// Two-sided, adjusted by Holm for the number of features.
    public var pValue: Double
  }

  /// How much of the forecast a feature accounts for, before and after: mean |SHAP value|.
  public struct AttributionShift: Hashable, Codable, Sendable {
    public var feature: String
    public var before: Double
    public var after: Double
  }

  public var alarm: DriftAlarm
  public var date: CivilDate
  /// Estimated date of the first bar after the change.
  public var changeDate: CivilDate
  /// Bars since the estimated change.
  public var age: Int
  /// Strongest first; never empty.
  public var findings: [Finding]
  /// Features whose mean moved, strongest first.
  public var features: [FeatureTest]
  public var attributions: [AttributionShift]
  /// Mean of squared label minus forecast, over matured labels before and after the change.
  public var errorBefore: Double?
  public var errorAfter: Double?
  /// Correlation of forecast and label before and after the change.
  public var skillBefore: Double?
  public var skillAfter: Double?
  /// Ratio of mean |price change| after to before.
  public var volatilityRatio: Double?

  /// The strongest cause.
  public var cause: Cause { findings[0].cause }

  /// The diagnosis as it stands in journals and requests.
  public var json: JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    return .object([
      ("cause", .string(cause.rawValue)),
      ("alarm", .string(alarm.description)),
      ("stream", .string(alarm.stream)),
      ("detector", .string(alarm.detector)),
      ("statistic", .number(alarm.statistic)),
      ("direction", .string(alarm.direction.rawValue)),
      ("date", .string(date.description)),
      ("change_date", .string(changeDate.description)),
      ("bars_since_change", .number(Double(age))),
      (
        "findings",
        .array(
          findings.map {
            .object([
              ("cause", .string($0.cause.rawValue)), ("score", .number($0.score)), ("evidence", .string($0.evidence)),
            ])
          })
      ),
      (
        "features",
        .array(
          features.map {
            .object([
              ("feature", .string($0.feature)), ("statistic", .number($0.statistic)), ("p", .number($0.pValue)),
            ])
          })
      ),
      (
        "attributions",
        .array(
          attributions.map {
            .object([
              ("feature", .string($0.feature)), ("before", .number($0.before)), ("after", .number($0.after)),
            ])
          })
      ),
      ("error_before", number(errorBefore)), ("error_after", number(errorAfter)),
      ("skill_before", number(skillBefore)), ("skill_after", number(skillAfter)),
      ("volatility_ratio", number(volatilityRatio)),
    ])
  }
}
