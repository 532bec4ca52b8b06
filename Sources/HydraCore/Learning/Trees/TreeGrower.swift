import HydraNumerics

/// Grows one tree after another on the same binned features, always splitting the leaf that gains most.
///
/// All memory is taken at the start or, for histograms, when a tree first needs it, and used again for every tree.
/// Feature groups are shared out among threads; each histogram is filled by one thread, and sums are whole numbers, so
/// the trees do not depend on the number of threads.
final class TreeGrower {
  private let matrix: BinnedMatrix
  private let settings: GradientBoostedTrees.Settings
  private let threads: Int
  private let layouts: [FeatureBinLayout]
  /// The rows in the tree, leaf by leaf.
  private let rows: UnsafeMutablePointer<UInt32>
  private let spareRows: UnsafeMutablePointer<UInt32>
  /// The words of the rows of the leaf at hand, in the order of `rows`.
  private let ordered: UnsafeMutablePointer<GradientSum>
  private let words: UnsafeMutablePointer<GradientSum>
  private var histograms: [UnsafeMutablePointer<Int64>] = []
  private var freeHistograms: [Int] = []
  private var hasHessians = false

  init(_ matrix: BinnedMatrix, settings: GradientBoostedTrees.Settings, threads: Int) {
    self.matrix = matrix
    self.settings = settings
    self.threads = threads
    layouts = matrix.bins.map { FeatureBinLayout(valueBins: $0.upperBounds.count, hasMissing: $0.hasMissing) }
    rows = .allocate(capacity: max(matrix.rows, 1))
    spareRows = .allocate(capacity: max(matrix.rows, 1))
    ordered = .allocate(capacity: max(matrix.rows, 1))
    words = .allocate(capacity: max(matrix.rows, 1))
  }

  deinit {
    rows.deallocate()
    spareRows.deallocate()
    ordered.deallocate()
    words.deallocate()
    for histogram in histograms { histogram.deallocate() }
  }

  /// A leaf while the tree grows.
  private struct GrowingLeaf {
    var start: Int
    var terms: LeafTerms
    var depth: Int
    var histogram: Int?
    /// The node above, and on which side of it; nil for the root.
    var parent: (node: Int, isLeft: Bool)?
    var best = SplitCandidate()
    var gain = -Double.infinity

    var count: Int { Int(terms.rows) }
  }

  /// A grown tree, with its leaf values not yet scaled by the learning rate, and the rows of each leaf.
  struct GrownTree {
    var tree: RegressionTree
    /// The bin up to which rows go left, for each node.
    var nodeBins: [(feature: Int, bin: Int, missingGoesLeft: Bool)]
    /// Leaf l has the rows `rows[starts[l]..<starts[l] + counts[l]]`.
    var starts: [Int]
    var counts: [Int]
  }

  /// The rows of the last tree, leaf by leaf.
  var leafRows: UnsafePointer<UInt32> { UnsafePointer(rows) }

  /// Grows a tree for the given gradients.
  ///
  /// - Parameters:
  ///   - gradients: first derivatives of the loss by the score, for all rows of the matrix.
  ///   - hessians: second derivatives, or nil where they are all 1.
  ///   - bag: the rows that count, ascending; nil for all.
  ///   - features: which of the binned features may be used; nil for all.
  func grow(
    gradients: UnsafePointer<Double>, hessians: UnsafePointer<Double>?, bag: [UInt32]?, features: [Bool]?
  ) -> GrownTree {
    let count = bag?.count ?? matrix.rows
    if let bag {
      for index in 0..<count { rows[index] = bag[index] }
    } else {
      for index in 0..<count { rows[index] = UInt32(truncatingIfNeeded: index) }
    }
    hasHessians = hessians != nil
    let root = quantise(gradients: gradients, hessians: hessians, count: count)
    var leaves = [GrowingLeaf(start: 0, terms: root, depth: 0)]
    var assembly = TreeAssembly()
    defer { for leaf in leaves { release(leaf.histogram) } }
    if canSplit(leaves[0]) {
      leaves[0].histogram = takeHistogram()
      findSplits(smaller: &leaves[0], larger: nil, isWholeMatrix: bag == nil, features: features)
    }
    while leaves.count < settings.leaves {
      var chosen = 0
      for leaf in leaves.indices where leaves[leaf].gain > leaves[chosen].gain { chosen = leaf }
      guard leaves[chosen].gain > -.infinity else { break }
      split(chosen, &leaves, &assembly, features: features)
    }
    return assembly.finish(leaves.map { ($0.start, $0.terms) }, matrix: matrix)
  }

  // MARK: - Steps

  /// Turns gradients into words; gives the terms of all rows in the tree.
  private func quantise(
    gradients: UnsafePointer<Double>, hessians: UnsafePointer<Double>?, count: Int
  ) -> LeafTerms {
    var (gradientSum, hessianSum) = (0.0, 0.0)
    for index in 0..<count { gradientSum += abs(gradients[Int(rows[index])]) }
    if let hessians {
      for index in 0..<count { hessianSum += hessians[Int(rows[index])] }
    }
    let scale = GradientScale(rows: count, gradientSum: gradientSum, hessianSum: hessianSum)
    var total = GradientSum.zero
    if let hessians {
      for index in 0..<count {
        let row = Int(rows[index])
        let word = GradientSum(scale.word(gradient: gradients[row]), scale.word(hessian: hessians[row]))
        words[row] = word
        total = total &+ word
      }
    } else {
      let plain = plainWords(words)
      for index in 0..<count {
        let row = Int(rows[index])
        let word = scale.word(gradient: gradients[row])
        plain[row] = word
        total.x &+= word
      }
    }
    return LeafTerms(total, scale: scale, hasHessians: hasHessians, settings: settings)
  }

