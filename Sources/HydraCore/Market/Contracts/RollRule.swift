import HydraNumerics

/// When a holder goes from one contract to the next; never after first notice for a long.
///
/// A roll is two fills in real contracts, each with its cost; no order and no stop moves to the new contract by itself.
public enum RollRule: Hashable, Codable, Sendable {
  /// So many trade dates before the old contract's first notice day.
  case beforeFirstNotice(days: Int)
  /// When the new contract has had more volume than the old one on so many trade dates in a row.
  case volume(confirmation: Int)
  /// The same of open interest.
  case openInterest(confirmation: Int)

  /// One trade date's figures of two contracts, known after its end.
  public struct Figures: Hashable, Codable, Sendable {
    public var date: CivilDate
    public var oldVolume: Double
    public var newVolume: Double
    public var oldOpenInterest: Double
    public var newOpenInterest: Double

    public init(
      date: CivilDate, oldVolume: Double = 0, newVolume: Double = 0, oldOpenInterest: Double = 0,
      newOpenInterest: Double = 0
    ) {
      self.date = date
      (self.oldVolume, self.newVolume) = (oldVolume, newVolume)
      (self.oldOpenInterest, self.newOpenInterest) = (oldOpenInterest, newOpenInterest)
    }
  }

  /// The trade date on which the new contract is held for the first time, decided from figures of dates before it.
  ///
  /// A crossover that does not come in time ends on the last date before first notice. Nil when the figures end before the
  /// rule decides.
  ///
  /// - Parameter figures: in time order; those known so far.
  public func date(from old: FuturesContract, figures: [Figures], hours: TradingHours = .cbotGrains) -> CivilDate? {
    let latest = hours.tradeDate(before: old.firstNotice)
    switch self {
    case .beforeFirstNotice(let days):
      return (0..<max(0, days)).reduce(old.firstNotice) { date, _ in hours.tradeDate(before: date) }
    case .volume(let confirmation):
      return Self.crossover(figures, confirmation, latest, hours) { $0.newVolume > $0.oldVolume }
    case .openInterest(let confirmation):
      return Self.crossover(figures, confirmation, latest, hours) { $0.newOpenInterest > $0.oldOpenInterest }
    }
  }

  private static func crossover(
    _ figures: [Figures], _ confirmation: Int, _ latest: CivilDate, _ hours: TradingHours,
    _ hasCrossed: (Figures) -> Bool
  ) -> CivilDate? {
    var inRow = 0
    for item in figures {
      // The figures of a date are known after it: the roll is made on the next one.
      let next = hours.tradeDate(after: item.date)
      inRow = hasCrossed(item) ? inRow + 1 : 0
      if inRow >= max(1, confirmation) || next >= latest { return min(next, latest) }
    }
    return nil
  }
}
