import HydraNumerics

/// Where the bins of a feature are: in which column of the binned matrix, and from which place on.
///
/// A column that holds one feature has its bins from place 0. In a bundle of sparse features each has its bins other
/// than the most frequent one, `common`, from `offset` on; a row with a place of another feature is in `common`.
struct FeaturePlace: Hashable, Sendable {
  var column: Int
  var offset = 0
  /// Nil where the column holds one feature only.
  var common: Int?

  /// The bin that a place of the column stands for.
  func bin(at place: Int, bins: Int) -> Int {
    guard let common else { return place }
    let index = place - offset
    guard index >= 0, index < bins - 1 else { return common }
    return index < common ? index : index + 1
  }
}

/// Features as bin numbers of one byte (of two for more than 256 bins), column by column, with four (two) columns
/// interleaved.
///
/// Four columns share one 32-bit load, one row number and one gradient in the loop that fills histograms, which makes
/// it about twice as fast as one column at a time. The bin of column `c` and row `r` is byte `c % 4`, from the lowest,
/// of word `(c / 4) * rows + r`; columns that pad the last group are all in bin 0.
final class BinnedMatrix: @unchecked Sendable {
  let rows: Int
  /// The column of the original matrix that each binned feature comes from; those with one bin are left out.
  let columns: [Int]
  let bins: [FeatureBins]
  /// Of each binned feature; nil for one of categories.
  let shapes: [BinShape?]
  let places: [FeaturePlace]
  let groups: Int
  /// Columns in a group, and bits of each in a word.
  let groupWidth: Int
  let laneBits: UInt32
  /// The places of a column in a histogram.
  let histogramWidth: Int
  /// The places of each column that rows can have, for all columns of all groups.
  let usedPlaces: [Int]
  private let words: UnsafeMutablePointer<UInt32>

  /// Bins each column on its own, so that threads do not change the result.
  init(_ features: Matrix, settings: GradientBoostedTrees.Settings, threads: Int) {
    rows = features.rows
    let rowCount = features.rows
    let width = features.columns
    let isWide = settings.maximumBins > 256
    laneBits = isWide ? 16 : 8
    groupWidth = isWide ? 2 : 4
    // Every column is first binned into its own place, then those that are useful are interleaved.
    let plain = UnsafeMutablePointer<UInt16>.allocate(capacity: max(rowCount * width, 1))
    defer { plain.deallocate() }
    let allBins = Self.bin(features, settings, into: plain, threads: threads)
    let useful = (0..<width).filter { allBins[$0].isUseful }
    columns = useful
    bins = useful.map { allBins[$0] }
    shapes = bins.map { $0.isCategorical ? nil : $0.shape }
    nonisolated(unsafe) let sources = useful.map { UnsafePointer(plain + $0 * rowCount) }
    places =
      settings.bundlesColumns && !isWide
      ? ColumnBundles.places(of: bins, sources, rows: rowCount) : useful.indices.map { FeaturePlace(column: $0) }
    let columnCount = (places.map { $0.column }.max() ?? -1) + 1
    groups = (columnCount + groupWidth - 1) / groupWidth
    var used = [Int](repeating: 1, count: groups * groupWidth)
    for (feature, place) in places.enumerated() {
      used[place.column] = max(
        used[place.column], place.common == nil ? bins[feature].count : place.offset + bins[feature].count - 1)
    }
    usedPlaces = used
    histogramWidth = isWide ? ((used.max() ?? 1) + 7) & ~7 : 256
    words = .allocate(capacity: max(groups * rowCount, 1))
    nonisolated(unsafe) let target = words
    target.initialize(repeating: 0, count: max(groups * rowCount, 1))
    let (places, groupWidth, laneBits, counts) = (places, groupWidth, laneBits, bins.map { $0.count })
    let members = Dictionary(grouping: places.indices) { places[$0].column / groupWidth }
    parallelFor(groups, threads: threads) { group in
      let column = target + group * rowCount
      for feature in members[group] ?? [] {
        let place = places[feature]
        let shift = UInt32(place.column % groupWidth) * laneBits
        interleave(sources[feature], rowCount, place, counts[feature], column, shift)
      }
    }
  }

