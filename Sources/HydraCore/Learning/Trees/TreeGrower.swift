import HydraNumerics

/// Grows one tree after another on the same binned features.
///
/// All memory is taken at the start or, for histograms, when a tree first needs it, and used again for every tree.
/// Column groups are shared out among threads; each histogram is filled by one thread, and sums are whole numbers, so
/// the trees do not depend on the number of threads.
final class TreeGrower {
  let matrix: BinnedMatrix
  let settings: GradientBoostedTrees.Settings
  let threads: Int
  private let nodeFeatures: NodeFeatures
  let value: LeafValue
  private let members: [[Int]]
  /// The rows in the tree, leaf by leaf.
  let rows: UnsafeMutablePointer<UInt32>
  let spareRows: UnsafeMutablePointer<UInt32>
  /// The words of the rows of the leaf at hand, in the order of `rows`.
  let ordered: UnsafeMutablePointer<GradientSum>
  let words: UnsafeMutablePointer<GradientSum>
  private var histograms: [UnsafeMutablePointer<Int64>] = []
  private var freeHistograms: [Int] = []
  /// Room for the histograms of shared groups, from the first leaf that needs it on.
  private var partials: UnsafeMutablePointer<Int64>?
  var layout = GradientScale.Layout.constantHessian
  /// The key of the draws of the tree at hand.
  private var treeKey: UInt64 = 0

  init(_ matrix: BinnedMatrix, settings: GradientBoostedTrees.Settings, threads: Int) {
    self.matrix = matrix
    self.settings = settings
    self.threads = threads
    nodeFeatures = NodeFeatures(matrix, settings: settings)
    value = LeafValue(settings)
    var members = [[Int]](repeating: [], count: matrix.groups)
    for feature in matrix.places.indices { members[matrix.places[feature].column / matrix.groupWidth].append(feature) }
    self.members = members
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
    partials?.deallocate()
  }

  /// A grown tree, with its leaf values not yet scaled by the learning rate, and the rows of each leaf.
  struct GrownTree: Sendable {
    var tree: RegressionTree
    /// How the binned features part at each node.
    var nodes: [BinnedSplit]
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
  ///   - key: decides what is drawn at the nodes.
  func grow(
    gradients: UnsafePointer<Double>, hessians: UnsafePointer<Double>?, bag: [UInt32]?, features: [Bool]?, key: UInt64
  ) -> GrownTree {
    let count = bag?.count ?? matrix.rows
    if let bag {
      for index in 0..<count { rows[index] = bag[index] }
    } else {
      for index in 0..<count { rows[index] = UInt32(truncatingIfNeeded: index) }
    }
    treeKey = key
    let root = quantise(gradients: gradients, hessians: hessians, bag: bag, count: count)
    var leaves = [GrowingLeaf(start: 0, terms: root, depth: 0)]
    leaves[0].setOutput(value, parent: 0)
    var assembly = TreeAssembly()
    defer { for leaf in leaves { release(leaf.histogram) } }
    if canSplit(leaves[0]) {
      leaves[0].histogram = takeHistogram()
      findSplits(smaller: &leaves[0], larger: nil, isWholeMatrix: bag == nil, features: features)
    }
    while leaves.count < settings.leaves {
      var chosen = 0
      for leaf in leaves.indices where comesFirst(leaves[leaf], leaves[chosen]) { chosen = leaf }
      guard leaves[chosen].gain > -.infinity else { break }
      split(chosen, &leaves, &assembly, features: features)
    }
    return assembly.finish(
      leaves.map { finished($0, gradients: gradients, hessians: hessians) }, matrix: matrix)
  }

  // MARK: - Steps

  private func comesFirst(_ leaf: GrowingLeaf, _ other: GrowingLeaf) -> Bool {
    guard settings.growth == .depthWise, leaf.gain > -.infinity, other.gain > -.infinity, leaf.depth != other.depth
    else { return leaf.gain > other.gain }
    return leaf.depth < other.depth
  }

  private func canSplit(_ leaf: GrowingLeaf) -> Bool {
    if let limit = settings.maximumDepth, leaf.depth >= limit { return false }
    return leaf.terms.canBeSplit && matrix.groups > 0
  }

