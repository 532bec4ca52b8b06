import HydraNumerics

/// Something that the self-healing arm looked into or moved, with the journal's own entries as its evidence.
public enum ReportDecision: Sendable {
  /// An alarm that was looked into, or held hypotheses that were tried again, and what came of it.
  public struct Episode: Sendable {
    public var date: CivilDate
    /// The journal's entries of that name; no diagnosis when held hypotheses were tried on new days.
    public var diagnosis: JSONValue?
    public var hypotheses: JSONValue?
    public var experiments: [JSONValue] = []
    public var failures: [JSONValue] = []
    public var promotion: JSONValue?
    /// The same recipe fitted to newer data because of the diagnosis.
    public var fit: JSONValue?
    /// Why nothing could be tried.
    public var evidenceUsed: JSONValue?
    public var isBlocked = false
  }

  /// A champion that was moved, or stayed where it was, on days that came later.
  public struct Move: Sendable {
    public var date: CivilDate
    /// The journal's kind: `rollback` or `probation_passed`.
    public var kind: String
    public var payload: JSONValue
  }

  case episode(Episode)
  case move(Move)

  /// Takes an entry of the journal into the list.
  static func take(_ kind: String, _ payload: JSONValue, _ date: CivilDate, into decisions: inout [ReportDecision]) {
    /// Changes the newest episode when it is of this very day; begins one where there is none and it may.
    func ofToday(begins: Bool = false, _ change: (inout Episode) -> Void) {
      let newest = decisions.lastIndex { if case .episode = $0 { true } else { false } }
      if let newest, case .episode(var episode) = decisions[newest], episode.date == date {
        change(&episode)
        decisions[newest] = .episode(episode)
      } else if begins {
        var episode = Episode(date: date)
        change(&episode)
        decisions.append(.episode(episode))
      }
    }
    switch kind {
    case "diagnosis": decisions.append(.episode(Episode(date: date, diagnosis: payload)))
    case "trading_blocked": ofToday { $0.isBlocked = true }
    case "fit": ofToday { $0.fit = payload }
    case "evidence_used": ofToday { $0.evidenceUsed = payload }
    case "hypotheses": ofToday(begins: true) { $0.hypotheses = payload }
    case "experiment": ofToday(begins: true) { $0.experiments.append(payload) }
    case "experiment_failed": ofToday(begins: true) { $0.failures.append(payload) }
    case "promotion": ofToday(begins: true) { $0.promotion = payload }
    case "rollback", "probation_passed": decisions.append(.move(Move(date: date, kind: kind, payload: payload)))
    default: break
    }
  }
}