  private func canSplit(_ leaf: GrowingLeaf) -> Bool {
    if let limit = settings.maximumDepth, leaf.depth >= limit { return false }
    return leaf.terms.canBeSplit && matrix.groups > 0
  }

  private func split(
    _ chosen: Int, _ leaves: inout [GrowingLeaf], _ assembly: inout TreeAssembly, features: [Bool]?
  ) {
    let parent = leaves[chosen]
    let best = parent.best
    let layout = layouts[best.feature]
    let isMissingAbove = layout.hasMissing && best.missingGoesLeft
    let leftCount = partition(
      rows: rows + parent.start, count: parent.count, spare: spareRows,
      bins: matrix.group(best.feature / BinnedMatrix.groupWidth), shift: BinnedMatrix.shift(best.feature),
      threshold: UInt32(best.bin), missingBin: isMissingAbove ? UInt32(layout.valueBins) : 256)
    let node = assembly.add(
      best, gain: parent.gain, parent: parent.parent, leaf: chosen, sibling: leaves.count, terms: parent.terms)
    func child(_ sum: GradientSum, start: Int, isLeft: Bool) -> GrowingLeaf {
      let terms = LeafTerms(sum, scale: parent.terms.scale, hasHessians: hasHessians, settings: settings)
      return GrowingLeaf(start: start, terms: terms, depth: parent.depth + 1, parent: (node, isLeft))
    }
    var left = child(best.left, start: parent.start, isLeft: true)
    var right = child(parent.terms.total &- best.left, start: parent.start + leftCount, isLeft: false)
    assert(left.count == leftCount)
    let isLast = leaves.count + 1 == settings.leaves
    if !isLast, canSplit(left) || canSplit(right) {
      // The larger child takes over the parent's histogram and becomes it by subtraction.
      let (fresh, inherited) = (takeHistogram(), parent.histogram)
      if left.count <= right.count {
        (left.histogram, right.histogram) = (fresh, inherited)
        findSplits(smaller: &left, larger: &right, isWholeMatrix: false, features: features)
      } else {
        (right.histogram, left.histogram) = (fresh, inherited)
        findSplits(smaller: &right, larger: &left, isWholeMatrix: false, features: features)
      }
    } else {
      release(parent.histogram)
    }
    leaves[chosen] = left
    leaves.append(right)
  }

  /// Fills the histogram of the smaller leaf, takes it away from the larger one's, and finds the best cut of each.
  private func findSplits(
    smaller: inout GrowingLeaf, larger: UnsafeMutablePointer<GrowingLeaf>?, isWholeMatrix: Bool, features: [Bool]?
  ) {
    let (start, count) = (smaller.start, smaller.count)
    gather(start: start, count: count)
    let results = UnsafeMutablePointer<SplitCandidate>.allocate(capacity: 2 * matrix.groups)
    results.initialize(repeating: SplitCandidate(), count: 2 * matrix.groups)
    defer { results.deallocate() }
    var task = FeatureGroupTask(
      matrix: matrix, layouts: layouts, features: features, rows: isWholeMatrix ? nil : UnsafePointer(rows + start),
      count: count, ordered: ordered, smaller: histograms[smaller.histogram ?? 0],
      smallerSearch: canSplit(smaller) ? SplitSearch(leaf: smaller.terms) : nil, results: results)
    if let larger {
      task.larger = larger.pointee.histogram.map { histograms[$0] }
      task.largerSearch = canSplit(larger.pointee) ? SplitSearch(leaf: larger.pointee.terms) : nil
    }
    // A thread is worth waking for some tens of microseconds.
    let work = matrix.groups * (count + 1024)
    let workers = work > 60_000 ? threads : 1
    let (fixedTask, hasHessians) = (task, hasHessians)
    parallelFor(matrix.groups, threads: workers) { group in
      if hasHessians {
        fixedTask.run(group, GradientSum.self)
      } else {
        fixedTask.run(group, Int64.self)
      }
    }
    settle(&smaller, results)
    if let larger { settle(&larger.pointee, results + matrix.groups) }
  }

  private func settle(_ leaf: inout GrowingLeaf, _ results: UnsafePointer<SplitCandidate>) {
    for group in 0..<matrix.groups where results[group].isBetter(than: leaf.best) { leaf.best = results[group] }
    if leaf.best.feature >= 0 { leaf.gain = leaf.terms.gain(ofScore: leaf.best.score) }
  }

  /// Copies the words of a leaf's rows into one run.
  private func gather(start: Int, count: Int) {
    let rows = rows + start
    if hasHessians {
      for index in 0..<count { ordered[index] = words[Int(truncatingIfNeeded: rows[index])] }
    } else {
      let (plain, target) = (plainWords(words), plainWords(ordered))
      for index in 0..<count { target[index] = plain[Int(truncatingIfNeeded: rows[index])] }
    }
  }

  // MARK: - Histograms

  private func takeHistogram() -> Int {
    if let free = freeHistograms.popLast() { return free }
    // Room for pairs of words, so that both kinds of gradients can use it.
    let count = max(matrix.groups, 1) * FeatureGroupTask.groupStride * 2
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Int64>.stride, alignment: 64)
    histograms.append(memory.bindMemory(to: Int64.self, capacity: count))
    return histograms.count - 1
  }

  private func release(_ histogram: Int?) {
    if let histogram { freeHistograms.append(histogram) }
  }
}

/// Memory of pairs, used for single words.
private func plainWords(_ pairs: UnsafeMutablePointer<GradientSum>) -> UnsafeMutablePointer<Int64> {
  UnsafeMutableRawPointer(pairs).assumingMemoryBound(to: Int64.self)
}
