import HydraCore
import Testing

@Suite struct SequentialMeanTests {
  enum World: String, CaseIterable {
    case independent, autoregressive, heavyTails, alternating
  }

  /// Values with mean `shift` standard deviations.
  static func stream(_ world: World, shift: Double, count: Int, seed: UInt64) -> [Double] {
    var random = CounterRandom(seed: seed, stream: "sequential \(world.rawValue)")
    var state = random.normal()
    return (0..<count).map { _ in
      switch world {
      case .independent: return shift + random.normal()
      case .autoregressive, .alternating:
        let phi = world == .autoregressive ? 0.5 : -0.5
        state = phi * state + (1 - phi * phi).squareRoot() * random.normal()
        return shift + state
      case .heavyTails:
        // Student's t with three degrees of freedom, of unit variance.
        let square = (0..<3).reduce(0.0) { sum, _ in
          let z = random.normal()
          return sum + z * z
        }
        return shift + random.normal() / (square / 3).squareRoot() / 3.0.squareRoot()
      }
    }
  }

  /// The value after which evidence first reached 1/α, if ever.
  static func passes(_ values: [Double], lags: Int, alpha: Double, scale: Double = 1) -> Int? {
    var test = SequentialMean(scale: scale, lags: lags)
    let bound = Portable.log(1 / alpha)
    for value in values {
      test.update(value)
      if test.logEvidence >= bound { return test.count }
    }
    return nil
  }

  /// Looked at after each of 1000 values, and with a scale that is wrong by a factor of four either way.
  @Test(arguments: World.allCases, [0.25, 1, 4])
  func lookingDailyRaisesNoMoreFalseAlarmsThanAllowed(world: World, scale: Double) {
    let alarms = (0..<400).count {
      Self.passes(
        Self.stream(world, shift: 0, count: 1000, seed: UInt64($0)), lags: 9, alpha: 0.05, scale: scale) != nil
    }
    // 5 % and two standard errors of 400 runs.
    #expect(alarms <= 29, "\(world), scale \(scale): \(alarms) of 400")
  }

  @Test func dependenceThatIsLeftOutWouldBreakTheBound() {
    let alarms = (0..<400).count {
      Self.passes(Self.stream(.autoregressive, shift: 0, count: 1000, seed: UInt64($0)), lags: 0, alpha: 0.05) != nil
    }
    #expect(alarms > 40, "\(alarms) of 400")
  }

  @Test(arguments: [World.independent, .autoregressive, .heavyTails])
  func aBetterMeanIsFoundAndMoreOfItSooner(world: World) {
    func median(_ shift: Double) -> Int {
      let days = (0..<100).map {
        Self.passes(Self.stream(world, shift: shift, count: 1000, seed: UInt64($0)), lags: 9, alpha: 0.05) ?? 1001
      }
      return days.sorted()[50]
    }
    let (small, large) = (median(0.2), median(0.5))
    #expect(small <= 800, "\(world): \(small)")
    #expect(large <= small / 2, "\(world): \(large) against \(small)")
  }

  /// The mixture against the sum over λ that it is the closed form of.
  @Test func theClosedFormIsTheMixture() {
    let values: [Double] = [0.3, -1.2, 2, 0.7, 0.4, 1.9, -0.2]
    var test = SequentialMean(scale: 2, effect: 0.4)
    for value in values { test.update(value) }
    let (rho, step) = (0.2, 1e-4)
    var mixture = 0.0
    for k in 0..<20_000 {
      let lambda = (Double(k) + 0.5) * step
      let weight = 2 * Portable.normalDensity(lambda / rho) / rho
      mixture += step * weight * Portable.exp(lambda * test.sum - lambda * lambda * test.variation / 2)
    }
    #expect(abs(test.logEvidence - Portable.log(mixture)) < 1e-7)
    #expect(test.count == 7 && test.logEvidenceAgainst < 0)
  }

  @Test func limitsAreFinite() {
    var test = SequentialMean(scale: 1)
    #expect(test.logEvidence == 0 && test.mean == nil)
    for value in [Double.nan, .infinity] { test.update(value) }
    #expect(test.notFinite == 2 && test.count == 0)
    for _ in 0..<10_000 { test.update(-3) }
    #expect(test.logEvidence.isFinite && test.logEvidence < -5)
    #expect(test.logEvidenceAgainst > 1000)
  }

  /// ∫ of the calibrated evidence over all p-values is 1.
  @Test func evidenceOfAPValueIsFairAndFalls() {
    var (mean, last) = (0.0, Double.infinity)
    let steps = 4000
    for k in 0..<steps {
      // p = u⁸ brings points to where the evidence is.
      let u = (Double(k) + 0.5) / Double(steps)
      let p = Portable.pow(u, 8)
      let evidence = Portable.exp(SequentialMean.logEvidence(ofPValue: p))
      mean += evidence * 8 * Portable.pow(u, 7) / Double(steps)
      #expect(evidence < last)
      last = evidence
    }
    // The tail below u = 1/8000 is worth 1/(8 ln 8000).
    #expect(mean < 1 && mean > 0.97, "\(mean)")
    #expect(abs(Portable.exp(SequentialMean.logEvidence(ofPValue: 0.01)) - 4.4519) < 0.01)
  }
}
