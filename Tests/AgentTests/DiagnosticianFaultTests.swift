import HydraCore
import Testing

@testable import HydraAgent

/// Faults of one column that leave every number plausible, and causes that lie with the agent.
@Suite struct DiagnosticianFaultTests {
  enum Fault: CaseIterable { case none, stuck, swapped }

  /// Columns that wander slowly, one of them with a fault in its newest 30 bars.
  static func history(_ fault: Fault, seed: UInt64) -> FeatureHistory {
    var random = CounterRandom(seed: seed, stream: "faults")
    var history = FeatureHistory(names: ["weekly", "carry", "level"], horizon: 5)
    var date = CivilDate(year: 2010, month: 1, day: 4)
    var (weekly, carry, level) = (0.0, 0.0, 6.0)
    var stuck: Double?
    for bar in 0..<600 {
      // A report that comes once a week repeats itself for five bars, and that is no fault.
      if bar % 5 == 0 { weekly = random.normal() }
      carry = 0.9 * carry + 0.4 * random.normal()
      level = 6 + 0.98 * (level - 6) + 0.1 * random.normal()
      let isNew = bar >= 570
      if isNew, stuck == nil { stuck = carry }
      history.append(
        [
          weekly, fault == .stuck && isNew ? stuck! : carry, fault == .swapped && isNew ? -level : level,
        ], date: date, known: date.timestamp(hour: 20), change: random.normal(), volatility: 1, completing: nil)
      date = date.adding(days: 1)
    }
    return history
  }

  @Test func stuckColumnsAndSwappedSignsAreFoundAndNothingElse() throws {
    for seed in UInt64(1)...20 {
      for fault in Fault.allCases {
        let found = Diagnostician().columnFault(
          Self.history(fault, seed: seed), recent: 540..<600, reference: 290..<540)
        switch fault {
        case .none: #expect(found == nil, "\(found?.evidence ?? "")")
        case .stuck: #expect(found?.evidence.hasPrefix("carry repeats one value for 30 bars") == true)
        case .swapped: #expect(found?.evidence.hasPrefix("level changes its sign on") == true)
        }
      }
    }
  }

  @Test func dearFillsAreExecutionAndFairOnesAreNot() throws {
    let evidence = DiagnosticianTests.evidence(nil, seed: 2)
    var random = CounterRandom(seed: 3, stream: "fills")
    for (factor, isFound) in [(1.0, false), (1.6, true)] {
      let fills = (0..<30).map { index in
        ExecutionCost(
          row: evidence.history.count - 1 - 2 * index, paid: factor * (1 + 0.2 * (random.uniform() - 0.5)), expected: 1)
      }
      let told = Diagnostician.Evidence(
        history: evidence.history, forecasts: evidence.forecasts, policy: nil, executions: fills)
      let finding = try #require(
        Diagnostician().executionFinding(told, evidence.history.count - 60..<evidence.history.count))
      #expect((finding.score > 3) == isFound, "\(finding)")
      #expect(isFound ? finding.evidence.contains("1.6") || finding.evidence.contains("1.5") : true)
    }
  }

  @Test func theRuleBookAnswersEveryCause() async throws {
    for cause in Cause.allCases where cause != .dataFault {
      let reply = RuleBook.reply(to: ["diagnosis": ["cause": .string(cause.rawValue)], "recipe": Recipe().json])
      let (accepted, refused) = Hypothesis.decode(reply, features: ["a", "b"])
      #expect(!accepted.isEmpty && refused.isEmpty, "\(cause)")
    }
  }
}
