import HydraCore
import Testing

@Suite struct RiskGovernorTests {
  static func order(_ id: Int, lots: Int = 2, side: Side = .buy, second: Int64 = 0) -> Order {
    Order(
      id: id, symbol: "ZO", contract: ContractMonth(year: 2014, month: 12), side: side, lots: lots,
      decided: CivilDate(year: 2014, month: 6, day: 2).timestamp(hour: 20).adding(seconds: second), referencePrice: 300)
  }

  static func code(_ result: Result<Order, RiskRefusal>) -> String {
    switch result {
    case .success(let order): "\(order.lots)"
    case .failure(let refusal): refusal.code
    }
  }

  @Test func theStrictestReasonHoldsAndEachIsLiftedAlone() {
    var governor = RiskGovernor()
    #expect(governor.state == .active)
    governor.set("drift", .reducing, "an alarm")
    governor.set("operator", .halted, "by hand")
    #expect(governor.state == .halted && governor.strictest?.code == "operator")
    governor.lift("drift")
    #expect(governor.state == .halted)
    governor.lift("operator")
    #expect(governor.state == .active && governor.reasons.isEmpty)
  }

  @Test func aStateAllowsWhatItSaysAndRefusesWithACode() {
    var governor = RiskGovernor()
    #expect(Self.code(governor.review(Self.order(1, lots: 5), reducible: 0)) == "5")
    governor.set("safe_mode", .reducing, "a failure")
    // From +3 to −2 is cut to what closes; opening is refused.
    #expect(Self.code(governor.review(Self.order(1, lots: 5, side: .sell), reducible: 3)) == "3")
    #expect(Self.code(governor.review(Self.order(1, lots: 5), reducible: 0)) == "reducing_only")
    governor.set("operator", .halted, "by hand")
    #expect(Self.code(governor.review(Self.order(1, side: .sell), reducible: 3)) == "halted")
  }

  @Test func onlyAFlatteningOrderPassesAHaltThatAsksForIt() {
    var governor = RiskGovernor()
    let out = Order(
      id: 1, symbol: "ZO", contract: ContractMonth(year: 2014, month: 12), side: .sell, lots: 3, reason: .flatten,
      decided: Self.order(1).decided, referencePrice: 300)
    governor.set("operator", .halted, "by hand")
    #expect(Self.code(governor.review(out, reducible: 3)) == "halted")
    governor.set("operator", .halted, "by hand", flattening: true)
    #expect(Self.code(governor.review(out, reducible: 3)) == "3")
    #expect(Self.code(governor.review(out, reducible: 2)) == "halted")
    #expect(Self.code(governor.review(Self.order(2, side: .sell), reducible: 3)) == "halted")
  }

  @Test func ordersOfADayAreCountedAndRepeatsRefused() {
    var governor = RiskGovernor(maximumOrdersPerDay: 3)
    for id in 1...3 {
      let order = Self.order(id, second: Int64(id))
      #expect(Self.code(governor.review(order, reducible: 0)) == "2")
      governor.note(order)
    }
    #expect(Self.code(governor.review(Self.order(4, second: 9), reducible: 0)) == "order_rate")
    #expect(Self.code(governor.review(Self.order(5, second: 86_400), reducible: 0)) == "2")

    var other = RiskGovernor()
    other.note(Self.order(1))
    #expect(Self.code(other.review(Self.order(1, second: 5), reducible: 0)) == "duplicate")
    #expect(Self.code(other.review(Self.order(2), reducible: 0)) == "duplicate")
    #expect(Self.code(other.review(Self.order(2, side: .sell), reducible: 0)) == "2")
  }
}
