import Foundation
import HydraNumerics
import Testing
import TestSupport

/// Largest errors against 60-digit references, in units in the last place of the result.
@Suite struct PortableTests {
  /// The error that the doc comment of each function states, and the function.
  static let functions: [(name: String, ulps: Double, value: @Sendable ([Double]) -> Double)] = [
    ("exp", 0.52, { Portable.exp($0[0]) }),
    ("expm1", 0.65, { Portable.expm1($0[0]) }),
    ("log", 0.54, { Portable.log($0[0]) }),
    ("log10", 0.52, { Portable.log10($0[0]) }),
    ("log1p", 0.54, { Portable.log1p($0[0]) }),
    ("pow", 0.52, { Portable.pow($0[0], $0[1]) }),
    ("sin", 0.75, { Portable.sin($0[0]) }),
    ("cos", 0.75, { Portable.cos($0[0]) }),
    ("atan", 0.8, { Portable.atan($0[0]) }),
    ("tanh", 2, { Portable.tanh($0[0]) }),
    ("logistic", 2.2, { Portable.logistic($0[0]) }),
    ("erf", 3.2, { Portable.erf($0[0]) }),
    ("erfc", 6, { Portable.erfc($0[0]) }),
    ("erfcx", 5, { Portable.erfcx($0[0]) }),
    ("normalDensity", 1.8, { Portable.normalDensity($0[0]) }),
    ("normalCDF", 6, { Portable.normalCDF($0[0]) }),
    ("normalQuantile", 6, { Portable.normalQuantile($0[0]) }),
    ("logGamma", 4.5, { Portable.logGamma($0[0]) }),
    ("gammaP", 450, { Portable.gammaP($0[0], $0[1]) }),
    ("gammaQ", 450, { Portable.gammaQ($0[0], $0[1]) }),
    ("betaI", 4500, { Portable.betaI($0[0], $0[1], $0[2]) }),
    ("studentTCDF", 4500, { Portable.studentTCDF($0[0], degrees: $0[1]) }),
    ("kolmogorovCDF", 6, { Portable.kolmogorovCDF($0[0]) }),
    ("kolmogorovSurvival", 6, { Portable.kolmogorovSurvival($0[0]) }),
  ]

