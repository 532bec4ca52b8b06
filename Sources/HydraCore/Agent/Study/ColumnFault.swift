import HydraMarket
import HydraNumerics

/// A fault planted in one column of a history from one row on, which leaves every number plausible.
public struct ColumnFault: Hashable, Sendable {
  /// What is wrong with the column.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// It repeats its last value.
    case stuck
    /// It is 1.5 times what it should be.
    case scaled
    /// It comes five bars late.
    case delayed
    /// It has the other sign.
    case swappedSign = "swapped_sign"
    /// The calendar columns, all of them, are those of a day a quarter of a year later.
    case movedSeason = "moved_season"
  }

  /// What a scaled column is multiplied by.
  public static let factor = 1.5
  /// Bars by which a delayed column is late.
  public static let delayBars = 5
  /// About a quarter of a year.
  public static let seasonDays = 91

  public var kind: Kind
  public var column: Int
  /// The first row that is wrong.
  public var row: Int

  public init(kind: Kind, column: Int, row: Int) { (self.kind, self.column, self.row) = (kind, column, row) }

  /// A row of a sound history, as it arrives with the fault.
  func values(_ history: FeatureHistory, row: Int) -> [Double] {
    var values = Array(history.row(row))
    guard row >= self.row else { return values }
    switch kind {
    case .stuck: values[column] = history.row(self.row - 1)[history.row(self.row - 1).startIndex + column]
    case .scaled: values[column] *= Self.factor
    case .delayed: values[column] = Array(history.row(row - Self.delayBars))[column]
    case .swappedSign: values[column] = -values[column]
    case .movedSeason:
      let phase = 2 * Double.pi * Double(history.dates[row].adding(days: Self.seasonDays).dayOfYear - 1) / 365.25
      let moved = [Portable.sin(phase), Portable.cos(phase), Portable.sin(2 * phase), Portable.cos(2 * phase)]
      for (name, value) in zip(["season_sin", "season_cos", "season_sin_2", "season_cos_2"], moved) {
        if let column = history.names.firstIndex(of: name) { values[column] = value }
      }
    }
    return values
  }
}
