import HydraNumerics

/// What an arm did, for the summary and the report.
public struct ArmRecord: Codable, Sendable {
  /// Something that is marked on the charts.
  public struct Mark: Codable, Sendable {
    public enum Kind: String, Codable, Sendable {
      case alarm, promotion, rollback, fit
    }
    public var date: CivilDate
    public var kind: Kind
    public var text: String
  }

  /// One alarm and what came of it.
  public struct Episode: Codable, Sendable {
    public var date: CivilDate
    public var alarm: String
    public var diagnosis: Diagnosis
    public var proposals: [Proposal] = []

    public struct Proposal: Codable, Sendable {
      public var hypothesis: Hypothesis
      public var primary: Comparison?
      public var netReturn: Comparison?
      public var verdict: Verdict?
      public var failure: String?
    }
  }

  /// Trade dates of the run, warm-up included.
  public var dates: [CivilDate] = []
  /// Cash after settlement, aligned with the dates.
  public var equity: [Double] = []
  /// Lots held after the date's fills, aligned with the dates.
  public var positions: [Int] = []
  /// The largest score of the monitor's streams (1 = alarm), aligned with the dates.
  public var driftScores: [Double] = []
  public var marks: [Mark] = []
  public var episodes: [Episode] = []
  public var alarms = 0
  /// Alarms by stream.
  public var alarmDates: [(stream: String, date: CivilDate)] = []
  public var experiments = 0
  public var failedExperiments = 0
  public var promotions = 0
  public var rollbacks = 0
  public var fits = 0
  public var refusals: [String: Int] = [:]
  /// Forecast and label of rows of the run, for the information coefficient; filled at the end.
  public var scored: [(date: CivilDate, forecast: Double, label: Double)] = []

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case dates, equity, positions, driftScores, marks, episodes, alarms, experiments, failedExperiments, promotions
    case rollbacks, fits, refusals
  }
}
