import HydraNumerics

/// Something that the self-healing arm looked into or moved, with the journal's own entries as its evidence.
public enum ReportDecision: Sendable {
  /// An alarm or a check-up that was looked into, and what came of it.
  public struct Episode: Sendable {
    public var date: CivilDate
    /// The journal's entries of that name.
    public var diagnosis: JSONValue
    public var hypotheses: JSONValue = .null
    public var experiments: [JSONValue] = []
    public var failures: [JSONValue] = []
    public var promotion: JSONValue?
    public var isBlocked = false
  }

  /// A champion or a challenger that was moved, or stayed where it was, on days that came later.
  public struct Move: Sendable {
    public var date: CivilDate
    /// The journal's kind: `promotion`, `rollback`, `probation_passed` or `challenge`.
    public var kind: String
    public var payload: JSONValue
  }

  case episode(Episode)
  case move(Move)

  /// Takes an entry of the journal into the list.
  static func take(_ kind: String, _ payload: JSONValue, _ date: CivilDate, into decisions: inout [ReportDecision]) {
    /// Changes the newest episode when it is of this very day.
    func ofToday(_ change: (inout Episode) -> Void) -> Bool {
      guard let index = decisions.lastIndex(where: { if case .episode = $0 { true } else { false } }),
        case .episode(var episode) = decisions[index], episode.date == date
      else { return false }
      change(&episode)
      decisions[index] = .episode(episode)
      return true
    }
    switch kind {
    case "diagnosis": decisions.append(.episode(Episode(date: date, diagnosis: payload)))
    case "trading_blocked": _ = ofToday { $0.isBlocked = true }
    case "hypotheses": _ = ofToday { $0.hypotheses = payload }
    case "experiment": _ = ofToday { $0.experiments.append(payload) }
    case "experiment_failed": _ = ofToday { $0.failures.append(payload) }
    case "promotion":
      // Without experiments that day it is a challenger's, won on days that came later.
      let isTodays = ofToday { if !$0.experiments.isEmpty, $0.promotion == nil { $0.promotion = payload } }
      if !isTodays { decisions.append(.move(Move(date: date, kind: kind, payload: payload))) }
    case "rollback", "probation_passed", "challenge":
      decisions.append(.move(Move(date: date, kind: kind, payload: payload)))
    default: break
    }
  }
}
