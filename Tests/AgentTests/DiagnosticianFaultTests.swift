import HydraCore
import Testing

@testable import HydraAgent

/// Faults of one column that leave every number plausible, and causes that lie with the agent.
@Suite struct DiagnosticianFaultTests {
  enum Fault: CaseIterable { case none, stuck, swapped, scaled, halved, delayed, moved, wilder }

  /// Columns that wander slowly, one of them with a fault, or a change of the world, in its newest 40 bars.
  static func history(_ fault: Fault, seed: UInt64) -> FeatureHistory {
    var random = CounterRandom(seed: seed, stream: "faults")
    var history = FeatureHistory(names: ["weekly", "carry", "level"], horizon: 5)
    var date = CivilDate(year: 2010, month: 1, day: 4)
    var (weekly, carry, level) = (0.0, 0.0, 6.0)
    var stuck: Double?
    var carries: [Double] = []
    for bar in 0..<600 {
      // A report that comes once a week repeats itself for five bars, and that is no fault.
      if bar % 5 == 0 { weekly = random.normal() }
      let isNew = bar >= 560
      carry = 0.9 * carry + 0.4 * random.normal()
      level = 6 + 0.98 * (level - 6) + (fault == .wilder && isNew ? 0.2 : 0.1) * random.normal()
      carries.append(carry)
      let factor = fault == .scaled && isNew ? 1.5 : fault == .halved && isNew ? 0.5 : 1
      let shown = fault == .delayed && isNew ? carries[bar - 3] : carry
      if isNew, stuck == nil { stuck = carry }
      history.append(
        [
          weekly, fault == .stuck && isNew ? stuck! : shown,
          fault == .swapped && isNew ? -level : factor * level + (fault == .moved && isNew ? 3 : 0),
        ], date: date, known: date.timestamp(hour: 20), change: random.normal(), volatility: 1, completing: nil)
      date = date.adding(days: 1)
    }
    return history
  }

  @Test func faultsOfOneColumnAreFoundAndNothingElse() throws {
    var missed: [Fault: Int] = [:]
    let seeds = UInt64(1)...40
    for seed in seeds {
      for fault in Fault.allCases {
        let history = Self.history(fault, seed: seed)
        let (recent, reference) = (540..<600, 290..<540)
        let found =
          Diagnostician().columnFault(history, recent: recent, reference: reference)
          ?? Diagnostician().feedFault(history, recent: recent, reference: reference)
        let date = history.dates[560]
        let expected: String?
        switch fault {
        // A level that moves and steps that grow are the world's affair.
        case .none, .moved, .wilder: expected = nil
        case .stuck: expected = "carry repeats one value for 40 bars"
        case .swapped: expected = "level changes its sign on \(date) and stays"
        case .delayed: expected = "carry says from \(date) on what it said 3 bars before"
        case .scaled: expected = "times what it was from \(date) on"
        case .halved: expected = "times what it was from \(date) on"
        }
        let isRight = expected.map { found?.evidence.contains($0) == true } ?? (found == nil)
        if !isRight { missed[fault, default: 0] += 1 }
      }
    }
    for fault in Fault.allCases {
      let share = Double(missed[fault, default: 0]) / Double(seeds.count)
      #expect(share <= (fault == .scaled || fault == .halved || fault == .moved ? 0.1 : 0), "\(fault): \(share) missed")
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
