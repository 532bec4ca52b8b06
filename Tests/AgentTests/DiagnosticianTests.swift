import HydraCore
import Testing

/// Each cause is planted alone in a history of four years; the change is 60 bars old.
@Suite struct DiagnosticianTests {
  enum Planted: CaseIterable { case volatility, relation, covariate, liquidity, staleFeed, missingFeature }

  static let names = ["volume_surprise", "carry_over_volatility", "season"]
  static let bars = 1200
  static let age = 60

  /// A history with forecasts that are right a little more often than not, and one planted change.
  static func evidence(_ planted: Planted?, seed: UInt64) -> Diagnostician.Evidence {
    var random = CounterRandom(seed: seed, stream: "diagnosis")
    var history = FeatureHistory(names: names, horizon: 5)
    var forecasts: [Double] = []
    var date = CivilDate(year: 2010, month: 1, day: 4)
    var carry = 0.0
    for bar in 0..<bars {
      let isNew = bar >= bars - age
      carry = 0.8 * carry + 0.6 * random.normal()
      let sign = planted == .relation && isNew ? -1.0 : 1.0
      // The change of a bar follows the forecast of two bars before.
      var change = random.normal() + 0.5 * sign * (bar >= 2 ? forecasts[bar - 2] : 0)
      if planted == .volatility && isNew { change *= 2 }
      if planted == .staleFeed && bar >= bars - 10 { change = 0 }
      let volume = random.normal() - (planted == .liquidity && isNew ? 2 : 0)
      let shifted = carry + (planted == .covariate && isNew ? 6 : 0)
      let season = planted == .missingFeature && isNew ? Double.nan : random.normal()
      forecasts.append(random.normal())
      history.append(
        [volume, shifted, season], date: date, known: date.timestamp(hour: 20), change: change, volatility: 1,
        completing: nil)
      date = date.adding(days: 1)
    }
    return .init(history: history, forecasts: forecasts, policy: nil)
  }

  static func alarm(_ stream: String) throws -> DriftAlarm {
    // An alarm of the stream whose change is `age` bars old, as the monitor raises them.
    var monitor = DriftMonitor(streams: [stream])
    var random = CounterRandom(seed: 9, stream: "alarm")
    for index in 0..<2000 {
      if let alarm = monitor.update(stream, random.normal() + (index >= 600 ? 2 : 0)), index >= 600 { return alarm }
    }
    throw NoAlarm()
  }

  struct NoAlarm: Error {}

  @Test(arguments: [
    (Planted.volatility, "volatility", Cause.volatility), (.relation, "relation", .relation),
    (.covariate, "carry_over_volatility", .covariate), (.liquidity, "volume_surprise", .liquidity),
    (.staleFeed, "volatility", .dataFault), (.missingFeature, "relation", .dataFault),
  ])
  func thePlantedCauseIsNamedFirst(planted: Planted, stream: String, cause: Cause) throws {
    let alarm = try Self.alarm(stream)
    for seed in 1...5 {
      var diagnostician = Diagnostician()
      diagnostician.recentBars = Self.age...120
      let diagnosis = diagnostician.diagnose(alarm, Self.evidence(planted, seed: UInt64(seed)))
      #expect(diagnosis.cause == cause, "seed \(seed): \(diagnosis.findings)")
      #expect(diagnosis.findings.allSatisfy { !$0.evidence.isEmpty })
    }
  }

  /// The stream that alarmed is not always where the change is: strong evidence elsewhere outranks it.
  @Test func anotherCauseWithStrongEvidenceOutranksTheStream() throws {
    let alarm = try Self.alarm("carry_over_volatility")
    var diagnostician = Diagnostician()
    diagnostician.recentBars = Self.age...120
    let diagnosis = diagnostician.diagnose(alarm, Self.evidence(.volatility, seed: 3))
    #expect(diagnosis.cause == .volatility, "\(diagnosis.findings)")
    #expect(diagnosis.findings.contains { $0.cause == .covariate })
  }
}
