/// Puts sparse features that are never away from their most frequent bins in the same row into one column.
///
/// A bundle's histogram costs as much as that of one feature, and gives that of each member: the most frequent bin is
/// what is left of the leaf's total. Only features without any conflict share a column, so trees stay the same.
///
/// Source: G. Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 30 (2017), section 4, with
/// no conflicts allowed.
enum ColumnBundles {
  /// The share of rows in one bin from which on a feature counts as sparse.
  static let leastShare = 0.8
  /// The most bundles that are tried for a feature.
  static let mostTried = 64

  /// Where each feature goes; columns are numbered in the order of their first features.
  static func places(of bins: [FeatureBins], _ sources: [UnsafePointer<UInt16>], rows: Int) -> [FeaturePlace] {
    var bundles: [Bundle] = []
    var members: [Int: (bundle: Int, common: Int, offset: Int)] = [:]
    for feature in bins.indices {
      guard let common = commonBin(bins[feature].count, sources[feature], rows) else { continue }
      let filled = Bundle.bits(sources[feature], rows, common)
      let needed = bins[feature].count - 1
      let fitting = bundles.indices.prefix(mostTried).first {
        bundles[$0].places + needed <= 256 && bundles[$0].isFree(filled)
      }
      let index = fitting ?? bundles.count
      if fitting == nil { bundles.append(Bundle(words: filled.count)) }
      members[feature] = (index, common, bundles[index].places)
      bundles[index].take(filled, needed, feature)
    }
    var columns: [Int: Int] = [:]
    var count = 0
    return bins.indices.map { feature in
      // A bundle of one is a plain column.
      guard let member = members[feature], bundles[member.bundle].features.count > 1 else {
        defer { count += 1 }
        return FeaturePlace(column: count)
      }
      if columns[member.bundle] == nil {
        columns[member.bundle] = count
        count += 1
      }
      return FeaturePlace(column: columns[member.bundle] ?? 0, offset: member.offset, common: member.common)
    }
  }

  /// The bin with most rows, where these are enough.
  private static func commonBin(_ bins: Int, _ source: UnsafePointer<UInt16>, _ rows: Int) -> Int? {
    // Most columns are dense, which a few rows show.
    let step = max(rows / 1024, 1)
    var sample = [Int](repeating: 0, count: bins)
    for row in stride(from: 0, to: rows, by: step) { sample[Int(source[row])] += 1 }
    guard let likely = sample.indices.max(by: { sample[$0] < sample[$1] }),
      Double(sample[likely]) >= 0.9 * leastShare * Double((rows + step - 1) / step)
    else { return nil }
    var count = 0
    for row in 0..<rows where Int(source[row]) == likely { count += 1 }
    return Double(count) >= leastShare * Double(rows) ? likely : nil
  }

  private struct Bundle {
    /// Place 0 says that all members are in their common bins.
    var places = 1
    var features: [Int] = []
    private var filled: [UInt64]

    init(words: Int) { filled = Array(repeating: 0, count: words) }

    func isFree(_ other: [UInt64]) -> Bool { zip(filled, other).allSatisfy { $0 & $1 == 0 } }

    mutating func take(_ other: [UInt64], _ needed: Int, _ feature: Int) {
      for index in filled.indices { filled[index] |= other[index] }
      places += needed
      features.append(feature)
    }

    /// A bit for each row away from the common bin.
    static func bits(_ source: UnsafePointer<UInt16>, _ rows: Int, _ common: Int) -> [UInt64] {
      var result = [UInt64](repeating: 0, count: (rows + 63) / 64)
      for row in 0..<rows where Int(source[row]) != common { result[row / 64] |= 1 << UInt64(row % 64) }
      return result
    }
  }
}
