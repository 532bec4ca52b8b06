extension SplitSearch {
  /// The same cut by cut, with an L1 penalty or constraints.
  func bestPlainly<Word: HistogramWord>(
    _ scratch: Scratch, _ places: Range<Int>, _ start: Word, _ direction: Int, _ score: inout Double
  ) -> Int? {
    var result: Int?
    for place in places {
      let left = start.plus(word(scratch, place)).sum
      guard let candidate = self.score(left: left, direction: direction), candidate > score else { continue }
      (score, result) = (candidate, place)
    }
    return result
  }

  /// The score of a cut with these sums on the left; nil when constraints forbid it.
  func score(left: GradientSum, direction: Int = 0, extraL2: Double = 0) -> Double? {
    let right = leaf.total &- left
    let ((leftGradient, leftHessian, leftRows), (rightGradient, rightHessian, rightRows)) = (
      leaf.real(left), leaf.real(right)
    )
    guard let shape else {
      let unit = leaf.scale.layout == .constantHessian ? 1 : leaf.scale.hessian
      let l2 = leaf.l2 + extraL2 * unit
      let sides =
        leaf.sideScore(Double(leaf.scale.gradient(of: left.x)), Double(leaf.scale.hessian(of: left)), l2)
        + leaf.sideScore(Double(leaf.scale.gradient(of: right.x)), Double(leaf.scale.hessian(of: right)), l2)
      return leaf.score(ofSides: sides)
    }
    let value = shape.value
    let leftValue = value(
      leftGradient, leftHessian, rows: leftRows, extraL2: extraL2, bounds: shape.bounds, parent: shape.output)
    let rightValue = value(
      rightGradient, rightHessian, rows: rightRows, extraL2: extraL2, bounds: shape.bounds, parent: shape.output)
    if direction != 0, direction > 0 ? leftValue > rightValue : leftValue < rightValue { return nil }
    let gain =
      value.gain(leftValue, leftGradient, leftHessian, extraL2: extraL2)
      + value.gain(rightValue, rightGradient, rightHessian, extraL2: extraL2) - shape.gain
    return leaf.score(ofGain: gain)
  }
}

/// What constraints make of a leaf that is to be split.
struct LeafShape {
  let value: LeafValue
  let bounds: ClosedRange<Double>?
  /// The value of the leaf, and twice the reduction of the loss by it.
  let output: Double
  let gain: Double
}
