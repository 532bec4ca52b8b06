import HydraNumerics

/// Proves that a computation over market data uses nothing from the future: it is run again with everything removed that
/// became known after a moment T, and with everything after T replaced by something else, and each of its rows up to T
/// has to be the same to the last bit.
///
/// ```swift
/// let check = LookAheadCheck(moments: LookAheadCheck.moments(of: events, count: 5))
/// let leaks = try check.leaks(in: events) { events in
///   LookAheadRows(FeatureTable(events: events, instrument: oats, relatedSymbols: ["ZC"]))
/// }
/// ```
/// The computation gets events (or any other `Input`, with functions that cut and scramble it) and answers rows, each with
/// the time at which it could be acted on: features, forecasts, decisions, positions. What cannot be seen by running
/// again is a column that comes as a file with times of its own: for that there is ``ColumnLeakCheck``.
///
/// A check proves a leak by an example; that there is none it shows for the moments, the scramblings and the data tried.
///
/// - Complexity: two runs a moment, and one of the whole.
public struct LookAheadCheck: Hashable, Sendable {
  /// How the future was changed.
  public enum Future: String, Hashable, Codable, Sendable, CaseIterable {
    /// Everything known after T is gone.
    case removed
    /// Everything known after T says something else: figures change places and size; times and dates stay.
    case scrambled
  }

  /// The first difference that one changed future made.
  public struct Leak: Hashable, Codable, Sendable {
    public var future: Future
    /// T: what became known later was changed.
    public var moment: Timestamp
    /// The time of the row that changed; at or before T.
    public var time: Timestamp
    /// Index of the row among those up to T.
    public var row: Int
    /// The first column that differs; nil when a row is missing or has come up.
    public var column: String?
    /// What the row says with and without the true future; nil where there is no such row.
    public var withFuture: Double?
    public var without: Double?
  }

  /// The moments T, each tried by itself.
  public var moments: [Timestamp]
  /// Of the scrambling.
  public var seed: UInt64

  public init(moments: [Timestamp], seed: UInt64 = 42) {
    self.moments = moments
    self.seed = seed
  }

  /// Evenly spaced moments at which something became known, none of them the last one.
  public static func moments(of events: [MarketEvent], count: Int) -> [Timestamp] {
    precondition(count > 0, "a check at no moment")
    let known = events.map(\.knownTime).sorted()
    guard known.count > 1 else { return [] }
    var result: [Timestamp] = []
    for index in 1...count {
      let moment = known[index * (known.count - 1) / (count + 1)]
      if moment != result.last, moment < known[known.count - 1] { result.append(moment) }
    }
    return result
  }

  /// The leaks of a computation over market events, at most one a moment and way of changing the future.
  public func leaks(
    in events: [MarketEvent], _ compute: ([MarketEvent]) throws -> LookAheadRows
  ) rethrows -> [Leak] {
    try leaks(
      in: events, removing: { $0.known(by: $1) }, scrambling: { $0.scrambled(after: $1, seed: $2) }, compute)
  }

  /// The same over any input: `removing` gives it without what became known after a moment, `scrambling` with that
  /// replaced, by a seed.
  public func leaks<Input>(
    in input: Input, removing: (Input, Timestamp) throws -> Input,
    scrambling: (Input, Timestamp, UInt64) throws -> Input, _ compute: (Input) throws -> LookAheadRows
  ) rethrows -> [Leak] {
    let whole = try compute(input)
    var leaks: [Leak] = []
    for moment in moments {
      let removed = try compute(removing(input, moment))
      if let leak = Self.difference(whole, removed, at: moment, .removed) { leaks.append(leak) }
      let scrambled = try compute(scrambling(input, moment, seed))
      if let leak = Self.difference(whole, scrambled, at: moment, .scrambled) { leaks.append(leak) }
    }
    return leaks
  }

  /// The first difference of the rows up to a moment.
  public static func difference(
    _ whole: LookAheadRows, _ other: LookAheadRows, at moment: Timestamp, _ future: Future
  ) -> Leak? {
    let (rows, others) = (whole.upTo(moment), other.upTo(moment))
    for index in 0..<max(rows.count, others.count) {
      guard index < rows.count, index < others.count, rows[index].time == others[index].time else {
        let time = index < rows.count ? rows[index].time : others[index].time
        return Leak(future: future, moment: moment, time: time, row: index)
      }
      let (values, changed) = (rows[index].values, others[index].values)
      guard let place = zip(values, changed).enumerated().first(where: { $1.0.bitPattern != $1.1.bitPattern })?.offset
      else { continue }
      return Leak(
        future: future, moment: moment, time: rows[index].time, row: index, column: whole.columns[place],
        withFuture: values[place], without: changed[place])
    }
    return nil
  }
}

/// What a computation says, row by row, for a ``LookAheadCheck``.
public struct LookAheadRows: Hashable, Sendable {
  /// One row, and when it could be acted on.
  public struct Row: Hashable, Sendable {
    public var time: Timestamp
    public var values: [Double]
  }

  /// Names of the values.
  public let columns: [String]
  public private(set) var rows: [Row] = []

  public init(columns: [String]) { self.columns = columns }

  /// Adds a row.
  public mutating func append(_ values: [Double], at time: Timestamp) {
    precondition(values.count == columns.count, "\(values.count) values for \(columns.count) columns")
    rows.append(Row(time: time, values: values))
  }

  /// Rows whose time is at or before a moment, in their order.
  func upTo(_ moment: Timestamp) -> [Row] { rows.filter { $0.time <= moment } }

  /// The rows of a table of features: a row counts from when its features were known. Targets are no part of it.
  public init(_ table: FeatureTable) {
    columns = table.names
    for row in 0..<table.count {
      append(Array(table.values[row * table.columns..<(row + 1) * table.columns]), at: table.known[row])
    }
  }
}
