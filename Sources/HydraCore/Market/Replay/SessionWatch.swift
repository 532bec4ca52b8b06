import HydraNumerics

/// What a run knows of the contract's session, and when it looks at it next.
struct SessionWatch {
  /// The last recorded settlement, in ticks.
  var settlement: Int?
  /// Whether the newest day has been marked at a settlement.
  var isSettled = false
  var isSpotMonth = false
  var isExpired = false
  /// A margin call was not covered yet.
  var isBlocked = false
  private(set) var nextDay = Int64.max
  private(set) var nextTrace = Int64.max

  /// The next end of a day (UTC) or look for pictures.
  @inline(__always) var next: Int64 { min(nextDay, nextTrace) }

  mutating func begin(at time: Int64, trace: Int64?) {
    startDay(at: time)
    if trace != nil { nextTrace = time }
  }

  /// Sets the end of the day to which a time belongs.
  mutating func startDay(at time: Int64) {
    let day = Int64(Timestamp(nanoseconds: time).date.dayNumber) + 1
    nextDay = day * 86_400_000_000_000
    isSettled = false
  }

  /// Sets the next look; where nothing happens for a hundred intervals, it is the first one at or after `time`.
  mutating func trace(until time: Int64, every interval: Int64) {
    let steps = (time - nextTrace + interval - 1) / interval
    nextTrace += (steps > 100 ? steps : 1) * interval
  }
}
