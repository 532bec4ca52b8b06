/// The work on one group of columns for one split; groups are independent. A class, since threads share it as it is.
final class FeatureGroupTask: @unchecked Sendable {
  let matrix: BinnedMatrix
  let settings: GradientBoostedTrees.Settings
  /// The binned features of each group.
  let members: [[Int]]
  let rows: UnsafePointer<UInt32>?
  let count: Int
  let ordered: UnsafeMutablePointer<GradientSum>
  let smaller: UnsafeMutablePointer<Int64>
  /// Nil for a leaf that is not to be split further.
  let smallerSearch: LeafSearch?
  var larger: UnsafeMutablePointer<Int64>?
  var largerSearch: LeafSearch?
  /// The features that the tree may use; nil for all.
  let features: [Bool]?
  /// Groups whose rows are dealt out, too.
  var shared: SharedGroups?
  /// The best cut of the smaller leaf in each group, then those of the larger.
  let results: UnsafeMutablePointer<SplitCandidate>

  init(
    matrix: BinnedMatrix, settings: GradientBoostedTrees.Settings, members: [[Int]], rows: UnsafePointer<UInt32>?,
    count: Int, ordered: UnsafeMutablePointer<GradientSum>, smaller: UnsafeMutablePointer<Int64>,
    smallerSearch: LeafSearch?, features: [Bool]?, results: UnsafeMutablePointer<SplitCandidate>
  ) {
    (self.matrix, self.settings, self.members, self.rows, self.count) = (matrix, settings, members, rows, count)
    (self.ordered, self.smaller, self.smallerSearch) = (ordered, smaller, smallerSearch)
    (self.features, self.results) = (features, results)
  }

  /// A leaf to be searched, and the features that it may be split by (nil for all of the tree).
  struct LeafSearch {
    var search: SplitSearch
    var features: [Bool]?
    /// What a gain by each feature counts for; nil for 1.
    var factors: [Double]?
  }

  /// The words of all columns of a group.
  var groupStride: Int { matrix.groupWidth * matrix.histogramWidth }

  func run<Word: HistogramWord>(_ group: Int, _: Word.Type) {
    guard isNeeded(group) else { return }
    let members = members[group]
    let small = typed(smaller, Word.self) + group * groupStride
    let large = larger.map { typed($0, Word.self) + group * groupStride }
    if smallerSearch == nil, let large {
      // Nobody asks for the smaller leaf's histogram: its rows leave their parent's at once.
      add(group, to: large, subtracts: true)
    } else {
      forEachColumn(group) { start, used in (small + start).initialize(repeating: .zero, count: used) }
      add(group, to: small, subtracts: false)
      if let large {
        forEachColumn(group) { start, used in subtractHistogram(small + start, from: large + start, count: used) }
      }
    }
    withScratch { scratch in
      if let smallerSearch { look(members, small, smallerSearch, scratch, results + group) }
      if let large, let largerSearch { look(members, large, largerSearch, scratch, results + matrix.groups + group) }
    }
  }

  /// Whether the tree may use a feature of the group.
  func isNeeded(_ group: Int) -> Bool { features.map { allowed in members[group].contains { allowed[$0] } } ?? true }

  func forEachColumn(_ group: Int, _ body: (_ start: Int, _ used: Int) -> Void) {
    for lane in 0..<matrix.groupWidth {
      body(lane * matrix.histogramWidth, matrix.usedPlaces[group * matrix.groupWidth + lane])
    }
  }

  private func add<Word: HistogramWord>(
    _ group: Int, to histogram: UnsafeMutablePointer<Word>, subtracts: Bool
  ) {
    if let shared, group >= shared.first {
      addParts(of: shared, group: group, to: histogram, subtracts: subtracts)
    } else {
      addRows(0..<count, of: group, to: histogram, subtracts: subtracts)
    }
  }