  /// A leaf of the tree; where words hold few bits of a derivative, its value is computed from the derivatives.
  private func finished(
    _ leaf: GrowingLeaf, gradients: UnsafePointer<Double>, hessians: UnsafePointer<Double>?
  ) -> TreeAssembly.Leaf {
    var result = TreeAssembly.Leaf(
      start: leaf.start, rows: leaf.count, value: leaf.output, weight: leaf.terms.weight)
    guard layout == .packed, let hessians else { return result }
    var (gradient, hessian) = (0.0, 0.0)
    for place in leaf.start..<leaf.start + leaf.count {
      let row = Int(rows[place])
      gradient += gradients[row]
      hessian += hessians[row]
    }
    result.weight = hessian
    result.value = value(
      gradient, hessian, rows: leaf.terms.rows, extraL2: leaf.extraL2, bounds: leaf.bounds, parent: leaf.parentOutput)
    return result
  }

  private func split(
    _ chosen: Int, _ leaves: inout [GrowingLeaf], _ assembly: inout TreeAssembly, features: [Bool]?
  ) {
    let parent = leaves[chosen]
    let leftCount = partition(parent)
    let node = assembly.add(
      parent.best, gain: parent.gain, parent: parent.parent, leaf: chosen, sibling: leaves.count, terms: parent.terms,
      output: parent.output)
    var (left, right) = parent.children(node, leftCount: leftCount, settings: settings, value: value, matrix: matrix)
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
    let task = FeatureGroupTask(
      matrix: matrix, settings: settings, members: members,
      rows: isWholeMatrix ? nil : UnsafePointer(rows + start), count: count, ordered: ordered,
      smaller: histograms[smaller.histogram ?? 0], smallerSearch: search(of: smaller, features), features: features,
      results: results)
    if let larger {
      task.larger = larger.pointee.histogram.map { histograms[$0] }
      task.largerSearch = search(of: larger.pointee, features)
    }
    // A thread is worth waking for some tens of microseconds.
    let work = matrix.groups * (count + 1024)
    let isPair = layout == .pairs
    if let shared = sharedGroups(rows: count) {
      task.shared = shared
      parallelFor((matrix.groups - shared.first) * shared.shares, threads: threads) { part in
        if isPair {
          task.fill(part: part, of: shared, GradientSum.self)
        } else {
          task.fill(part: part, of: shared, Int64.self)
        }
      }
    }
    parallelFor(matrix.groups, threads: work > 60_000 ? threads : 1) { group in
      if isPair { task.run(group, GradientSum.self) } else { task.run(group, Int64.self) }
    }
    smaller.settle(results, matrix.groups)
    larger?.pointee.settle(results + matrix.groups, matrix.groups)
  }

  /// How a leaf is searched; nil when it is not to be split.
  private func search(of leaf: GrowingLeaf, _ features: [Bool]?) -> FeatureGroupTask.LeafSearch? {
    guard canSplit(leaf) else { return nil }
    var search = SplitSearch(leaf: leaf.terms)
    // The place of a leaf in the tree: its first row and its depth are its alone.
    let key = mixed(treeKey &+ UInt64(leaf.start) << 20 &+ UInt64(leaf.depth))
    if value.isShaped {
      let sums = leaf.terms.real(leaf.terms.total)
      search.shape = LeafShape(
        value: value, bounds: leaf.bounds, output: leaf.output,
        gain: value.gain(leaf.output, sums.gradient, sums.hessian))
    }
    if settings.drawsCuts { search.drawKey = key }
    return FeatureGroupTask.LeafSearch(
      search: search, features: nodeFeatures.allowed(features, path: leaf.path, key: key),
      factors: nodeFeatures.factors(depth: leaf.depth))
  }

  // MARK: - Histograms

  private func takeHistogram() -> Int {
    if let free = freeHistograms.popLast() { return free }
    histograms.append(histogramMemory(groups: max(matrix.groups, 1), pairs: layout == .pairs))
    return histograms.count - 1
  }

  private func histogramMemory(groups: Int, pairs: Bool) -> UnsafeMutablePointer<Int64> {
    let count = groups * matrix.groupWidth * matrix.histogramWidth * (pairs ? 2 : 1)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Int64>.stride, alignment: 64)
    return memory.bindMemory(to: Int64.self, capacity: count)
  }

  private func sharedGroups(rows: Int) -> SharedGroups? {
    let count = SharedGroups.count(groups: matrix.groups, rows: rows, threads: threads)
    guard count > 0 else { return nil }
    let memory = partials ?? histogramMemory(groups: count * threads, pairs: true)
    partials = memory
    return SharedGroups(first: matrix.groups - count, shares: threads, memory: memory)
  }

  /// Histograms of single words have no room for pairs.
  func dropHistograms() {
    for histogram in histograms { histogram.deallocate() }
    histograms = []
    freeHistograms = []
  }

  private func release(_ histogram: Int?) {
    if let histogram { freeHistograms.append(histogram) }
  }
}
