import HydraCore
import Testing

@testable import HydraAgent

@Suite struct HypothesisMemoryTests {
  static func hypothesis(_ change: Change) -> Hypothesis { Hypothesis(change, reason: "r", confidence: 0.5) }

  private func chosen(
    _ memory: HypothesisMemory, _ changes: [Change], held: [Change] = [], row: Int = 1000, changeRow: Int = 900,
    limit: Int = 4
  ) -> (chosen: [Change], refused: [String]) {
    let found = memory.chosen(
      changes.map(Self.hypothesis), recipe: Recipe(), held: held, row: row, changeRow: changeRow, refutedBars: 63,
      limit: limit)
    return (found.chosen.map(\.change), found.refused)
  }

  @Test func whatIsSoOrOnTrialOrRefutedIsLeftOut() {
    var memory = HypothesisMemory()
    memory.note(.leaves(8), .refuted, row: 980)
    let found = chosen(
      memory, [.trainingWindow(2520), .leaves(8), .leaves(9), .decayHalfLife(504), .retrain, .leaves(9)],
      held: [.decayHalfLife(504)])
    #expect(found.chosen == [.retrain, .leaves(9)] || found.chosen == [.leaves(9), .retrain])
    #expect(found.refused.count == 4)
    // Later, or about a newer change of the world, it may be tried again.
    #expect(chosen(memory, [.leaves(8)], row: 1043).chosen == [.leaves(8)])
    #expect(chosen(memory, [.leaves(8)], row: 1000, changeRow: 981).chosen == [.leaves(8)])
    #expect(chosen(memory, [.leaves(8)], row: 1000, changeRow: 980).chosen.isEmpty)
  }

  @Test func kindsThatPaidComeFirstAndTheBudgetHolds() {
    var memory = HypothesisMemory()
    for row in 0..<6 {
      memory.note(.leaves(5 + row), .refuted, row: row)
      memory.note(.riskScale(0.5), .promoted, row: row)
      memory.paid("sizing.risk_scale")
    }
    let found = chosen(memory, [.leaves(30), .riskScale(0.7), .decayHalfLife(400)], limit: 2)
    #expect(found.chosen == [.riskScale(0.7), .decayHalfLife(400)])
    #expect(found.refused.count == 1 && found.refused[0].contains("model.num_leaves"))
    #expect(memory.score("sizing.risk_scale") > memory.score("model.num_leaves"))
  }

  @Test func withoutARecordTheProposersOrderStands() {
    let changes: [Change] = [.leaves(9), .riskScale(0.7), .decayHalfLife(400), .trainingWindow(700)]
    #expect(chosen(HypothesisMemory(), changes).chosen == changes)
  }
}
