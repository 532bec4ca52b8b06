/// Finds the best set of categories for the left side of a leaf.
///
/// With few categories each is set against the others. Else categories are sorted by G / (H + smoothing), and the sets
/// that begin at either end are tried; a step of the search takes in at least `minimumGroupRows` rows.
///
/// Source: LightGBM's `FindBestThresholdCategoricalInner`.
struct CategoricalSearch {
  let search: SplitSearch
  let splits: CategoricalSplits

  private var leaf: LeafTerms { search.leaf }

  func search<Word: HistogramWord>(
    _ histogram: UnsafePointer<Word>, feature: Int, bins: FeatureBins, best: inout SplitCandidate
  ) {
    let used = (0..<bins.valueBins).filter { histogram[$0].word != 0 }
    if bins.count <= splits.oneHotBins {
      for bin in used {
        offer(histogram[bin].sum, [bin], feature: feature, extraL2: 0, &best)
      }
      return
    }
    let keys = used.map { bin -> (bin: Int, rows: Int64, order: Double) in
      let sums = leaf.real(histogram[bin].sum)
      return (bin, sums.rows, sums.gradient / (sums.hessian + splits.smoothing))
    }
    let sorted = keys.filter { Double($0.rows) >= splits.smoothing }.sorted { ($0.order, $0.bin) < ($1.order, $1.bin) }
    let most = min(splits.mostCategories, (sorted.count + 1) / 2)
    for isReversed in [false, true] {
      let order = isReversed ? sorted.reversed() : sorted
      var left = GradientSum.zero
      var group: Int64 = 0
      for taken in 0..<min(most, order.count) {
        left = left &+ histogram[order[taken].bin].sum
        group += order[taken].rows
        let rightRows = leaf.rows - leaf.scale.count(of: left.x)
        guard rightRows >= leaf.minimumRows, rightRows >= splits.minimumGroupRows else { break }
        guard hasEnough(left), group >= splits.minimumGroupRows else { continue }
        group = 0
        offer(left, order[...taken].map { $0.bin }, feature: feature, extraL2: splits.l2, &best)
      }
    }
  }

  private func hasEnough(_ sum: GradientSum) -> Bool {
    leaf.scale.count(of: sum.x) >= leaf.minimumRows && leaf.scale.hessian(of: sum) >= leaf.minimumHessian
  }

  private func offer(
    _ left: GradientSum, _ bins: [Int], feature: Int, extraL2: Double, _ best: inout SplitCandidate
  ) {
    guard hasEnough(left), hasEnough(leaf.total &- left), let score = search.score(left: left, extraL2: extraL2),
      score > best.score
    else { return }
    var set = SIMD4<UInt64>.zero
    for bin in bins { set[bin / 64] |= 1 << UInt64(bin % 64) }
    best = SplitCandidate(score: score, feature: feature, left: left, categories: set, extraL2: extraL2)
  }
}
