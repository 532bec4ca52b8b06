/// The bins of one feature: value bins by ascending upper bound, or one per category, then one for missing values when
/// there are any.
struct FeatureBins: Hashable, Sendable {
  /// The largest value of each bin, in the sense `value <= bound`; the last is infinite. Empty for categories.
  var upperBounds: [Double]
  var hasMissing: Bool
  /// What is in the bin of missing values.
  var missing: SplitDecision.MissingKind
  /// The category of each bin, those with most rows first; nil for a numerical feature. The bin of missing values then
  /// holds all that is in no other bin.
  var categories: [Int]?

  /// The bins that are not the one for missing values.
  var valueBins: Int { categories?.count ?? upperBounds.count }
  var count: Int { valueBins + (hasMissing ? 1 : 0) }
  /// The same numbers without the bounds, to be copied at no cost.
  var shape: BinShape { BinShape(valueBins: valueBins, hasMissing: hasMissing) }
  /// One bin distinguishes nothing.
  var isUseful: Bool { count > 1 }
  var missingBin: Int { valueBins }
  var isCategorical: Bool { categories != nil }

  /// Bins of nearly equal numbers of rows; a value with many rows has its own, and there are as many bins as distinct
  /// values when those are few.
  ///
  /// - Parameters:
  ///   - keys: sorted `ColumnSorter` keys of the values that are not missing.
  ///   - maximum: the most bins, the one for missing values included.
  ///   - minimumRows: the fewest rows in a value bin (the last may have fewer).
  ///
  /// Source: the greedy rule of LightGBM's `GreedyFindBin`, without its special bin for zero.
  init(
    sortedKeys keys: UnsafePointer<UInt64>, count: Int, hasMissing: Bool, missing: SplitDecision.MissingKind = .nan,
    maximum: Int, minimumRows: Int
  ) {
    self.hasMissing = hasMissing
    self.missing = missing
    let (distinct, counts) = Self.distinct(keys, count)
    let bins = max(min(maximum - (hasMissing ? 1 : 0), count / minimumRows), 1)
    let cuts = distinct.count <= bins ? Self.cutsBetween(counts, minimumRows) : Self.greedyCuts(counts, count, bins)
    upperBounds = cuts.map {
      Self.between(ColumnSorter.value(of: distinct[$0]), ColumnSorter.value(of: distinct[$0 + 1]))
    }
    upperBounds.append(.infinity)
  }

  /// The categories with most rows, until 99 % of the rows are in a bin or the bins run out.
  ///
  /// Source: LightGBM's `BinMapper::FindBin` for categories.
  init(categoryKeys keys: UnsafePointer<UInt64>, count: Int, total: Int, maximum: Int, minimumRows: Int) {
    let (distinct, counts) = Self.distinct(keys, count)
    var rows: [Int: Int] = [:]
    for (key, number) in zip(distinct, counts) {
      let value = ColumnSorter.value(of: key)
      // Cut towards zero, as in prediction: -0.5 is category 0.
      if value > -1 { rows[Int(value), default: 0] += number }
    }
    let order = rows.keys.sorted { (-(rows[$0] ?? 0), $0) < (-(rows[$1] ?? 0), $1) }
    let known = rows.values.reduce(0, +)
    var kept: [Int] = []
    var covered = 0
    for category in order {
      let number = rows[category] ?? 0
      let isRare = number < minimumRows || Double(covered) >= 0.99 * Double(known)
      // Few categories are all kept, so that none is lost among them.
      guard kept.count < maximum - 1, !isRare || (kept.count < 2 && number > 0) else { break }
      kept.append(category)
      covered += number
    }
    upperBounds = []
    missing = .nan
    categories = kept
    hasMissing = covered < total
  }

  private static func distinct(_ keys: UnsafePointer<UInt64>, _ count: Int) -> (values: [UInt64], counts: [Int]) {
    var distinct: [UInt64] = []
    var counts: [Int] = []
    for index in 0..<count {
      if index > 0, keys[index] == keys[index - 1] {
        counts[counts.count - 1] += 1
      } else {
        distinct.append(keys[index])
        counts.append(1)
      }
    }
    return (distinct, counts)
  }

  /// Cuts after every value that completes a bin of enough rows.
  private static func cutsBetween(_ counts: [Int], _ minimumRows: Int) -> [Int] {
    var cuts: [Int] = []
    var rows = 0
    for index in counts.indices.dropLast() {
      rows += counts[index]
      if rows >= minimumRows {
        cuts.append(index)
        rows = 0
      }
    }
    return cuts
  }

  private static func greedyCuts(_ counts: [Int], _ total: Int, _ bins: Int) -> [Int] {
    let mean = Double(total) / Double(bins)
    var restBins = bins
    var restRows = total
    for count in counts where Double(count) >= mean {
      restBins -= 1
      restRows -= count
    }
    var target = restBins > 0 ? Double(restRows) / Double(restBins) : .infinity
    var cuts: [Int] = []
    var rows = 0
    for index in counts.indices.dropLast() {
      let isBig = Double(counts[index]) >= mean
      if !isBig { restRows -= counts[index] }
      rows += counts[index]
      let nextIsBig = Double(counts[index + 1]) >= mean
      guard isBig || Double(rows) >= target || (nextIsBig && Double(rows) >= max(1, target / 2)) else { continue }
      cuts.append(index)
      if cuts.count >= bins - 1 { break }
      rows = 0
      if !isBig {
        restBins -= 1
        target = restBins > 0 ? Double(restRows) / Double(restBins) : .infinity
      }
    }
    return cuts
  }

  /// A number t with low <= t < high, half-way where that can be represented.
  static func between(_ low: Double, _ high: Double) -> Double {
    let largest = Double.greatestFiniteMagnitude
    let middle = max(low, -largest) / 2 + min(high, largest) / 2
    return middle >= low && middle < high ? middle : low
  }
}

/// How many bins a feature has.
struct BinShape: Hashable, Sendable {
  var valueBins: Int
  var hasMissing: Bool
  var missingBin: Int { valueBins }
}
