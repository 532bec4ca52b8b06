/// A leaf while its tree grows.
struct GrowingLeaf {
  var start: Int
  var terms: LeafTerms
  var depth: Int
  var histogram: Int?
  /// The node above, and on which side of it; nil for the root.
  var parent: (node: Int, isLeft: Bool)?
  var best = SplitCandidate()
  var gain = -Double.infinity
  /// The value of the leaf as it stands, and that of its parent.
  var output = 0.0
  var parentOutput = 0.0
  /// Where the value must lie; nil for anywhere.
  var bounds: ClosedRange<Double>?
  /// What was added to the L2 penalty by the split above.
  var extraL2 = 0.0
  /// The features tested above, where somebody asks for them.
  var path: [Int] = []

  init(start: Int, terms: LeafTerms, depth: Int) {
    (self.start, self.terms, self.depth) = (start, terms, depth)
  }

  var count: Int { Int(terms.rows) }

  mutating func setOutput(_ value: LeafValue, parent: Double) {
    let sums = terms.real(terms.total)
    parentOutput = parent
    output = value(
      sums.gradient, sums.hessian, rows: sums.rows, extraL2: extraL2, bounds: bounds, parent: parent)
  }

  /// Takes over the best of the cuts found in each group of columns.
  mutating func settle(_ results: UnsafePointer<SplitCandidate>, _ groups: Int) {
    for group in 0..<groups where results[group].isBetter(than: best) { best = results[group] }
    if best.feature >= 0 { gain = terms.gain(ofScore: best.score) }
  }

  /// The leaves on both sides of the best cut.
  func children(
    _ node: Int, leftCount: Int, settings: GradientBoostedTrees.Settings, value: LeafValue, matrix: BinnedMatrix
  ) -> (left: GrowingLeaf, right: GrowingLeaf) {
    func child(_ sum: GradientSum, start: Int, isLeft: Bool) -> GrowingLeaf {
      var child = GrowingLeaf(
        start: start, terms: LeafTerms(sum, scale: terms.scale, settings: settings), depth: depth + 1)
      child.parent = (node, isLeft)
      child.extraL2 = best.extraL2
      child.bounds = bounds
      if !settings.constraints.interactions.isEmpty { child.path = path + [best.feature] }
      child.setOutput(value, parent: output)
      return child
    }
    var left = child(best.left, start: start, isLeft: true)
    var right = child(terms.total &- best.left, start: start + leftCount, isLeft: false)
    assert(left.count == leftCount)
    let monotone = settings.constraints.monotone
    if monotone.contains(where: { $0 != 0 }) {
      let direction = best.categories == nil ? monotone[matrix.columns[best.feature]] : 0
      let middle = (left.output + right.output) / 2
      let (low, high) = (bounds?.lowerBound ?? -.infinity, bounds?.upperBound ?? .infinity)
      if direction > 0 {
        (left.bounds, right.bounds) = (low...middle, middle...high)
      } else if direction < 0 {
        (left.bounds, right.bounds) = (middle...high, low...middle)
      }
    }
    return (left, right)
  }
}
