import HydraNumerics

/// A trained model, without its bytes: those are an artefact.
public struct ModelRecord: Sendable {
  /// What the model is used for.
  public enum Status: String, Sendable, CaseIterable {
    /// The model that decides.
    case champion
    /// A model that may become champion, or was.
    case challenger
    /// A model that may not be promoted any more; its bytes and its history stay.
    case archived
  }

  /// The key of the run.
  public var run: String
  public var arm: String
  /// 1, 2, … within the run and arm. Given by the run, so that the same run gives the same version.
  public var version: Int
  /// SHA-256 of the model's bytes.
  public var artefactHash: String
  public var status: Status
  /// The event times of the first and last row that it was trained on; nil for a model that needs no training.
  public var trainedRange: ClosedRange<Timestamp>?
  public var settings: JSONValue
  public var metrics: JSONValue
  /// The version whose settings it was derived from.
  public var parent: Int?
  /// Event time.
  public var created: Timestamp

  public init(
    run: Run, arm: String, version: Int, artefactHash: String, trainedRange: ClosedRange<Timestamp>? = nil,
    settings: JSONValue = .object([]), metrics: JSONValue = .object([]), parent: Int? = nil, created: Timestamp
  ) {
    self.init(
      run: run.key, arm: arm, version: version, artefactHash: artefactHash, status: .challenger,
      trainedRange: trainedRange, settings: settings, metrics: metrics, parent: parent, created: created)
  }

  init(
    run: String, arm: String, version: Int, artefactHash: String, status: Status,
    trainedRange: ClosedRange<Timestamp>?, settings: JSONValue, metrics: JSONValue, parent: Int?, created: Timestamp
  ) {
    (self.run, self.arm, self.version, self.artefactHash, self.status) = (run, arm, version, artefactHash, status)
    (self.trainedRange, self.settings, self.metrics) = (trainedRange, settings, metrics)
    (self.parent, self.created) = (parent, created)
  }

  /// `1f0c…/self_healing/3`: unique in a store, and the same wherever the run is executed.
  public var id: String { "\(run.prefix(12))/\(arm)/\(version)" }
}

/// A move of the champion pointer.
public struct ChampionMove: Sendable {
  /// What was done to the pointer.
  public enum Action: String, Sendable {
    case promote
    case rollback
  }

  /// The key of the run.
  public var run: String
  public var arm: String
  /// 1 for the first move of the arm, without gaps.
  public var sequence: Int
  public var action: Action
  /// nil for the first champion.
  public var from: Int?
  public var to: Int
  public var time: Timestamp
  public var reason: String
  /// True when a person did it, false when the agent's rules did.
  public var isByHand: Bool
  /// What the decision rests on: metrics, tests, the experiment's id.
  public var evidence: JSONValue
}

/// Why a champion pointer is moved, and by whom.
public struct MoveReason: Sendable {
  public var text: String
  public var isByHand: Bool
  public var evidence: JSONValue
  /// Event time for the agent, the clock's time for a person.
  public var time: Timestamp

  /// A move by the agent's rules.
  public init(_ text: String, evidence: JSONValue, at time: Timestamp) {
    (self.text, isByHand, self.evidence, self.time) = (text, false, evidence, time)
  }

  /// A move by a person, who has to say why.
  public static func byHand(_ text: String, at time: Timestamp) -> MoveReason {
    var reason = MoveReason(text, evidence: .object([]), at: time)
    reason.isByHand = true
    return reason
  }
}
