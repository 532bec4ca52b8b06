import HydraNumerics

/// Hoeffding drift detection with plain averages: reports when the mean since the start differs from the mean up to
/// the best cut before by more than Hoeffding's bound.
///
/// For a rise, the cut is where mean + √(ln(1/δ)/(2n)) was least; with n0 values up to it and n in all, drift is
/// ```
/// mean - mean0 ≥ √((n - n0)/(2 n0 n) ln(2/δ))
/// ```
/// with δ = `driftConfidence`, and warning the same with `warningConfidence`; a fall is its mirror image and is looked
/// for when `isTwoSided`. Values outside 0...1 are counted and left out.
///
/// Source: I. Frías-Blanco et al., "Online and non-parametric drift detection methods based on Hoeffding's bounds",
/// IEEE TKDE 27 (2015), A-test; steps as in river 0.26 (`drift.binary.HDDM_A`).
public struct HDDMAverage: DriftDetector, Hashable, Codable {
  private struct Mean: Hashable, Codable, Sendable {
    var count = 0.0
    var value = 0.0
  }

  public let driftConfidence: Double
  public let warningConfidence: Double
  public let isTwoSided: Bool
  public private(set) var notFinite = 0

  private var all = Mean()
  private var lowCut = Mean()
  private var highCut = Mean()
  private var restarts = false

  public init(driftConfidence: Double = 0.001, warningConfidence: Double = 0.005, isTwoSided: Bool = false) {
    (self.driftConfidence, self.warningConfidence) = (driftConfidence, warningConfidence)
    self.isTwoSided = isTwoSided
  }

  public var changeAge: Int? {
    let isRise = !isTwoSided || all.value - lowCut.value > highCut.value - all.value
    return Int(all.count - (isRise ? lowCut : highCut).count)
  }
  public var internals: [(name: String, value: Double)] { [("n", all.count), ("mean", all.value)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value >= 0, value <= 1 else {
      notFinite += 1
      return .stable
    }
    if restarts { (all, lowCut, highCut, restarts) = (Mean(), Mean(), Mean(), false) }
    all.count += 1
    all.value += (value - all.value) / all.count
    if lowCut.count == 0 || lowCut.value + bound(lowCut.count) >= all.value + bound(all.count) { lowCut = all }
    if highCut.count == 0 || highCut.value - bound(highCut.count) <= all.value - bound(all.count) { highCut = all }
    let rise = all.value - lowCut.value
    let fall = highCut.value - all.value
    var state = judge(rise, lowCut)
    if isTwoSided { state = max(state, judge(fall, highCut)) }
    restarts = state == .drift
    return state
  }

  private func bound(_ n: Double) -> Double { (-Portable.log(driftConfidence) / (2 * n)).squareRoot() }

  private func judge(_ difference: Double, _ cut: Mean) -> DriftState {
    guard cut.count != all.count else { return .stable }
    let m = (all.count - cut.count) / cut.count / all.count
    func exceeds(_ confidence: Double) -> Bool {
      difference >= (m / 2 * Portable.log(2 / confidence)).squareRoot()
    }
    return exceeds(driftConfidence) ? .drift : exceeds(warningConfidence) ? .warning : .stable
  }
}

/// Hoeffding drift detection with exponentially weighted averages: like `HDDMAverage`, but recent values count more, so
/// that gradual changes are found sooner.
///
/// A sample keeps its weighted mean and the sum b of its squared weights, b ← λ² + (1 - λ)² b from 1. The older sample
/// ends where mean + √(b ln(1/δ)/2) was least; the newer one begins there. Drift is reported when their means differ by
/// more than √((b1 + b2) ln(1/δ)/2). Values outside 0...1 are counted and left out.
///
/// Source: I. Frías-Blanco et al., IEEE TKDE 27 (2015), W-test; steps as in river 0.26 (`drift.binary.HDDM_W`).
public struct HDDMWeighted: DriftDetector, Hashable, Codable {
  private struct Sample: Hashable, Codable, Sendable {
    var isStarted = false
    var mean = 0.0
    var squaredWeights = 1.0
    var count = 0

    mutating func update(_ value: Double, _ lambda: Double) {
      mean = isStarted ? lambda * value + (1 - lambda) * mean : value
      isStarted = true
      count += 1
      squaredWeights = lambda * lambda + (1 - lambda) * (1 - lambda) * squaredWeights
    }
  }

  public let driftConfidence: Double
  public let warningConfidence: Double
  /// Weight of the latest value.
  public let lambda: Double
  public let isTwoSided: Bool
  public private(set) var notFinite = 0

  private var all = Sample()
  private var beforeRise = Sample()
  private var afterRise = Sample()
  private var beforeFall = Sample()
  private var afterFall = Sample()
  private var lowCut: Double?
  private var highCut: Double?
  private var restarts = false

  public init(
    driftConfidence: Double = 0.001, warningConfidence: Double = 0.005, lambda: Double = 0.05, isTwoSided: Bool = false
  ) {
    (self.driftConfidence, self.warningConfidence) = (driftConfidence, warningConfidence)
    (self.lambda, self.isTwoSided) = (lambda, isTwoSided)
  }

  public var changeAge: Int? {
    let isRise = !isTwoSided || afterRise.mean - beforeRise.mean > beforeFall.mean - afterFall.mean
    return (isRise ? afterRise : afterFall).count
  }
  public var internals: [(name: String, value: Double)] { [("ewma", all.mean)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value >= 0, value <= 1 else {
      notFinite += 1
      return .stable
    }
    if restarts { restart() }
    all.update(value, lambda)
    let reach = bound(all.squaredWeights, driftConfidence)
    if all.mean + reach < lowCut ?? .infinity {
      (lowCut, beforeRise, afterRise) = (all.mean + reach, all, Sample())
    } else {
      afterRise.update(value, lambda)
    }
    if all.mean - reach > highCut ?? -.infinity {
      (highCut, beforeFall, afterFall) = (all.mean - reach, all, Sample())
    } else {
      afterFall.update(value, lambda)
    }
    var state = judge(beforeRise, afterRise, afterRise.mean - beforeRise.mean)
    if isTwoSided { state = max(state, judge(beforeFall, afterFall, beforeFall.mean - afterFall.mean)) }
    restarts = state == .drift
    return state
  }

  private mutating func restart() {
    (all, beforeRise, afterRise, beforeFall, afterFall) = (Sample(), Sample(), Sample(), Sample(), Sample())
    (lowCut, highCut, restarts) = (nil, nil, false)
  }

  private func bound(_ squaredWeights: Double, _ confidence: Double) -> Double {
    (squaredWeights * -Portable.log(confidence) / 2).squareRoot()
  }

  private func judge(_ before: Sample, _ after: Sample, _ difference: Double) -> DriftState {
    guard before.isStarted, after.isStarted else { return .stable }
    let squaredWeights = before.squaredWeights + after.squaredWeights
    if difference > bound(squaredWeights, driftConfidence) { return .drift }
    return difference > bound(squaredWeights, warningConfidence) ? .warning : .stable
  }
}
