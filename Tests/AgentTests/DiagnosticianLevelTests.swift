import HydraCore
import Testing

@testable import HydraAgent

/// Changes of the law of returns that are older than the alarm, whose stream is that of a feature.
@Suite struct DiagnosticianLevelTests {
  /// Returns whose mean or size changes `age` bars before the end, a feature that is quiet, and one computed from prices.
  static func evidence(mean: Double, size: Double, seed: UInt64, age: Int = 150) -> Diagnostician.Evidence {
    var random = CounterRandom(seed: seed, stream: "levels")
    var history = FeatureHistory(names: ["carry_over_volatility", "return_20"], horizon: 5)
    var date = CivilDate(year: 2010, month: 1, day: 4)
    for bar in 0..<1200 {
      let isNew = bar >= 1200 - age
      let change = isNew ? mean + size * random.normal() : random.normal()
      history.append(
        [random.normal(), random.normal() + (isNew ? 5 : 0)], date: date, known: date.timestamp(hour: 20),
        change: change, volatility: 1, completing: nil)
      date = date.adding(days: 1)
    }
    return .init(history: history, forecasts: [Double](repeating: .nan, count: history.count), policy: nil)
  }

  @Test(arguments: [(0.4, 1.0, Cause.relation), (0, 1.6, .volatility), (0, 1, .covariate)])
  func theLawThatChangedIsNamedAndElseTheStream(mean: Double, size: Double, cause: Cause) throws {
    let alarm = try DiagnosticianTests.alarm("carry_over_volatility")
    let right = (UInt64(1)...20).count { seed in
      Diagnostician().diagnose(alarm, Self.evidence(mean: mean, size: size, seed: seed)).cause == cause
    }
    #expect(right >= 17, "\(cause): \(right) of 20")
  }

  @Test func theAgeOfAChangeIsFound() throws {
    let history = Self.evidence(mean: 1, size: 1, seed: 4, age: 125).history
    let shift = try #require(Diagnostician().levelShift(history.count, isSerial: false) { history.changes[$0] })
    #expect(shift.age == 125)
    #expect(abs(shift.after - shift.before - 1) < 0.3)
  }
}
