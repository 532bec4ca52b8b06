import Foundation
import HydraLearning
import HydraNumerics
import TestSupport
import Testing

@Suite struct EvaluationStatisticsTests {
  static let cases =
    (try? JSONValue(
      parsing: [UInt8](Data(contentsOf: TestSupport.vectors("evaluation/statistics.json")))))?["cases"]?.array ?? []

  @Test func allGoldenCasesAgree() throws {
    #expect(Self.cases.count == 21)
    for golden in Self.cases {
      let id = try #require(golden["id"]?.string)
      let kind = try #require(golden["kind"]?.string.flatMap(EvaluationKind.init(rawValue:)), "\(id)")
      let expected = try #require(golden["expected"])
      let tolerance = try #require(golden["tol"]?.double)
      let got = try kind.evaluate(try #require(golden["input"]))
      #expect(Self.agree(got, expected, tolerance), "\(id): \(got.text.prefix(300))")
    }
  }

  /// Same members, whole numbers and texts equal, other numbers within the tolerance (relative above 1).
  private static func agree(_ a: JSONValue, _ b: JSONValue, _ tolerance: Double) -> Bool {
    if let a = a.object, let b = b.object {
      return Set(a.map(\.key)) == Set(b.map(\.key))
        && b.allSatisfy { member in a.contains { $0.key == member.key && agree($0.value, member.value, tolerance) } }
    }
    if let a = a.array, let b = b.array {
      return a.count == b.count && zip(a, b).allSatisfy { agree($0, $1, tolerance) }
    }
    if let a = a.double, let b = b.double { return abs(a - b) <= tolerance * max(1, abs(b)) }
    return a == b
  }

  @Test func inputThatCannotBeUsedIsAnErrorThatNamesTheMember() {
    #expect(throws: EvaluationError.missing("returns")) { try EvaluationKind.sharpe.evaluate([:]) }
    #expect(throws: EvaluationError.mistyped("returns", expected: "an array of numbers")) {
      try EvaluationKind.sharpe.evaluate(["returns": [1, "x"]])
    }
    #expect(throws: EvaluationError.unusable("returns", "has missing or infinite values")) {
      try EvaluationKind.sharpe.evaluate(["returns": [1, nil]])
    }
    #expect(throws: EvaluationError.self) { try EvaluationKind.sharpe.evaluate(["returns": [1, 1, 1]]) }
    #expect(throws: EvaluationError.self) {
      try EvaluationKind.purgedFolds.evaluate(["t0": [0, 1], "t1": [0, 0], "k": 2, "embargo": 0])
    }
    #expect(throws: EvaluationError.self) {
      try EvaluationKind.cscv.evaluate(["returns": [[1, 2], [3]], "blocks": 2])
    }
  }

  /// Bailey and López de Prado (2014), the example of section "A numerical example": annualised ratio 2.5, 5 years of
  /// days, 100 trials of variance ½ a year; the paper prints 0.1132 and 0.9004.
  @Test func thePublishedDeflatedRatioIsReproduced() {
    let sharpe = SharpeRatio(2.5 / 250.0.squareRoot(), count: 1250, skewness: -3, kurtosis: 10)
    #expect(abs(SharpeRatio.expectedMaximum(trials: 100, variance: 0.5 / 250) - 0.1132) < 5e-5)
    #expect(abs(sharpe.deflated(trials: 100, variance: 0.5 / 250) - 0.9004) < 5e-5)
    #expect(sharpe.deflated(trials: 1, variance: 0.5) == sharpe.probability(above: 0))
  }

  @Test func withoutVariationThereIsNoRatio() {
    #expect(SharpeRatio(returns: [0, 0, 0]) == nil)
    #expect(SharpeRatio(returns: [1]) == nil)
    #expect(SharpeRatio(returns: [1, .nan, 2]) == nil)
    #expect(NeweyWest([2, 2, 2]) == nil)
    #expect(DieboldMariano(errors: [1, -1], [1, 1]) == nil)
    #expect(maximumDrawdown(of: []) == 0)
    #expect(maximumDrawdown(of: [1, -2, 0.5, -1]) == 2.5)
  }

  @Test func holmAndBenjaminiHochbergOfTheirTextbookExample() {
    // Benjamini and Hochberg (1995), section 3.2: at q = 0.05 four of fifteen are rejected, by Holm three.
    let pValues = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ]
    #expect(MultipleTesting.benjaminiHochberg(pValues, rate: 0.05) == [0, 1, 2, 3])
    #expect(MultipleTesting.holm(pValues).count { $0 <= 0.05 } == 3)
    #expect(MultipleTesting.holm([0.02, 0.01, 0.02]) == [0.04, 0.03, 0.04])
  }
}
