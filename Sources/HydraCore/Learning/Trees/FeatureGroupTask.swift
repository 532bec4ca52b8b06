/// The work on one group of features for one split; groups are independent.
struct FeatureGroupTask: @unchecked Sendable {
  static let groupStride = BinnedMatrix.groupWidth * histogramWidth

  let matrix: BinnedMatrix
  let layouts: [FeatureBinLayout]
  let features: [Bool]?
  let rows: UnsafePointer<UInt32>?
  let count: Int
  let ordered: UnsafeMutablePointer<GradientSum>
  let smaller: UnsafeMutablePointer<Int64>
  /// Nil for a leaf that is not to be split further.
  let smallerSearch: SplitSearch?
  var larger: UnsafeMutablePointer<Int64>?
  var largerSearch: SplitSearch?
  /// The best cut of the smaller leaf in each group, then those of the larger.
  let results: UnsafeMutablePointer<SplitCandidate>

  func run<Word: HistogramWord>(_ group: Int, _: Word.Type) {
    let members = group * BinnedMatrix.groupWidth..<min((group + 1) * BinnedMatrix.groupWidth, layouts.count)
    if let features, !members.contains(where: { features[$0] }) { return }
    let small = typed(smaller, Word.self) + group * Self.groupStride
    small.initialize(repeating: .zero, count: Self.groupStride)
    let words = UnsafeMutableRawPointer(ordered).assumingMemoryBound(to: Word.self)
    addToHistogram(bins: matrix.group(group), rows: rows, words: words, count: count, histogram: small)
    let large = larger.map { typed($0, Word.self) + group * Self.groupStride }
    if let large { subtractHistogram(small, from: large, count: Self.groupStride) }
    withScratch { scratch in
      if let smallerSearch { look(members, small, smallerSearch, scratch, results + group) }
      if let large, let largerSearch { look(members, large, largerSearch, scratch, results + matrix.groups + group) }
    }
  }

  private func look<Word: HistogramWord>(
    _ members: Range<Int>, _ group: UnsafePointer<Word>, _ search: SplitSearch, _ scratch: SplitSearch.Scratch,
    _ result: UnsafeMutablePointer<SplitCandidate>
  ) {
    // Cuts of one group are compared as they come; groups, which threads share out, only at the end.
    var best = SplitCandidate(score: search.leaf.leastScore)
    for feature in members where features?[feature] ?? true {
      let place = feature % BinnedMatrix.groupWidth * histogramWidth
      search.search(group + place, feature: feature, bins: layouts[feature], scratch: scratch, best: &best)
    }
    if best.feature >= 0 { result.pointee = best }
  }

  private func typed<Word>(_ words: UnsafeMutablePointer<Int64>, _: Word.Type) -> UnsafeMutablePointer<Word> {
    UnsafeMutableRawPointer(words).assumingMemoryBound(to: Word.self)
  }

  private func withScratch(_ body: (SplitSearch.Scratch) -> Void) {
    let capacity = SplitSearch.Scratch.capacity
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: 2 * capacity) { words in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: capacity) { bins in
        guard let words = words.baseAddress, let bins = bins.baseAddress else { return }
        body(SplitSearch.Scratch(words: words, hessians: words + capacity, bins: bins))
      }
    }
  }
}
