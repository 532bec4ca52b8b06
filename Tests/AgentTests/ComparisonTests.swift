import HydraCore
import Testing

@Suite struct ComparisonTests {
  @Test func aBetterCandidateGetsASmallPValue() throws {
    var random = CounterRandom(seed: 1, stream: "losses")
    let champion = (0..<400).map { _ in 1 + 0.3 * random.normal() }
    let better = champion.map { $0 - 0.1 + 0.3 * random.normal() }
    let comparison = try #require(Comparison(.forecastError, champion: champion, candidate: better, span: 10))
    #expect(comparison.pValue < 0.001)
    #expect(comparison.meanDifference > 0)
    let reversed = try #require(Comparison(.forecastError, champion: better, candidate: champion, span: 10))
    #expect(abs(reversed.pValue + comparison.pValue - 1) < 1e-9)
  }

  /// Of candidates that are no better, about one in twenty passes at 5 %: also with overlapping losses.
  @Test func theTestKeepsItsLevelOnOverlappingLosses() {
    var random = CounterRandom(seed: 2, stream: "level")
    var passed = 0
    for _ in 0..<600 {
      let noise = (0..<260).map { _ in random.normal() }
      // Moving sums over five days, as labels with a horizon of five make them.
      let difference = (0..<250).map { index in noise[index..<index + 5].reduce(0, +) }
      let comparison = Comparison(
        .forecastError, champion: difference, candidate: [Double](repeating: 0, count: 250), span: 5)
      if let comparison, comparison.pValue < 0.05 { passed += 1 }
    }
    #expect((0.02...0.10).contains(Double(passed) / 600), "\(passed) of 600 passed")
  }

  @Test func whatCannotBeToldApartIsNil() {
    let same = [Double](repeating: 1, count: 100)
    #expect(Comparison(.netReturn, champion: same, candidate: same, span: 1) == nil)
    #expect(Comparison(.netReturn, champion: [1, 2], candidate: [2, 1], span: 1) == nil)
    let missing = [Double](repeating: .nan, count: 100)
    #expect(Comparison(.netReturn, champion: missing, candidate: same, span: 1) == nil)
  }
}
