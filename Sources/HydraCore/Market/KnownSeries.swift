import HydraNumerics

/// Values with the times at which they happened and could be known: settlements, volumes, reports, features.
///
///     var settlements = KnownSeries<Double>()
///     try settlements.append(350.25, at: closing, known: closing.adding(seconds: 3600))
///     let view = settlements.view(at: clock.now)
///     try view.value(at: closing)        // throws `notKnownYet` within the first hour: an error, not a missing value
public struct KnownSeries<Value: Sendable>: Sendable {
  /// One value.
  public struct Item: Sendable {
    public var time: Timestamp
    public var known: Timestamp
    public var value: Value
  }

  /// What a view refuses.
  public enum Refusal: Error, Hashable, Sendable {
    /// The value becomes known after the view's moment.
    case notKnownYet(time: Timestamp, known: Timestamp, now: Timestamp)
    /// The moment asked for lies after the view's moment.
    case inTheFuture(asked: Timestamp, now: Timestamp)
    /// A value that happened before the one before it, or was known before it happened.
    case outOfOrder(time: Timestamp, known: Timestamp)
  }

  /// In the order in which they happened.
  public private(set) var items: [Item] = []

  public init() {}

  /// Adds a value that happened at or after the last one.
  public mutating func append(_ value: Value, at time: Timestamp, known: Timestamp) throws(Refusal) {
    guard known >= time, time >= items.last?.time ?? .distantPast else {
      throw .outOfOrder(time: time, known: known)
    }
    items.append(Item(time: time, known: known, value: value))
  }

  /// What was known at a moment.
  public func view(at now: Timestamp) -> View { View(series: self, now: now) }

  /// A series as it was known at one moment, which cannot be moved.
  public struct View: Sendable {
    fileprivate let series: KnownSeries
    public let now: Timestamp

    /// Values known by now, in the order in which they happened.
    ///
    /// - Complexity: O(values).
    public var known: [Item] { series.items.filter { $0.known <= now } }

    /// The newest value known by now; nil when there is none.
    public var newest: Item? { series.items.last { $0.known <= now } }

    /// The value that held at a time: the last one at or before it; nil when there was none.
    ///
    /// Throws when the time lies in the future, or when that value is not known yet.
    public func value(at time: Timestamp) throws(Refusal) -> Value? {
      guard time <= now else { throw .inTheFuture(asked: time, now: now) }
      guard let item = series.items.last(where: { $0.time <= time }) else { return nil }
      guard item.known <= now else { throw .notKnownYet(time: item.time, known: item.known, now: now) }
      return item.value
    }
  }
}