  @Test func `Every function keeps the error it states`() throws {
    let references = try JSONValue(parsing: FileBytes.read(TestSupport.vectors("numerics/portable.json").path))
    #expect(references.object?.map(\.key).sorted() == Self.functions.map(\.name).sorted())
    for (name, bound, function) in Self.functions {
      var worst = 0.0
      var place: [Double] = []
      for row in try #require(references[name]?.array) {
        let numbers = try #require(row.doubles)
        let (high, low) = (numbers[numbers.count - 2], numbers[numbers.count - 1])
        let got = function(numbers.dropLast(2))
        // Where the value itself is close to the end of the range, what it lacks cannot be held: half an ulp at most.
        let error = max(0, abs((got - high) - low) / high.ulp - (abs(high) < 1e-290 ? 0.5 : 0))
        if !(error <= worst) { (worst, place) = (error, numbers.dropLast(2) + [got, high]) }
      }
      #expect(worst <= bound, "\(name): \(worst) ulp at \(place)")
    }
  }

  /// The arithmetic is fixed down to the last bit: this hash changes with any change of any result.
  @Test func `Results have the same bits on every machine`() {
    var random = CounterRandom(seed: 3, stream: "bits")
    var digest = SHA256()
    for _ in 0..<2000 {
      let (u, v) = (random.uniform(), random.uniform())
      let results = [
        Portable.exp(200 * u - 100), Portable.log(u), Portable.log1p(u), Portable.expm1(u), Portable.pow(10 * u, 8 * v),
        Portable.sin(1e6 * u), Portable.cos(1e9 * v), Portable.atan(v / u), Portable.tanh(u), Portable.erf(u),
        Portable.erfc(9 * u), Portable.normalCDF(-9 * u), Portable.normalQuantile(u), Portable.logGamma(30 * u),
        Portable.studentTCDF(v - 3, degrees: 40 * u + 1), Portable.chiSquaredSurvival(30 * u, degrees: 20 * v + 1),
        random.normal(), random.exponential(), random.studentT(4), Double(random.below(1000)),
      ]
      for result in results { withUnsafeBytes(of: result.bitPattern.littleEndian) { digest.update($0) } }
    }
    #expect(digest.hex() == "d7c1190a396e125986f2dd1f273505d77f0ce387f3a5a42116aac45a51e6d78c")
  }

  @Test func `Limits are those of C's annex F`() {
    let (infinity, nan) = (Double.infinity, Double.nan)
    #expect(Portable.exp(infinity) == infinity && Portable.exp(-infinity) == 0 && Portable.exp(nan).isNaN)
    #expect(Portable.exp(709.78) < infinity && Portable.exp(709.79) == infinity)
    #expect(Portable.exp(-745.13) == .leastNonzeroMagnitude && Portable.exp(-745.14) == 0 && Portable.exp(0) == 1)
    #expect(Portable.expm1(-infinity) == -1 && Portable.expm1(infinity) == infinity && Portable.expm1(nan).isNaN)
    #expect(Portable.expm1(-0.0).sign == .minus && Portable.expm1(710) == infinity)
    #expect(Portable.log(0) == -infinity && Portable.log(-0.0) == -infinity && Portable.log(infinity) == infinity)
    #expect(Portable.log(-1).isNaN && Portable.log(nan).isNaN && Portable.log(1) == 0)
    #expect(Portable.log1p(-1) == -infinity && Portable.log1p(-1.1).isNaN && Portable.log1p(infinity) == infinity)
    #expect(Portable.log1p(-0.0).sign == .minus && Portable.log1p(nan).isNaN)
    #expect(Portable.log10(0) == -infinity && Portable.log10(-1).isNaN && Portable.log10(infinity) == infinity)
    #expect((-300...300).allSatisfy { Portable.log10(Double("1e\($0)")!) == Double($0) })
    #expect(Portable.sin(infinity).isNaN && Portable.cos(-infinity).isNaN && Portable.sin(nan).isNaN)
    #expect(Portable.sin(-0.0).sign == .minus && Portable.cos(0) == 1)
    #expect(Portable.atan(infinity) == .pi / 2 && Portable.atan(-infinity) == -.pi / 2 && Portable.atan(nan).isNaN)
    #expect(Portable.tanh(infinity) == 1 && Portable.tanh(-infinity) == -1 && Portable.tanh(nan).isNaN)
    #expect(Portable.logistic(infinity) == 1 && Portable.logistic(-infinity) == 0 && Portable.logistic(nan).isNaN)
    #expect(Portable.erf(infinity) == 1 && Portable.erfc(infinity) == 0 && Portable.erfc(-infinity) == 2)
    #expect(
      Portable.erf(nan).isNaN && Portable.erfc(nan).isNaN && Portable.erfcx(-1).isNaN && Portable.erfcx(infinity) == 0)
    #expect(Portable.normalCDF(-infinity) == 0 && Portable.normalCDF(infinity) == 1 && Portable.normalCDF(nan).isNaN)
    #expect(Portable.normalDensity(infinity) == 0 && Portable.normalDensity(nan).isNaN)
    #expect(Portable.normalQuantile(0) == -infinity && Portable.normalQuantile(1) == infinity)
    #expect(
      Portable.normalQuantile(0.5) == 0 && Portable.normalQuantile(-0.1).isNaN && Portable.normalQuantile(nan).isNaN)
    #expect(Portable.logGamma(0) == infinity && Portable.logGamma(-1.5).isNaN && Portable.logGamma(1) == 0)
    #expect(Portable.logGamma(2) == 0 && Portable.logGamma(infinity) == infinity && Portable.logGamma(nan).isNaN)
    #expect(Portable.gammaP(2, 0) == 0 && Portable.gammaQ(2, infinity) == 0 && Portable.gammaP(-1, 1).isNaN)
    #expect(Portable.betaI(0, 2, 3) == 0 && Portable.betaI(1, 2, 3) == 1 && Portable.betaI(1.1, 2, 3).isNaN)
    #expect(Portable.studentTCDF(0, degrees: 3) == 0.5 && Portable.studentTCDF(infinity, degrees: 3) == 1)
    #expect(Portable.studentTCDF(-infinity, degrees: 3) == 0 && Portable.studentTCDF(1, degrees: 0).isNaN)
    #expect(Portable.studentTCDF(-1, degrees: infinity) == Portable.normalCDF(-1))
    #expect(Portable.chiSquaredCDF(-1, degrees: 3) == 0 && Portable.chiSquaredSurvival(-1, degrees: 3) == 1)
    #expect(
      Portable.fCDF(0, numerator: 2, denominator: 3) == 0
        && Portable.fSurvival(infinity, numerator: 2, denominator: 3) == 0)
    #expect(
      Portable.kolmogorovCDF(0) == 0 && Portable.kolmogorovSurvival(0) == 1 && Portable.kolmogorovCDF(infinity) == 1)
  }

  @Test func `Powers of special arguments are those of C's annex F`() {
    let (infinity, nan) = (Double.infinity, Double.nan)
    #expect(
      Portable.pow(nan, 0) == 1 && Portable.pow(1, nan) == 1 && Portable.pow(nan, 1).isNaN && Portable.pow(2, nan).isNaN
    )
    #expect(
      Portable.pow(0, -1) == infinity && Portable.pow(-0.0, -1) == -infinity && Portable.pow(-0.0, -2) == infinity)
    #expect(Portable.pow(-0.0, 3).sign == .minus && Portable.pow(-0.0, 2).sign == .plus && Portable.pow(0, 0.5) == 0)
    #expect(Portable.pow(-1, infinity) == 1 && Portable.pow(0.5, infinity) == 0 && Portable.pow(2, -infinity) == 0)
    #expect(Portable.pow(2, infinity) == infinity && Portable.pow(0.5, -infinity) == infinity)
    #expect(Portable.pow(-infinity, 3) == -infinity && Portable.pow(-infinity, -3).sign == .minus)
    #expect(Portable.pow(infinity, -1) == 0 && Portable.pow(-8, 1.0 / 3).isNaN && Portable.pow(-2, 3) == -8)
    #expect(Portable.pow(-2, 4) == 16 && Portable.pow(-1, 0x1p60) == 1 && Portable.pow(10, 309) == infinity)
    #expect(Portable.pow(10, -400) == 0 && Portable.pow(3, 2) == 9 && Portable.pow(2, -1074) == .leastNonzeroMagnitude)
    #expect((0...22).allSatisfy { Portable.pow(10, Double($0)) == Double("1e\($0)")! })
  }

  /// Rows of the tables at the back of most books on statistics, to the digits printed there.
  @Test func `Quantiles of books have their probabilities`() {
    func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    #expect(rounded(Portable.studentTCDF(2.228, degrees: 10)) == 0.975)
    #expect(rounded(Portable.studentTTwoSided(-2.228, degrees: 10)) == 0.05)
    #expect(rounded(Portable.chiSquaredSurvival(18.307, degrees: 10)) == 0.05)
    #expect(rounded(Portable.chiSquaredCDF(3.841, degrees: 1)) == 0.95)
    #expect(rounded(Portable.fSurvival(4.10, numerator: 2, denominator: 10)) == 0.05)
    #expect(rounded(Portable.fCDF(4.10, numerator: 2, denominator: 10)) == 0.95)
    #expect(rounded(Portable.kolmogorovSurvival(1.358)) == 0.05)
    #expect(rounded(Portable.normalCDF(1.96)) == 0.975)
    #expect(abs(Portable.logBeta(2, 3) + Portable.log(12)) < 1e-15)
    #expect(abs(Portable.logBeta(2, 1e9) + Portable.log(1e9) + Portable.log(1e9 + 1)) < 1e-13)
  }
}
