import Foundation
import HydraMarket
import HydraNumerics

/// One hash of everything that a live run has seen of its feed.
///
/// A folder that grows by a day goes on with the same run; a folder whose past was changed does not. The digest of the
/// events up to a bar stands in the run's journal and is compared when the run is executed again. When facts were taken
/// in is left out: it differs from start to start.
///
/// - Complexity: O(size of an event) for each.
struct FeedDigest: Sendable {
  private var hash = SHA256()
  /// Events that were seen.
  private(set) var count = 0

  /// Takes in the next event.
  mutating func update(_ event: MarketEvent) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    hash.update(try encoder.encode(event.taken(at: Timestamp(nanoseconds: 0))))
    count += 1
  }

  /// SHA-256 of the events so far, hexadecimal.
  var hex: String { hash.hex() }

  /// Whether a feed begins with exactly the events that were seen.
  func isContinued(by events: [MarketEvent]) throws -> Bool {
    guard events.count >= count else { return false }
    var other = FeedDigest()
    for event in events.prefix(count) { try other.update(event) }
    return other.hex == hex
  }
}

extension MarketEvent {
  /// The event as if it had been taken in at another time.
  fileprivate func taken(at time: Timestamp) -> MarketEvent {
    switch self {
    case .positions(var report):
      report.times.ingested = time
      return .positions(report)
    case .daily(var bar):
      bar.times.ingested = time
      return .daily(bar)
    case .implied(var reading):
      reading.times.ingested = time
      return .implied(reading)
    case .bar(var bar):
      bar.times.ingested = time
      return .bar(bar)
    case .roll(var roll):
      roll.times.ingested = time
      return .roll(roll)
    }
  }
}