  /// Adds some of the leaf's rows to the histogram of a group, or takes them away.
  func addRows<Word: HistogramWord>(
    _ places: Range<Int>, of group: Int, to histogram: UnsafeMutablePointer<Word>, subtracts: Bool
  ) {
    let (first, count, isFar) = (places.lowerBound, places.count, matrix.isFar)
    let words = UnsafePointer(UnsafeMutableRawPointer(ordered).assumingMemoryBound(to: Word.self)) + first
    let rows = rows.map { $0 + first }
    let bins = matrix.group(group) + (rows == nil ? first : 0)
    if matrix.groupWidth == 2 {
      addToWideHistogram(
        bins: bins, rows: rows, words: words, count: count, subtracts: subtracts, width: matrix.histogramWidth,
        histogram: histogram)
    } else if subtracts {
      addToHistogram(
        bins: bins, rows: rows, words: words, count: count, subtracts: true, isFar: isFar, histogram: histogram)
    } else {
      addToHistogram(
        bins: bins, rows: rows, words: words, count: count, subtracts: false, isFar: isFar, histogram: histogram)
    }
  }

  private func look<Word: HistogramWord>(
    _ members: [Int], _ group: UnsafePointer<Word>, _ leaf: LeafSearch, _ scratch: SplitSearch.Scratch,
    _ result: UnsafeMutablePointer<SplitCandidate>
  ) {
    let search = leaf.search
    let least = search.leaf.leastScore
    // Cuts of one group are compared as they come; groups, which threads share out, only at the end.
    var best = SplitCandidate(score: least)
    let (allowed, factors, monotone) = (leaf.features ?? features, leaf.factors, settings.constraints.monotone)
    for feature in members where allowed?[feature] ?? true {
      let column = group + matrix.places[feature].column % matrix.groupWidth * matrix.histogramWidth
      let histogram = unbundled(column, feature, scratch)
      let factor = factors?[feature] ?? 1
      var found = factor == 1 ? best : SplitCandidate(score: least)
      if let shape = matrix.shapes[feature] {
        search.search(
          histogram, feature: feature, bins: shape,
          direction: monotone.isEmpty ? 0 : monotone[matrix.columns[feature]], scratch: scratch, best: &found)
      } else {
        CategoricalSearch(search: search, splits: settings.categorical)
          .search(histogram, feature: feature, bins: matrix.bins[feature], best: &found)
      }
      guard found.feature == feature else { continue }
      if factor != 1 { found.score = search.leaf.score(ofGain: factor * search.leaf.gain(ofScore: found.score)) }
      if found.score > best.score { best = found }
      if factor == 1 { best = found }
    }
    if best.feature >= 0 { result.pointee = best }
  }

  /// The histogram of one feature by its own bins.
  private func unbundled<Word: HistogramWord>(
    _ column: UnsafePointer<Word>, _ feature: Int, _ scratch: SplitSearch.Scratch
  ) -> UnsafePointer<Word> {
    let place = matrix.places[feature]
    guard let common = place.common else { return column }
    let count = matrix.bins[feature].count
    let plain = typed(scratch.plain, Word.self)
    // All rows of the leaf are somewhere in the column, and those at no place of this feature in its common bin.
    var rest = Word.zero
    for index in 0..<matrix.usedPlaces[place.column] { rest = rest.plus(column[index]) }
    for bin in 0..<count where bin != common {
      plain[bin] = column[place.offset + (bin < common ? bin : bin - 1)]
      rest = rest.minus(plain[bin])
    }
    plain[common] = rest
    return UnsafePointer(plain)
  }

  private func typed<Word>(_ words: UnsafeMutablePointer<Int64>, _: Word.Type) -> UnsafeMutablePointer<Word> {
    UnsafeMutableRawPointer(words).assumingMemoryBound(to: Word.self)
  }

  private func withScratch(_ body: (SplitSearch.Scratch) -> Void) {
    // Eight more, for the last cuts that are compared together.
    let capacity = matrix.histogramWidth + 8
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: 4 * capacity) { words in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: capacity) { bins in
        guard let words = words.baseAddress, let bins = bins.baseAddress else { return }
        body(
          SplitSearch.Scratch(
            words: words, hessians: words + capacity, bins: bins, plain: words + 2 * capacity))
      }
    }
  }
}
