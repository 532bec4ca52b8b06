import HydraNumerics

/// Tells whether a column of dated numbers knows the next days' prices.
///
/// A file that claims its values were known on their dates cannot be caught by running anything again: its rows up to T
/// are the same whatever comes later. What gives it away is that it is too good. The check asks, for each of the next
/// ``horizon`` dates, how the column goes with the change of price that is still to come,
///
/// ```
/// c(k) = largest |Spearman correlation| of (x, x - price, x - x of the date before) with the change of date t + k
/// e(k) = share of dates on which x is the price of date t + k, and not that of t, to a thousandth of a per cent
/// ```
/// and reports a leak where c(k) is at least ``correlation``, or ``deviations`` standard errors 1/√n if that is more, or
/// e(k) at least ``equal``. Honest forecasts of one day's change correlate by hundredths; a correlation of 0.3 with a
/// day's change is no skill but tomorrow's paper. Ranks are compared, so that a leak does not hide behind a
/// logarithm or an outlier.
///
/// It is a statistical test of the implausible, and no proof: a weak leak, as of a fraction of tomorrow's change, passes.
///
/// - Complexity: O(n log n) a date ahead.
public struct ColumnLeakCheck: Hashable, Sendable {
  /// What a column was found to be.
  public struct Verdict: Hashable, Codable, Sendable {
    public var column: String
    /// Dates that have the column, the price, and the next one.
    public var rows: Int
    /// Dates ahead with the strongest relation, and that relation: a correlation or a share of equal values.
    public var datesAhead: Int
    public var correlation: Double
    /// Which form of the column is so related: `level`, `level less price`, `change`.
    public var form: String
    public var equalShare: Double
    public var isLeak: Bool
  }

  /// Why a column could not be judged.
  public struct TooFewRows: Error, Hashable, Sendable, CustomStringConvertible {
    public var column: String
    public var rows: Int
    public var description: String {
      "column '\(column)': only \(rows) dates have it and a next price; \(ColumnLeakCheck.minimumRows) are needed"
    }
  }

  /// Fewest dates on which a column is judged: with fewer a correlation of 0.3 is chance.
  public static let minimumRows = 120

  /// Trade dates ahead that are looked at.
  public var horizon = 5
  /// Correlation with one day's change from which a column is taken to know it.
  public var correlation = 0.3
  /// Standard errors that the correlation has to be at least.
  public var deviations = 6.0
  /// Share of dates on which the column is a coming price.
  public var equal = 0.2

  public init() {}

  /// Judges one column: `values` by date, as a file has them, against the bars of the market that it is used for.
  ///
  /// Changes of price are free of rolls: a change that nobody could earn is left out.
  ///
  /// - Throws: ``TooFewRows``.
  public func verdict(
    on values: [CivilDate: Double], named column: String, against history: MarketHistory
  ) throws(TooFewRows) -> Verdict {
    let bars = history.bars
    let changes = history.rollFreeChanges()
    let x = bars.map { values[$0.date] ?? .nan }
    var best: (form: String, ahead: Int, correlation: Double) = ("level", 1, 0)
    var (equalShare, rows) = (0.0, 0)
    var equalAhead = 1
    for ahead in 1...horizon {
      var samples: [(level: Double, spread: Double, change: Double, target: Double)] = []
      var (equals, count) = (0, 0)
      for index in bars.indices.dropFirst() where index + ahead < bars.count {
        guard x[index].isFinite, let target = changes[index + ahead] else { continue }
        count += 1
        let (now, then) = (bars[index].close, bars[index + ahead].close)
        if Self.isEqual(x[index], then), !Self.isEqual(x[index], now) { equals += 1 }
        guard x[index - 1].isFinite else { continue }
        samples.append((x[index], x[index] - now, x[index] - x[index - 1], target))
      }
      if ahead == 1 { rows = count }
      guard samples.count >= Self.minimumRows else {
        if ahead == 1 { throw TooFewRows(column: column, rows: samples.count) }
        continue
      }
      if Double(equals) / Double(count) > equalShare {
        (equalShare, equalAhead) = (Double(equals) / Double(count), ahead)
      }
      let target = Self.ranks(samples.map(\.target))
      let forms = [
        ("level", samples.map(\.level)), ("level less price", samples.map(\.spread)),
        ("change", samples.map(\.change)),
      ]
      for (form, values) in forms {
        let value = Self.correlation(Self.ranks(values), target)
        if abs(value) > abs(best.correlation) { best = (form, ahead, value) }
      }
    }
    let threshold = max(correlation, deviations / Double(rows).squareRoot())
    let isRelated = abs(best.correlation) >= threshold
    return Verdict(
      column: column, rows: rows, datesAhead: !isRelated && equalShare >= equal ? equalAhead : best.ahead,
      correlation: best.correlation, form: best.form, equalShare: equalShare,
      isLeak: isRelated || equalShare >= equal)
  }

  private static func isEqual(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-5 * abs(b) }

  /// Ranks from 0, equal values sharing their mean rank.
  private static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      for place in start...end { ranks[order[place]] = Double(start + end) / 2 }
      start = end + 1
    }
    return ranks
  }

  /// Pearson's correlation; zero when either side does not vary.
  private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let count = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
  }
}

extension MarketFolder {
  /// The numbers of one column of a dated file of the folder, as `signals/ZO.csv`; empty fields are left out.
  ///
  /// The date is in the column `date`, or in the first one.
  ///
  /// - Throws: ``MarketDataError`` when there is no such file or column, or a field is no number.
  public func column(_ name: String, of file: String) throws -> [CivilDate: Double] {
    let table = try dated(file)
    try table.require(name)
    let dates = table.has("date") ? "date" : table.header.first ?? "date"
    var values: [CivilDate: Double] = [:]
    for row in 0..<table.rows {
      if let value = try table.number(row, name) { values[try table.date(row, dates)] = value }
    }
    return values
  }

  /// The columns of a dated file that hold numbers, in the order of the file.
  public func numericColumns(of file: String) throws -> [String] {
    let table = try dated(file)
    return table.header.filter { name in
      (0..<table.rows).contains { !table.text($0, name).isEmpty }
        && (0..<table.rows).allSatisfy { (try? table.number($0, name)) != nil || table.text($0, name).isEmpty }
    }
  }

  private func dated(_ file: String) throws -> MarketTable {
    guard let found = existingFile(file) else { throw MarketDataError.missingFile(path: "\(path)/\(file)") }
    return try MarketTable(path: "\(path)/\(found)", file: found)
  }
}
