import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// Golden rows of `replay/costs.json`.
struct CostVectors: Decodable {
  struct Input: Decodable {
    struct Event: Decodable {
      var type: String
      var qty: Int?
      var price: Double
    }
    var qty: Int?
    var adv, spread, m_tod, Y, sigma_daily, delta, g_tod, point_value, fee, cash, maintenance: Double?
    var events: [Event]?
  }
  struct Row: Decodable {
    var position: Int
    var average, realised, open, fees, cash, margin_excess: Double
  }
  struct Expected: Decodable {
    var half_spread, impact, total, currency: Double?
    var rows: [Row]?
  }
  struct Case: Decodable {
    var id: String
    var kind: String
    var input: Input
    var expected: Expected
    var tol: Double
  }
  private struct Kind: Decodable { var kind: String }
  /// Cases of other kinds have other inputs: only the wanted kinds are read in full.
  struct Lenient: Decodable {
    var value: Case?
    init(from decoder: any Decoder) throws {
      let kind = try Kind(from: decoder).kind
      value = ["expected_cost", "account"].contains(kind) ? try Case(from: decoder) : nil
    }
  }
  var cases: [Lenient]

  static func cases(_ kind: String) throws -> [Case] {
    let data = try Data(contentsOf: TestSupport.vectors("replay/costs.json"))
    return try JSONDecoder().decode(CostVectors.self, from: data).cases.compactMap(\.value).filter { $0.kind == kind }
  }
}

@Suite struct TradingCostTests {
  @Test func `expected cost agrees with the golden rows`() throws {
    let cases = try CostVectors.cases("expected_cost")
    #expect(cases.count == 4)
    for row in cases {
      let input = row.input
      var cost = CostModel(halfSpread: input.spread! / 2)
      cost.spreadMultiplier = input.m_tod!
      cost.impactCoefficient = input.Y!
      cost.impactExponent = input.delta!
      cost.impactMultiplier = input.g_tod!
      let estimate = cost.expected(
        lots: input.qty!, averageDailyVolume: input.adv!, dailyVolatility: input.sigma_daily!)
      let fees = FeeModel(broker: input.fee!)
      let currency = estimate.total * Double(input.qty!) * input.point_value! + fees.fee(lots: input.qty!)
      #expect(abs(estimate.halfSpread - row.expected.half_spread!) <= row.tol, "\(row.id)")
      #expect(abs(estimate.impact - row.expected.impact!) <= row.tol, "\(row.id)")
      #expect(abs(estimate.total - row.expected.total!) <= row.tol, "\(row.id)")
      #expect(abs(currency - row.expected.currency!) <= row.tol, "\(row.id)")
    }
  }

  @Test func `cost rises with size and scales with its multiplier`() {
    var cost = CostModel(RandomWalkMarket.oats)
    let small = cost.expected(lots: 1, averageDailyVolume: 400, dailyVolatility: 7)
    let large = cost.expected(lots: 4, averageDailyVolume: 400, dailyVolatility: 7)
    #expect(large.impact == 2 * small.impact && large.halfSpread == small.halfSpread)
    #expect(abs(large.total - 1.54) < 1e-12)
    cost.multiplier = CostModel.percentileMultiplier(0.95)
    #expect(abs(cost.multiplier - 1.9308) < 1e-4)
    #expect(
      abs(cost.expected(lots: 4, averageDailyVolume: 400, dailyVolatility: 7).total - 1.54 * cost.multiplier) < 1e-12)
    #expect(CostModel.percentileMultiplier(0.5) == 1)
  }
}
