import HydraNumerics

/// Proves that a strategy decides nothing by what it cannot know: it is run again with all data after a moment removed, and
/// with them shuffled, and its decisions before that moment have to be the same.
///
///     let leaks = ReplaySelfTest(moments: [noon]).leaks(in: events, .levels, settings: settings) { data in
///       MyStrategy()                  // may look at `data`; what it learns of the future there is found out
///     }
///
/// The strategy is made anew for every run from the data that exist in it, so that what it reads or fits beforehand is
/// tested too. A leak is proved by an example; that there is none is shown for the moments tried only.
///
/// - Complexity: two runs a moment, and one of the whole.
public struct ReplaySelfTest: Hashable, Sendable {
  /// How the future was changed.
  public enum Future: String, Hashable, Codable, Sendable, CaseIterable {
    case removed
    case shuffled
  }

  /// The first decision that another future changed.
  public struct Leak: Hashable, Sendable {
    public var future: Future
    /// What became known after it was changed.
    public var moment: Int64
    /// The decision with the true future and with the other one; nil where there is none.
    public var withFuture: ReplayDecision?
    public var without: ReplayDecision?
  }

  /// Nanoseconds; each is tried by itself.
  public var moments: [Int64]
  /// Of the shuffling.
  public var seed: UInt64

  public init(moments: [Int64], seed: UInt64 = 42) { (self.moments, self.seed) = (moments, seed) }

  /// Evenly spaced moments among times, none of them the last one.
  public static func moments(of times: [Int64], count: Int) -> [Int64] {
    guard times.count > 1, count > 0 else { return [] }
    return (1...count).map { times[min(times.count - 2, times.count * $0 / (count + 1))] }
  }

  /// Leaks of a strategy over events; none when every decision stays.
  public func leaks(
    in events: [ReplayEvent], _ contents: ReplayFile.Contents, settings: ReplayRunSettings,
    strategy: ([ReplayEvent]) -> any ReplayStrategy
  ) -> [Leak] {
    leaks(
      in: events, isLate: { $0.known > $1 }, cut: { events, moment in events.filter { $0.known <= moment } },
      swap: Self.swap, isBefore: <
    ) { data in
      let log = DecisionLog()
      _ = ReplayRun.run(data, contents, strategy: LoggedStrategy(strategy(data), log), settings: settings)
      return log.decisions
    }
  }

  /// Leaks of a strategy over bars, each of which is known when the next one begins.
  public func leaks(
    in bars: [ReplayBar], settings: ReplayRunSettings, strategy: ([ReplayBar]) -> any ReplayStrategy
  ) -> [Leak] {
    // Of a bar that begins at the moment nothing but that is known: without a future it stands still.
    func cut(_ bars: [ReplayBar], _ moment: Int64) -> [ReplayBar] {
      var kept = bars.filter { $0.time <= moment }
      if let last = kept.last, last.time == moment {
        let price = kept.dropLast().last?.close ?? last.open
        kept[kept.count - 1] = ReplayBar(time: moment, open: price, high: price, low: price, close: price, lots: 0)
      }
      return kept
    }
    return leaks(in: bars, isLate: { $0.time >= $1 }, cut: cut, swap: Self.swap, isBefore: <=) { data in
      let log = DecisionLog()
      _ = ReplayRun.run(data, strategy: LoggedStrategy(strategy(data), log), settings: settings)
      return log.decisions
    }
  }

  private func leaks<Item>(
    in items: [Item], isLate: (Item, _ moment: Int64) -> Bool, cut: ([Item], _ moment: Int64) -> [Item],
    swap: (inout Item, inout Item) -> Void, isBefore: (Int64, Int64) -> Bool,
    decisions: ([Item]) -> [ReplayDecision]
  ) -> [Leak] {
    let whole = decisions(items)
    return moments.flatMap { moment in
      let expected = whole.filter { isBefore($0.time, moment) }
      return Future.allCases.compactMap { future in
        var changed = items
        switch future {
        case .removed: changed = cut(items, moment)
        case .shuffled:
          let late = changed.indices.filter { isLate(changed[$0], moment) }
          var random = CounterRandom(seed: seed, stream: "shuffled future \(moment)")
          var order = late
          random.shuffle(&order)
          for (a, b) in zip(late, order) where a != b {
            var (first, second) = (changed[a], changed[b])
            swap(&first, &second)
            (changed[a], changed[b]) = (first, second)
          }
        }
        return Self.first(expected, decisions(changed).filter { isBefore($0.time, moment) }, future, moment)
      }
    }
  }

  private static func first(
    _ a: [ReplayDecision], _ b: [ReplayDecision], _ future: Future, _ moment: Int64
  ) -> Leak? {
    guard let place = (0..<max(a.count, b.count)).first(where: { $0 >= a.count || $0 >= b.count || a[$0] != b[$0] })
    else { return nil }
    return Leak(
      future: future, moment: moment, withFuture: place < a.count ? a[place] : nil,
      without: place < b.count ? b[place] : nil)
  }

  /// Exchanges what two events say, not when.
  private static func swap(_ a: inout ReplayEvent, _ b: inout ReplayEvent) {
    Swift.swap(&a, &b)
    (a.time, b.time) = (b.time, a.time)
    (a.known, b.known) = (b.known, a.known)
  }

  private static func swap(_ a: inout ReplayBar, _ b: inout ReplayBar) {
    Swift.swap(&a, &b)
    (a.time, b.time) = (b.time, a.time)
  }
}
