import HydraNumerics

/// Where a component gets the time from; nothing in the library reads the machine's clock.
public protocol EventClock: Sendable {
  /// The current moment; never earlier than it was before.
  var now: Timestamp { get }
}

/// A clock that stands at the time of the newest event.
///
///     var clock = ReplayClock(now: CivilDate("2012-06-04")!.timestamp())
///     try clock.advance(to: event.knownTime)
public struct ReplayClock: EventClock, Hashable, Codable {
  /// An event came that is older than what was already delivered.
  public struct RunsBackward: Error, Hashable, CustomStringConvertible {
    public var now: Timestamp
    public var requested: Timestamp

    public var description: String { "the clock stands at \(now) and cannot go back to \(requested)" }
  }

  public private(set) var now: Timestamp

  public init(now: Timestamp = .distantPast) { self.now = now }

  /// Moves to `time`; staying where it is counts as moving.
  public mutating func advance(to time: Timestamp) throws(RunsBackward) {
    guard time >= now else { throw RunsBackward(now: now, requested: time) }
    now = time
  }
}
