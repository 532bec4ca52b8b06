import HydraLearning
import HydraMarket
import HydraNumerics

/// What happens to an arm: the market moves, or something that it asked for is done.
public enum AgentInput: Sendable {
  /// Events of one moment; with the primary market's bar among them the history has a new row.
  case moment(Moment)
  /// A fit that was asked for.
  case fitted(Policy, purpose: FitPurpose)
  case fitFailed(String, purpose: FitPurpose)
  case diagnosed(Diagnosis)
  /// Hypotheses within bounds, and what was refused of a reply.
  case proposed([Hypothesis], refused: [String], source: String)
  /// Experiments in the order of their plans; one that failed has a reason instead of a result.
  case experimented([ExperimentOutcome])
  /// An operator asks for something.
  case control(ControlAction, at: Timestamp)
  /// Something inside failed that has no answer of its own.
  case failed(stage: String, reason: String)

  /// The events of one moment, as an arm sees them.
  public struct Moment: Sendable {
    public var time: Timestamp
    public var events: [MarketEvent]
    /// The newest bar of the primary market among the events, whose row the history ends with.
    public var bar: HeldBar?
    /// Whether trading has begun: what comes before only informs.
    public var trades: Bool

    public init(time: Timestamp, events: [MarketEvent], bar: HeldBar?, trades: Bool) {
      self.time = time
      self.events = events
      self.bar = bar
      self.trades = trades
    }
  }
}

/// Why a policy is fitted.
public enum FitPurpose: String, Codable, Sendable {
  case initial
  /// Maintenance: the recipe as it is, on the data that there are now.
  case calendar
  /// The same, brought forward because the world was found changed.
  case diagnosis
  /// A challenger in shadow, fitted anew when the champion is.
  case shadow

  /// What the registry says of it.
  var reason: String {
    switch self {
    case .initial: "first model"
    case .calendar: "the calendar"
    case .diagnosis: "the same recipe on newer data, after a diagnosis"
    case .shadow: "a challenger on the champion's days"
    }
  }
}

/// An experiment that is over.
public struct ExperimentOutcome: Sendable {
  public var plan: ExperimentPlan
  public var result: Result<ExperimentResult, ExperimentFailure>

  public init(plan: ExperimentPlan, result: Result<ExperimentResult, ExperimentFailure>) {
    self.plan = plan
    self.result = result
  }
}

/// An experiment that crashed, hung or answered with garbage: a failed experiment and nothing more.
public struct ExperimentFailure: Error, Hashable, Codable, Sendable, CustomStringConvertible {
  public var reason: String
  public init(_ reason: String) { self.reason = reason }
  public var description: String { reason }
}

/// An outcome without its plan, as children write it and stores keep it.
struct ExperimentAnswer: Codable {
  var result: ExperimentResult?
  var failure: ExperimentFailure?

  init(_ outcome: ExperimentOutcome) {
    switch outcome.result {
    case .success(let result): self.result = result
    case .failure(let failure): self.failure = failure
    }
  }
}

extension ExperimentOutcome {
  init(plan: ExperimentPlan, _ answer: ExperimentAnswer) {
    self.plan = plan
    result = answer.result.map { .success($0) } ?? .failure(answer.failure ?? ExperimentFailure("answer is empty"))
  }
}

/// What an arm asks its surroundings to do.
public enum AgentEffect: Sendable {
  /// Write to the journal.
  case journal(kind: String, payload: JSONValue)
  /// Fit a recipe to what is known and answer with `.fitted`.
  case fit(Recipe, purpose: FitPurpose)
  /// Find out what an alarm stands for and answer with `.diagnosed`.
  case diagnose(DriftAlarm)
  /// Ask the language model and answer with `.proposed`.
  case propose(Diagnosis, Recipe)
  /// Carry out experiments and answer with `.experimented`.
  case experiment([ExperimentPlan])
  /// Enter a version in the registry.
  case register(PolicyVersion, isChallenger: Bool)
  /// Make a version champion.
  case promote(version: Int, over: Int?, reason: String, evidence: JSONValue)
  /// Make the previous champion champion again.
  case rollBack(version: Int, to: Int, reason: String, evidence: JSONValue)
  /// A challenger or a replaced version is done with.
  case archive(version: Int)
}

/// A policy with its number in the arm's registry.
public struct PolicyVersion: Sendable {
  public var number: Int
  public var policy: Policy
  /// Columns of the history that the model reads.
  public var columns: [Int]
  /// The version that it was made from.
  public var parent: Int?
  public var origin: String

  public init(number: Int, policy: Policy, columns: [Int], parent: Int?, origin: String) {
    self.number = number
    self.policy = policy
    self.columns = columns
    self.parent = parent
    self.origin = origin
  }
}

/// Where an arm stands on the way from an alarm to a verdict.
public enum AgentPhase: String, Codable, Sendable {
  case observing
  case diagnosing
  case hypothesising
  case experimenting
}
