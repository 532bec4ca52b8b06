import HydraNumerics

/// Times on the way, in nanoseconds: from the market to us and from us to the venue.
///
/// Each is a constant plus a random part of mean `jitter`, exponentially distributed and drawn from a stream of its own
/// for each order and purpose: one order more does not change another's draws.
public struct ReplayLatency: Hashable, Codable, Sendable {
  /// From when an event could be known until the strategy sees it.
  public var feed: Int64 = 0
  /// From the decision until a new order arrives.
  public var entry: Int64 = 0
  public var cancel: Int64 = 0
  public var modify: Int64 = 0
  /// From a fill or an end until the strategy knows of it.
  public var response: Int64 = 0
  /// Mean of the random part of entry, cancel and modify.
  public var jitter: Int64 = 0

  public init() {}

  /// The same constant for requests and responses.
  public init(eachWay: Int64) { (entry, cancel, modify, response) = (eachWay, eachWay, eachWay, eachWay) }

  enum Purpose: UInt64 { case entry = 1, cancel, modify }

  /// - Parameter repetition: how many requests to cancel or change the order there have been.
  func delay(_ purpose: Purpose, order: Int, repetition: Int, seed: UInt64) -> Int64 {
    let constant =
      switch purpose {
      case .entry: entry
      case .cancel: cancel
      case .modify: modify
      }
    guard jitter > 0 else { return constant }
    let stream = (UInt64(order) &* 4 &+ purpose.rawValue) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(repetition)
    var random = CounterRandom(seed: seed, stream: stream)
    return constant + Int64((Double(jitter) * random.exponential()).rounded())
  }
}
