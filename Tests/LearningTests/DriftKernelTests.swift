import Foundation
import HydraLearning
import HydraNumerics
import TestSupport
import Testing

/// Two-sample tests of rows, and those that need relabellings or trees.
@Suite struct DriftKernelTests {
  private static func file(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: TestSupport.vectors("drift/\(name).json"))))
  }

  private static func rows(_ value: JSONValue?) throws -> Matrix {
    Matrix(try #require(value?.array).map { try #require($0.doubles) })
  }

  @Test func meanDiscrepanciesAgreeWithTheGoldenCases() throws {
    for golden in try #require(try Self.file("mmd")["cases"]?.array) {
      let (x, y) = (try Self.rows(golden["x"]), try Self.rows(golden["y"]))
      let permutations = try #require(golden["permutations"]?.array).map { try #require($0.array).compactMap(\.int) }
      let median = try #require(golden["median_sq_dist_all_pairs"]?.double)
      for expected in try #require(golden["kernels"]?.array) {
        let name = try #require(expected["kernel"]?.string)
        let kernel: MaximumMeanDiscrepancy.Kernel =
          name.hasPrefix("linear")
          ? .linear
          : name.hasPrefix("laplace") ? .laplace(rate: 1) : .gaussian(variance: name.contains("median") ? nil : 1)
        let test = MaximumMeanDiscrepancy(x, y, kernel: kernel, permutations: permutations)
        let context: Comment = "\(name) \(test.unbiased) \(test.biased)"
        let (unbiased, biased) = (expected["mmd2_unbiased"]?.double, expected["mmd2_biased"]?.double)
        #expect(abs(test.unbiased - (unbiased ?? .nan)) < 1e-10, context)
        #expect(abs(test.biased - (biased ?? .nan)) < 1e-10, context)
        let permuted = try #require(expected["perm_unbiased"]?.doubles)
        #expect(zip(test.permuted, permuted).allSatisfy { abs($0 - $1) < 1e-10 } && permuted.count == 50, context)
        #expect(test.pValue == expected["p_perm"]?.double, context)
        if name.contains("median") { #expect(abs((test.variance ?? 0) - median / 2) < 1e-12 * median) }
      }
      let energy = MaximumMeanDiscrepancy(x, y, kernel: .distance, permutations: [])
      // The golden figure is off by up to 6e-10 from the sums of the differences themselves, as here.
      #expect(abs(energy.biased - (golden["energy_distance_sq_vstat"]?.double ?? 0)) < 1e-9)
      #expect(energy.pValue == nil)
    }
  }

  @Test func andersonDarlingAgreesWithTheGoldenCases() throws {
    var checked = 0
    for golden in try #require(try Self.file("two_sample")["tests"]?.array) {
      guard let expected = golden["anderson_midrank"] else { continue }
      let (a, b) = (try #require(golden["a"]?.doubles), try #require(golden["b"]?.doubles))
      let test = try #require(AndersonDarling(a, b))
      let (statistic, p) = (try #require(expected["statistic"]?.double), try #require(expected["p_clipped"]?.double))
      #expect(abs(test.statistic - statistic) < 1e-12 * max(1, abs(statistic)), "\(test.statistic) \(statistic)")
      #expect(abs(test.pValue - p) < 1e-9 * p, "\(test.pValue) \(p)")
      checked += 1
    }
    #expect(checked == 8)
    #expect(AndersonDarling([1, 1], [1, 1, 1]) == nil && AndersonDarling([1], [2, 3]) == nil)
  }

  /// Rows of independent normals; the second sample is moved.
  static func samples(_ n: Int, columns: Int, shift: Double, seed: UInt64) -> (Matrix, Matrix) {
    var random = CounterRandom(seed: seed, stream: "samples")
    func rows(_ shift: Double) -> Matrix {
      let values = (0..<(n * columns)).map { random.normal() + ($0 % columns == 0 ? shift : 0) }
      return Matrix(rows: n, columns: columns, values: values)
    }
    return (rows(0), rows(shift))
  }

  /// Under no difference the p-values of a test are uniform at best: 24 of them, 5 % level.
  @Test(arguments: [SampleComparison.meanDiscrepancy, .energy, .wasserstein, .classifier, .kolmogorovSmirnov])
  func testsKeepTheirLevelAndSeeADifference(comparison: SampleComparison) throws {
    var options = SampleComparison.Options()
    options.permutations = 99
    var (rejected, found) = (0, 0)
    for seed in 0..<24 {
      options.seed = UInt64(seed)
      let (a, b) = Self.samples(60, columns: 1, shift: 0, seed: UInt64(seed))
      let result = try comparison.compare(a.values, b.values, options: options)
      let quiet = try #require(result?.pValue)
      if quiet <= 0.05 { rejected += 1 }
      #expect(quiet > 0 && quiet <= 1)
      guard seed < 10 else { continue }
      let moved = b.values.map { $0 + 1.5 }
      if let p = try comparison.compare(a.values, moved, options: options)?.pValue, p <= 0.05 { found += 1 }
    }
    #expect(rejected <= 5, "\(comparison): \(rejected) of 24")
    #expect(found >= 9, "\(comparison): \(found) of 10")
  }

  @Test func rowsAreComparedTogether() throws {
    let (a, b) = Self.samples(120, columns: 4, shift: 1.2, seed: 7)
    for comparison in SampleComparison.allCases {
      let result = try comparison.compare(rows: a, b)
      #expect((result != nil) == comparison.isMultivariate)
      if let p = result?.pValue { #expect(p <= 0.02, "\(comparison) \(p)") }
    }
    let made = try ClassifierTwoSample(a, b, seed: 1)
    let test = try #require(made)
    #expect(test.importance.max() == test.importance[0] && test.statistic > 0.65)
    #expect(try ClassifierTwoSample(a, b, seed: 1, threads: 2)?.pValue == test.pValue)
  }

  @Test func strangeSamplesHaveDefinedAnswers() throws {
    for comparison in SampleComparison.allCases {
      #expect(try comparison.compare([], [1, 2, 3]) == nil)
      #expect(try comparison.compare([.nan, .infinity, 1], [1, 2, 3]) == nil)
      let same = try comparison.compare(Array(repeating: 1, count: 20), Array(repeating: 1, count: 20))
      if let same { #expect(same.statistic.isFinite && same.pValue ?? 1 > 0.2, "\(comparison) \(same)") }
    }
  }

  @Test func benjaminiHochbergAdjustsToWhatItRejects() {
    let pValues = [0.01, 0.04, 0.03, 0.005, 0.5, 0.2]
    let adjusted = MultipleTesting.benjaminiHochbergAdjusted(pValues)
    for q in [0.01, 0.03, 0.05, 0.06, 0.1, 0.3, 0.6] {
      let rejected = pValues.indices.filter { adjusted[$0] <= q + 1e-12 }
      #expect(rejected == MultipleTesting.benjaminiHochberg(pValues, rate: q))
    }
  }
}
