/// What the search for cuts needs to know of a leaf and of the settings, in the units of its words.
///
/// Gradients are counted in units of 1 / `scale.gradient`, hessians in units of 1 / `scale.hessian`, where they are
/// constant in rows.
struct LeafTerms {
  let scale: GradientScale
  let total: GradientSum
  let hasHessians: Bool
  let rows: Int64
  let minimumRows: Int64
  let minimumHessian: Int64
  let l1: Double
  let l2: Double
  /// T = H + 2λ.
  let width: Double
  /// G / T.
  let slope: Double
  /// The score that a cut must exceed for its gain to count.
  private(set) var leastScore = 0.0
  private let gradient: Double
  private let hessian: Double
  /// One over the unit of gains.
  private let gainUnit: Double

  init(_ total: GradientSum, scale: GradientScale, hasHessians: Bool, settings: GradientBoostedTrees.Settings) {
    self.scale = scale
    self.total = total
    self.hasHessians = hasHessians
    rows = Int64(scale.count(of: total.x))
    gradient = Double(total.x >> Int64(scale.countBits))
    hessian = hasHessians ? Double(total.y) : Double(rows)
    l1 = settings.l1 * scale.gradient
    l2 = settings.l2 * (hasHessians ? scale.hessian : 1)
    // A side without hessians would be divided by zero.
    minimumHessian =
      hasHessians ? max(1, Int64(min(settings.minimumLeafHessian * scale.hessian, 0x1p60).rounded(.up))) : 0
    let rowsForHessian = hasHessians ? 0 : Int64(min(settings.minimumLeafHessian, 0x1p60).rounded(.up))
    minimumRows = max(1, Int64(settings.minimumLeafRows), rowsForHessian)
    width = hessian + 2 * l2
    slope = width > 0 ? gradient / width : 0
    gainUnit = 1 / (scale.gradient * scale.gradient) * (hasHessians ? scale.hessian : 1)
    // A gain within rounding of nothing is nothing: cuts of equal gradients would otherwise be made at random.
    let before = sideScore(total)
    let needed = before * (1 + 1e-12) + settings.minimumGain / gainUnit
    leastScore = l1 == 0 ? max((needed - gradient * slope) / width, 0) : needed
  }

  /// Whether the leaf has rows and hessians for two.
  var canBeSplit: Bool { rows >= 2 * minimumRows && total.y >= 2 * minimumHessian && width > 0 }

  /// The reduction of the regularised loss (twice it, as LightGBM counts) by a cut with this score.
  func gain(ofScore score: Double) -> Double {
    let sides = l1 == 0 ? gradient * slope + width * score : score
    return (sides - sideScore(total)) * gainUnit
  }

  /// G² / (H + λ) of a set of rows, with G moved towards zero by the L1 penalty.
  func sideScore(_ sum: GradientSum) -> Double {
    let gradient = shrunk(Double(sum.x >> Int64(scale.countBits)))
    let divisor = (hasHessians ? Double(sum.y) : Double(scale.count(of: sum.x))) + l2
    return divisor > 0 ? gradient * gradient / divisor : 0
  }

  /// -G / (H + λ), in the unit of the scores of the ensemble; 0 where H + λ is 0.
  var output: Double {
    let divisor = hessian + l2
    return divisor > 0 ? -shrunk(gradient) / divisor / scale.gradient * (hasHessians ? scale.hessian : 1) : 0
  }

  /// The sum of hessians.
  var weight: Double { hasHessians ? hessian / scale.hessian : hessian }

  private func shrunk(_ gradient: Double) -> Double {
    l1 == 0 ? gradient : max(gradient - l1, 0) + min(gradient + l1, 0)
  }
}
