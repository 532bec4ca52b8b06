import HydraNumerics

/// Follows the daily bars of the second-nearby contract and finds the days on which they change their contract.
///
/// The bars do not name their contract. A change shows in open interest, which is of one contract month: a step of
/// more than a quarter (|Δ ln| > 0.25) from one day to the next, at least 15 days after the last such step. Where no
/// open interest is recorded, it shows as a mismatch: the settlement's change differs from the held contract's
/// roll-free return of the same date by more than 1 % and more than six times the usual difference.
/// A large mismatch alone marks a day whose overnight return cannot be trusted, without counting as a change.
///
/// Checked on corn, soybeans and oats 1990–2011: changes fall in the months in which front contracts expire.
struct SecondNearbySeries: Sendable {
  /// One daily bar made ready for use.
  struct Step: Sendable {
    var bar: DailyBar
    /// Settlement of the day before, when it is of the same contract; nil across a change.
    var previousSettle: Double?
    /// Bars since the last change of contract; nil before the first one was seen.
    var daysSinceChange: Int?
  }

  private var previous: DailyBar?
  private var daysSinceChange: Int?
  private var barsSinceAny = 0
  private var usualMismatch = 0.01

  /// Takes the day's bar; `heldReturn` is the held contract's relative change of the same date, where there is one.
  mutating func update(_ bar: DailyBar, heldReturn: Double?) -> Step {
    defer { previous = bar }
    barsSinceAny += 1
    guard let previous, previous.settle > 0, bar.settle > 0 else {
      return Step(bar: bar, previousSettle: nil, daysSinceChange: daysSinceChange)
    }
    var isMismatch = false
    if let heldReturn {
      let mismatch = abs(bar.settle / previous.settle - 1 - heldReturn)
      isMismatch = mismatch > max(0.01, 6 * usualMismatch)
      // Changes of contract are left out of what is usual; the floor keeps a dead series from making all days odd.
      if !isMismatch { usualMismatch += (mismatch - usualMismatch) * 2 / 61 }
    }
    var isChange = isMismatch
    if let before = previous.previousOpenInterest, let now = bar.previousOpenInterest {
      let step = abs(Portable.log((now + 1) / (before + 1)))
      isChange = step > 0.25
    }
    if isChange, daysSinceChange == nil || barsSinceAny >= 15 {
      (daysSinceChange, barsSinceAny) = (0, 0)
    } else if let days = daysSinceChange {
      daysSinceChange = days + 1
    }
    let trusted = !isChange && !isMismatch
    return Step(bar: bar, previousSettle: trusted ? previous.settle : nil, daysSinceChange: daysSinceChange)
  }
}
