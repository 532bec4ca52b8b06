import HydraMarket
import HydraNumerics

/// What an operator asks of a running agent, in the order in which it was asked.
public struct ControlAction: Hashable, Codable, Sendable {
  /// What is asked for.
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    /// No orders any more, and none that are working.
    case halt
    /// The same, and everything is closed.
    case flatten
    case resume
    /// Only smaller positions from now on: account and broker differ.
    case reduce
    /// Safe mode: something failed outside of the arms' own steps.
    case safeMode = "safe_mode"
    /// A promotion that waits for a person may go ahead.
    case approve
    /// It may not.
    case reject
  }

  public var kind: Kind
  /// The experiment that a promotion rests on; for safe mode the stage that failed; nil for halts.
  public var id: String?
  public var reason: String
  /// The entry of the operator's journal that asks for it.
  public var entry: Int

  public init(_ kind: Kind, id: String? = nil, reason: String, entry: Int) {
    (self.kind, self.id, self.reason, self.entry) = (kind, id, reason, entry)
  }

  /// The action as journals keep it.
  public var json: JSONValue {
    .object([
      ("action", .string(kind.rawValue)), ("id", id.map { .string($0) } ?? .null), ("reason", .string(reason)),
      ("entry", JSONValue(entry)),
    ])
  }

  /// Reads what ``json`` wrote; nil when it is none.
  public init?(_ json: JSONValue) {
    guard let kind = json["action"]?.string.flatMap(Kind.init), let entry = json["entry"]?.int else { return nil }
    self.init(kind, id: json["id"]?.string, reason: json["reason"]?.string ?? "", entry: entry)
  }
}

/// A promotion that passed the gate and waits for a person.
public struct AwaitedApproval: Sendable {
  public var id: String
  public var version: PolicyVersion
  public var isSizing: Bool
  public var reason: String
  public var evidence: JSONValue
  /// The champion that it was compared with.
  public var over: Int
  public var sinceRow: Int
}

extension AgentState {
  /// Carries out what an operator asked for.
  mutating func take(_ action: ControlAction, at now: Timestamp, _ history: FeatureHistory) -> [AgentEffect] {
    let before = book.governor.state
    var effects: [AgentEffect] = []
    var outcome = "done"
    switch action.kind {
    case .halt, .flatten:
      book.governor.set("operator", .halted, action.reason, flattening: action.kind == .flatten)
      let ended = book.cancelWorking(at: now)
      if !ended.isEmpty { outcome = "done; \(ended.count) working orders cancelled" }
    case .reduce: book.governor.set("reconciliation", .reducing, action.reason)
    case .safeMode: effects += enterSafeMode(action.id ?? "run", action.reason, history)
    case .resume:
      book.governor.lift("operator")
      // A person who resumes has seen why it stopped.
      book.governor.lift("safe_mode")
      book.governor.lift("reconciliation")
    case .approve, .reject:
      if let awaited, awaited.id == action.id {
        self.awaited = nil
        if action.kind == .reject {
          effects.append(.archive(version: awaited.version.number))
        } else if awaited.over == champion?.number, probation == nil {
          effects += promote(
            awaited.version, isSizing: awaited.isSizing, reason: "\(awaited.reason); approved: \(action.reason)",
            evidence: awaited.evidence, history)
        } else {
          outcome = "the champion has changed since: not promoted"
          effects.append(.archive(version: awaited.version.number))
        }
      } else {
        outcome = "nothing of that name waits"
      }
    }
    var payload = action.json
    payload["outcome"] = .string(outcome)
    payload["state"] = .string(book.governor.state.rawValue)
    payload["state_before"] = .string(before.rawValue)
    return [.journal(kind: "control", payload: payload)] + effects
  }

  /// Goes on with the champion as it is, and only towards smaller positions, after something inside has failed.
  mutating func enterSafeMode(_ stage: String, _ reason: String, _ history: FeatureHistory) -> [AgentEffect] {
    phase = .observing
    safeModeUntilRow = history.count - 1 + settings.operations.safeModeBars
    book.governor.set("safe_mode", .reducing, "\(stage): \(reason)")
    return [
      .journal(
        kind: "safe_mode",
        payload: [
          "stage": .string(stage), "reason": .string(reason), "bars": JSONValue(settings.operations.safeModeBars),
          "state": .string(book.governor.state.rawValue),
        ])
    ]
  }

  /// Lifts what has run out, and sets what the drift state asks for; before a bar's decision.
  mutating func governTrading(_ row: Int) -> [AgentEffect] {
    var effects: [AgentEffect] = []
    if let end = safeModeUntilRow, row >= end {
      safeModeUntilRow = nil
      book.governor.lift("safe_mode")
      effects.append(
        .journal(kind: "safe_mode_ended", payload: ["state": .string(book.governor.state.rawValue)]))
    }
    if let end = doubtUntilRow, row >= end {
      doubtUntilRow = nil
      book.governor.lift("drift")
      effects.append(.journal(kind: "doubt_ended", payload: ["state": .string(book.governor.state.rawValue)]))
    }
    if let waiting = awaited, row - waiting.sinceRow >= settings.operations.approvalBars {
      awaited = nil
      effects.append(
        .journal(
          kind: "approval_expired", payload: ["id": .string(waiting.id), "version": JSONValue(waiting.version.number)]))
      effects.append(.archive(version: waiting.version.number))
    }
    return effects
  }

  /// De-risks after an alarm that doubts the model, where the operator has asked for that.
  mutating func doubt(_ diagnosis: Diagnosis, _ row: Int) -> [AgentEffect] {
    let state = settings.operations.driftState
    guard state != .active, [.relation, .dataFault, .staleness].contains(diagnosis.cause) else { return [] }
    doubtUntilRow = row + settings.healing.coolDown
    book.governor.set("drift", state, "\(diagnosis.cause.rawValue): \(diagnosis.alarm.stream)")
    return [
      .journal(
        kind: "doubt",
        payload: [
          "cause": .string(diagnosis.cause.rawValue), "state": .string(book.governor.state.rawValue),
          "bars": JSONValue(settings.healing.coolDown),
        ])
    ]
  }

  /// What becomes of a candidate that passed the gate: promoted, kept for a person, or only noted.
  mutating func passed(
    _ version: PolicyVersion, id: String, isSizing: Bool, reason: String, evidence: JSONValue,
    _ history: FeatureHistory
  ) -> [AgentEffect] {
    switch settings.operations.promotions {
    case .automatic: return promote(version, isSizing: isSizing, reason: reason, evidence: evidence, history)
    case .observe:
      return [
        .journal(
          kind: "would_promote",
          payload: [
            "id": .string(id), "version": JSONValue(version.number), "change": .string(version.origin),
            "reason": .string(reason),
          ]), .archive(version: version.number),
      ]
    case .approval:
      var effects: [AgentEffect] = []
      if let earlier = awaited { effects.append(.archive(version: earlier.version.number)) }
      awaited = AwaitedApproval(
        id: id, version: version, isSizing: isSizing, reason: reason, evidence: evidence, over: champion?.number ?? 0,
        sinceRow: history.count - 1)
      effects.append(
        .journal(
          kind: "approval_wanted",
          payload: [
            "id": .string(id), "version": JSONValue(version.number), "change": .string(version.origin),
            "reason": .string(reason), "bars": JSONValue(settings.operations.approvalBars),
          ]))
      return effects
    }
  }
}
