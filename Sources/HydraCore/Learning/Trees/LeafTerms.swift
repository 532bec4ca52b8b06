/// What the search for cuts needs to know of a leaf and of the settings, in the units of its words.
///
/// Gradients are counted in units of 1 / `scale.gradient`, hessians in units of 1 / `scale.hessian`, where they are
/// constant in rows.
struct LeafTerms {
  let scale: GradientScale
  let total: GradientSum
  let rows: Int64
  let minimumRows: Int64
  let minimumHessian: Int64
  let hessianSum: Int64
  let l1: Double
  let l2: Double
  /// T = H + 2λ.
  let width: Double
  /// G / T.
  let slope: Double
  /// The score that a cut must exceed for its gain to count.
  private(set) var leastScore = 0.0
  let gradient: Double
  let hessian: Double
  /// One over the unit of gains.
  let gainUnit: Double

  init(_ total: GradientSum, scale: GradientScale, settings: GradientBoostedTrees.Settings) {
    self.scale = scale
    self.total = total
    rows = scale.count(of: total.x)
    hessianSum = scale.hessian(of: total)
    gradient = Double(scale.gradient(of: total.x))
    hessian = Double(hessianSum)
    let isConstant = scale.layout == .constantHessian
    let hessianScale = isConstant ? 1 : scale.hessian
    l1 = settings.l1 * scale.gradient
    l2 = settings.l2 * hessianScale
    // A side without hessians would be divided by zero.
    let leastHessian = Int64(min(settings.minimumLeafHessian * hessianScale, 0x1p60).rounded(.up))
    minimumHessian = isConstant ? 0 : max(1, leastHessian)
    minimumRows = max(1, Int64(settings.minimumLeafRows), isConstant ? leastHessian : 0)
    width = hessian + 2 * l2
    slope = width > 0 ? gradient / width : 0
    gainUnit = hessianScale / (scale.gradient * scale.gradient)
    // A gain within rounding of nothing is nothing: cuts of equal gradients would otherwise be made at random.
    leastScore = max(score(ofSides: before * (1 + 1e-12) + settings.minimumGain / gainUnit), 0)
  }

  /// Whether the leaf has rows and hessians for two.
  var canBeSplit: Bool { rows >= 2 * minimumRows && hessianSum >= 2 * minimumHessian && width > 0 }

  /// The score of the leaf itself.
  var before: Double { sideScore(gradient, hessian, l2) }

  /// The score of a cut whose sides have these terms G² / (H + λ) in all.
  func score(ofSides sides: Double) -> Double { width > 0 ? (sides - gradient * slope) / width : 0 }

  /// The terms G² / (H + λ) of both sides of a cut.
  func sides(ofScore score: Double) -> Double { gradient * slope + width * score }

  /// The reduction of the regularised loss (twice it, as LightGBM counts) by a cut with this score.
  func gain(ofScore score: Double) -> Double { (sides(ofScore: score) - before) * gainUnit }

  /// The score of a cut with this gain.
  func score(ofGain gain: Double) -> Double { score(ofSides: gain / gainUnit + before) }

  /// G² / (H + λ), with G moved towards zero by the L1 penalty.
  func sideScore(_ gradient: Double, _ hessian: Double, _ l2: Double) -> Double {
    let gradient = shrunk(gradient, by: l1)
    return hessian + l2 > 0 ? gradient * gradient / (hessian + l2) : 0
  }

  /// The sums of a set of rows, in the unit of the derivatives.
  func real(_ sum: GradientSum) -> (gradient: Double, hessian: Double, rows: Int64) {
    let hessian = Double(scale.hessian(of: sum))
    return (
      Double(scale.gradient(of: sum.x)) / scale.gradient,
      scale.layout == .constantHessian ? hessian : hessian / scale.hessian, scale.count(of: sum.x)
    )
  }

  /// The sum of hessians.
  var weight: Double { real(total).hessian }
}

/// A number moved towards zero.
@inline(__always) func shrunk(_ value: Double, by penalty: Double) -> Double {
  penalty == 0 ? value : max(value - penalty, 0) + min(value + penalty, 0)
}

/// The value of a leaf: -G / (H + λ), or what constraints make of it.
struct LeafValue {
  let l1: Double
  let l2: Double
  let largestStep: Double
  let smoothing: Double
  /// Whether any constraint can change a value.
  let isShaped: Bool

  init(_ settings: GradientBoostedTrees.Settings) {
    (l1, l2) = (settings.l1, settings.l2)
    largestStep = settings.constraints.largestStep ?? .infinity
    smoothing = settings.constraints.pathSmoothing
    isShaped = settings.constraints.shapesLeaves
  }

  /// - Parameters:
  ///   - bounds: where the value must lie for its neighbours' sake.
  ///   - parent: the value of the leaf above.
  func callAsFunction(
    _ gradient: Double, _ hessian: Double, rows: Int64, extraL2: Double = 0, bounds: ClosedRange<Double>? = nil,
    parent: Double = 0
  ) -> Double {
    let divisor = hessian + l2 + extraL2
    var value = divisor > 0 ? -shrunk(gradient, by: l1) / divisor : 0
    guard isShaped else { return value }
    value = min(max(value, -largestStep), largestStep)
    if smoothing > 0 {
      let share = Double(rows) / smoothing
      value = (value * share + parent) / (share + 1)
    }
    if let bounds { value = min(max(value, bounds.lowerBound), bounds.upperBound) }
    return value
  }

  /// Twice the reduction of the loss by a leaf of this value.
  func gain(_ value: Double, _ gradient: Double, _ hessian: Double, extraL2: Double = 0) -> Double {
    -(2 * shrunk(gradient, by: l1) * value + (hessian + l2 + extraL2) * value * value)
  }
}