  deinit { words.deallocate() }

  /// The bins of the columns of a group, a word per row.
  func group(_ group: Int) -> UnsafePointer<UInt32> { UnsafePointer(words + group * rows) }

  /// The bins of the group in which a feature is.
  func group(ofFeature feature: Int) -> UnsafePointer<UInt32> { group(places[feature].column / groupWidth) }

  /// How far the place of a feature is from the lowest bit of its group's word.
  func shift(_ feature: Int) -> UInt32 { UInt32(places[feature].column % groupWidth) * laneBits }

  /// Whether a group of columns is more than the nearest cache holds beside histograms.
  var isFar: Bool { rows > 32_768 }

  var laneMask: UInt32 { 1 << laneBits - 1 }

  /// The bin of a feature in a row.
  func bin(of feature: Int, row: Int) -> Int {
    let place = Int(group(ofFeature: feature)[row] >> shift(feature) & laneMask)
    return places[feature].bin(at: place, bins: bins[feature].count)
  }

  private static func bin(
    _ features: Matrix, _ settings: GradientBoostedTrees.Settings, into plain: UnsafeMutablePointer<UInt16>,
    threads: Int
  ) -> [FeatureBins] {
    let (rowCount, width) = (features.rows, features.columns)
    let isCategorical = Set(settings.categorical.columns)
    return features.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return [] }
      nonisolated(unsafe) let (source, target) = (base, plain)
      return parallelMap(width, threads: threads) { column in
        let sorter = ColumnSorter(capacity: rowCount)
        var result: FeatureBins?
        let missing = isCategorical.contains(column) ? .nan : settings.missing
        sorter.sort(source + column, stride: width, count: rowCount, missing: missing) { keys, rows, count in
          let bins =
            isCategorical.contains(column)
            ? FeatureBins(
              categoryKeys: keys, count: count, total: rowCount, maximum: min(settings.maximumBins, 256),
              minimumRows: settings.minimumBinRows)
            : FeatureBins(
              sortedKeys: keys, count: count, hasMissing: count < rowCount, missing: missing,
              maximum: settings.maximumBins, minimumRows: settings.minimumBinRows)
          result = bins
          bins.fill(target + column * rowCount, rowCount, keys, rows, count)
        }
        return result ?? FeatureBins(sortedKeys: [], count: 0, hasMissing: true, maximum: 2, minimumRows: 1)
      }
    }
  }
}

/// Puts the places of one feature into its group's words.
private func interleave(
  _ source: UnsafePointer<UInt16>, _ rows: Int, _ place: FeaturePlace, _ bins: Int,
  _ target: UnsafeMutablePointer<UInt32>, _ shift: UInt32
) {
  guard let common = place.common else {
    for row in 0..<rows { target[row] |= UInt32(source[row]) &<< shift }
    return
  }
  // Features of a bundle are never away from their common bins in one row, so or puts one place there at most.
  for row in 0..<rows where Int(source[row]) != common {
    let bin = Int(source[row])
    target[row] |= UInt32(place.offset + (bin < common ? bin : bin - 1)) &<< shift
  }
}

extension FeatureBins {
  /// Writes the bin of every row, from the sorted values.
  fileprivate func fill(
    _ target: UnsafeMutablePointer<UInt16>, _ rowCount: Int, _ keys: UnsafePointer<UInt64>,
    _ rows: UnsafePointer<UInt32>, _ count: Int
  ) {
    if hasMissing { target.initialize(repeating: UInt16(missingBin), count: rowCount) }
    if let categories {
      var bins: [Int: Int] = [:]
      for (bin, category) in categories.enumerated() { bins[category] = bin }
      for index in 0..<count {
        let value = ColumnSorter.value(of: keys[index])
        target[Int(rows[index])] = UInt16(value > -1 ? bins[Int(value)] ?? missingBin : missingBin)
      }
      return
    }
    var bin = 0
    var bound = ColumnSorter.key(of: upperBounds[0])
    for index in 0..<count {
      while keys[index] > bound {
        bin += 1
        bound = ColumnSorter.key(of: upperBounds[bin])
      }
      target[Int(rows[index])] = UInt16(bin)
    }
  }
}
