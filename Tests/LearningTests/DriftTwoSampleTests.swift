import Foundation
import HydraLearning
import HydraNumerics
import TestSupport
import Testing

@Suite struct DriftTwoSampleTests {
  private static func file(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: TestSupport.vectors("drift/\(name).json"))))
  }

  /// 1e-12 for statistics, 1e-9 relative for p-values (1e-6 below 1e-12).
  private static func agrees(_ got: Double?, _ expected: JSONValue?, isP: Bool = false) -> Bool {
    guard let expected = expected?.double else { return true }
    guard let got else { return false }
    let tolerance = isP ? (expected < 1e-12 ? 1e-6 : 1e-9) * expected : 1e-12 * max(1, abs(expected))
    return abs(got - expected) <= tolerance
  }

  @Test func testsOfTwoSamplesAgreeWithTheGoldenCases() throws {
    let cases = try #require(try Self.file("two_sample")["tests"]?.array)
    #expect(cases.count == 10)
    for golden in cases {
      let name = try #require(golden["name"]?.string)
      let (a, b) = (try #require(golden["a"]?.doubles), try #require(golden["b"]?.doubles))
      for alternative in KolmogorovSmirnov.Alternative.allCases {
        let expected = golden["ks"]?[alternative.rawValue]
        let limit = KolmogorovSmirnov(a, b, alternative: alternative, method: .asymptotic)
        let context: Comment = "\(name) \(alternative) \(limit)"
        #expect(Self.agrees(limit.statistic, expected?["statistic"]), context)
        #expect(Self.agrees(limit.location, expected?["location"]) && limit.sign == expected?["sign"]?.int, context)
        #expect(Self.agrees(limit.pValue, expected?["p_asymp"], isP: true), context)
        guard expected?["p_exact"]?.double != nil else { continue }
        let exact = KolmogorovSmirnov(a, b, alternative: alternative, method: .exact)
        #expect(Self.agrees(exact.pValue, expected?["p_exact"], isP: true), "\(name) \(alternative) \(exact)")
      }
      if let expected = golden["cvm"] {
        let limit = CramerVonMises(a, b, method: .asymptotic)
        #expect(Self.agrees(limit.statistic, expected["statistic"]), "\(name) \(limit)")
        #expect(Self.agrees(limit.pValue, expected["p_asymp"], isP: true), "\(name) \(limit)")
        if expected["p_exact"]?.double != nil {
          let exact = CramerVonMises(a, b, method: .exact)
          #expect(Self.agrees(exact.pValue, expected["p_exact"], isP: true), "\(name) \(exact)")
        }
      }
      if let expected = golden["mannwhitney"] {
        let test = MannWhitney(a, b)
        #expect(test.u == expected["u"]?.double, "\(name) \(test)")
        #expect(Self.agrees(test.pValue, expected["p_asymp"], isP: true), "\(name) \(test)")
      }
      if let expected = golden["welch"] {
        let test = try #require(WelchTest(a, b))
        #expect(Self.agrees(test.t, expected["t"]), "\(name) \(test)")
        #expect(Self.agrees(test.degrees, expected["df"]), "\(name) \(test)")
        #expect(Self.agrees(test.pValue, expected["p"], isP: true), "\(name) \(test)")
      }
      #expect(Self.agrees(DistributionDistance.wasserstein(a, b), golden["wasserstein1"]), "\(name)")
      #expect(Self.agrees(DistributionDistance.energy(a, b), golden["energy_distance"]), "\(name)")
    }
  }

  @Test func theWeightedWassersteinDistanceAgreesWithTheGoldenCase() throws {
    let golden = try #require(try Self.file("two_sample")["weighted_wasserstein"])
    let distance = DistributionDistance.wasserstein(
      try #require(golden["u"]?.doubles), try #require(golden["v"]?.doubles), weightsA: golden["uw"]?.doubles,
      weightsB: golden["vw"]?.doubles)
    #expect(Self.agrees(distance, golden["wasserstein1"]))
  }

  @Test func theKolmogorovDistributionAgreesWithTheGoldenTable() throws {
    for row in try #require(try Self.file("two_sample")["kolmogorov_distribution"]?.array) {
      let (n, d) = (try #require(row["n"]?.int), try #require(row["d"]?.double))
      let exact = KolmogorovDistribution.survival(d, count: n)
      #expect(Self.agrees(exact, row["sf_exact"], isP: true), "\(n) \(d): \(exact)")
    }
  }

  @Test func binnedDistancesAgreeWithTheGoldenCases() throws {
    let file = try Self.file("binned")
    for golden in try #require(file["cases"]?.array) {
      let bins = BinnedComparison(
        countsA: try #require(golden["count_a"]?.array).compactMap(\.int),
        countsB: try #require(golden["count_b"]?.array).compactMap(\.int))
      #expect(Self.agrees(bins.populationStability(), golden["psi_eps1e4"]))
      #expect(Self.agrees(bins.jensenShannon, golden["js_distance_base2"]))
      #expect(Self.agrees(bins.hellinger, golden["hellinger"]))
    }
    for golden in try #require(file["chi2"]?.array) {
      let table = try #require(golden["table"]?.array).map { $0.array?.compactMap(\.int) ?? [] }
      let test = try #require(BinnedComparison(countsA: table[0], countsB: table[1]).chiSquared)
      #expect(Self.agrees(test.statistic, golden["chi2"]) && test.degrees == golden["dof"]?.int)
      #expect(Self.agrees(test.pValue, golden["p"], isP: true))
    }
  }

  @Test func aSampleFallsIntoItsOwnQuantileBinsEvenly() {
    var random = CounterRandom(seed: 4, stream: "bins")
    let sample = (0..<1000).map { _ in random.normal() }
    let bins = BinnedComparison(sample, sample, edges: BinnedComparison.quantileEdges(sample, bins: 10))
    #expect(bins.countsA == Array(repeating: 100, count: 10))
    #expect(bins.populationStability() == 0 && bins.jensenShannon == 0 && bins.hellinger == 0)
  }

  @Test func underNoDifferenceFivePercentOfTestsReject() {
    var random = CounterRandom(seed: 6, stream: "size")
    var rejections = [0, 0, 0, 0]
    for _ in 0..<400 {
      let (a, b) = ((0..<18).map { _ in random.studentT(4) }, (0..<25).map { _ in random.studentT(4) })
      if KolmogorovSmirnov(a, b).pValue < 0.05 { rejections[0] += 1 }
      if CramerVonMises(a, b, method: .asymptotic).pValue < 0.05 { rejections[1] += 1 }
      if MannWhitney(a, b).pValue < 0.05 { rejections[2] += 1 }
      if let test = WelchTest(a, b), test.pValue < 0.05 { rejections[3] += 1 }
    }
    // 20 expected, standard deviation 4.4; the exact test of a coarse statistic stays a little below.
    #expect(rejections.allSatisfy { $0 >= 6 && $0 <= 34 }, "\(rejections)")
  }
}
