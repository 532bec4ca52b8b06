import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

@Suite struct ReplayScenarioTests {
  static func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: FileBytes.read(TestSupport.vectors("replay/\(name)").path))
  }

  @Test func allGoldenScenariosAgree() throws {
    let scenarios = try ReplayScenario.read(json: Self.json("scenarios.json"))
    #expect(scenarios.count == 47)
    for scenario in scenarios {
      let outcome = try scenario.run()
      #expect(outcome.passes == true, "\(scenario.id): \(outcome.got.text)")
    }
  }

  @Test func allGoldenCostCasesAgree() throws {
    let cases = try ReplayCostCase.read(json: Self.json("costs.json"))
    #expect(cases.count == 14)
    for golden in cases {
      let outcome = try golden.run()
      #expect(outcome.passes == true, "\(golden.id): \(outcome.got.text)")
    }
  }

  /// What the comparison would let through would not be tested.
  @Test func anOutcomeThatDiffersDoesNotPass() throws {
    let text = String(decoding: try FileBytes.read(TestSupport.vectors("replay/scenarios.json").path), as: UTF8.self)
    for (right, wrong) in [
      (#""qty": 1, "maker": "o1""#, #""qty": 2, "maker": "o1""#), (#""ahead": 3}"#, #""ahead": 4}"#),
      (#""asks": [[350.25, 5, 2]]"#, #""asks": [[350.25, 5, 1]]"#),
      (#""status": "filled", "filled": 4"#, #""status": "new", "filled": 4"#),
    ] {
      let range = try #require(text.range(of: right))
      let changed = try JSONValue(parsing: Array(text.replacingCharacters(in: range, with: wrong).utf8))
      let outcomes = try ReplayScenario.read(json: changed).map { try $0.run().passes }
      #expect(outcomes.count { $0 == false } == 1, "\(wrong)")
    }
  }

  /// Without `expected` everything is reported, and positions are told where `ask` names them.
  @Test func aScenarioWithoutExpectationReportsEverything() throws {
    let scenario = try ReplayScenario(
      json: JSONValue(
        parsing: Array(
          """
          {"id": "a", "mode": "exchange", "config": {"tick": 0.25}, "ask": {"queue_ahead": [{"ts": 7, "id": "o1"}]},
           "events": [
             {"ts": 1, "type": "new", "id": "m1", "owner": "mkt", "side": "sell", "qty": 3, "price": 10.5, "ord": "limit"},
             {"ts": 2, "type": "new", "id": "o1", "owner": "own", "side": "sell", "qty": 2, "price": 10.5, "ord": "limit"},
             {"ts": 8, "type": "cancel", "id": "o9", "owner": "own"}]}
          """.utf8)))
    let outcome = try scenario.run()
    #expect(outcome.passes == nil)
    #expect(
      outcome.got.text
        == #"{"trades":[],"orders":{"m1":{"status":"new","filled":0,"leaves":3},"o1":{"status":"new","filled":0,"leaves":2}},"#
        + #""queue_ahead":[{"ts":7,"id":"o1","ahead":3}],"book":{"bids":[],"asks":[[10.5,5,2]]},"#
        + #""notes":[{"ts":8,"id":"o9","cancel_rejected":true}]}"#)
  }

  @Test func whatCannotBePlayedIsAnErrorThatNamesTheEvent() throws {
    func fault(_ config: JSONValue, _ events: JSONValue, mode: JSONValue = "exchange") -> String? {
      do {
        _ = try ReplayScenario(json: ["id": "a", "mode": mode, "config": config, "events": events]).run()
        return nil
      } catch { return error.description }
    }
    #expect(fault([:], []) == "a: config has no positive 'tick'")
    #expect(fault(["tick": 0.25, "tik": 1], [])?.hasPrefix("a: unknown member 'tik' of config") == true)
    #expect(fault(["tick": 1], [["type": "new"]]) == "a: event 1: 'ts' is missing or no whole number")
    #expect(fault(["tick": 1], [["ts": 1, "type": "dance"]]) == "a: event 1: unknown event type 'dance'")
    #expect(
      fault(["tick": 1], [["ts": 1, "type": "add", "id": "x", "side": "buy", "price": 1, "qty": 1]])
        == "a: event 1: this mode has no such event")
    #expect(fault(["tick": 1], [], mode: "replay_l9")?.hasPrefix("a: unknown mode 'replay_l9'") == true)
  }
}
