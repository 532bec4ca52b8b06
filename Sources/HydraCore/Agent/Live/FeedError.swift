import HydraNumerics

/// What is wrong with a live run's feed as a whole.
public enum FeedError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the run has seen up to this date stands otherwise in the feed now.
  case pastChanged(until: CivilDate)
  /// The journal goes on after the feed's end, at this date.
  case endsBeforeJournal(CivilDate)

  public var description: String {
    switch self {
    case .pastChanged(let date):
      "the data up to \(date) are not those on which the run has decided: bring them back, or begin anew in another store"
    case .endsBeforeJournal(let date):
      "the data end on \(date), the journal later: bring the missing days back, or begin anew in another store"
    }
  }
}
