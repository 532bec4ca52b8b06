import HydraMarket
import HydraNumerics
import HydraStore

extension LiveSession {
  /// The feed with more than there was, waited for; nil when it ends with what there was.
  ///
  /// `isContinued` says whether it begins with what the run has seen. `newest` is the date of the run's last bar.
  func more(
    isChecking: Bool, newest: CivilDate, _ isContinued: @Sendable (RunInput) throws -> Bool
  ) async throws -> RunInput? {
    guard let refresh else {
      if isChecking { throw FeedError.endsBeforeJournal(newest) }
      return nil
    }
    if isChecking {
      fail("market_data", FeedError.endsBeforeJournal(newest))
    } else if !isLive {
      try goLive()
    }
    try finishPrevious()
    while true {
      do {
        if let input = try refresh() {
          guard try isContinued(input) else { throw FeedError.pastChanged(until: newest) }
          if failure != nil { note(false, "feed readable again", []) }
          failure = nil
          figures.update { $0.isFeedReadable = true }
          return input
        }
      } catch {
        figures.update { $0.isFeedReadable = false }
        fail("market_data", error)
      }
      try await wait(settings.refreshSeconds)
    }
  }

  /// Asks for safe mode after something has failed; said once as long as the same fails again and again.
  func fail(_ stage: String, _ error: any Error) {
    let text = "\(error)"
    guard !isStopping, failure != "\(stage): \(text)" else { return }
    failure = "\(stage): \(text)"
    note(true, "failure", [("stage", stage), ("reason", text)])
    figures.update { values in
      values.failures[stage, default: 0] += 1
      values.state = max(values.state, .reducing)
    }
    guard let run else { return }
    let now = previous?.time ?? Timestamp(nanoseconds: 0)
    do {
      _ = try KillSwitch.ask(.safeMode, id: stage, run: run, reason: text, at: now, in: store)
    } catch {
      // A full disk takes no entry either: the run ends, and nothing was decided after its journal's last entry.
      note(true, "safe mode could not be noted", [("reason", "\(error)")])
    }
  }

  func wait(_ seconds: Double) async throws {
    do {
      try await sleep(seconds)
    } catch {
      isStopping = true
      throw error
    }
  }
}
