import Foundation
import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// The exchange's own order-by-order sample.
@Suite(.enabled(if: TestSupport.sharedData("market/book/cme") != nil, "the sample market data is not here"))
struct ReplayHistoryTests {
  /// A holiday evening of one contract: each order known, the book never crossed at the end of an event while matching
  /// goes on. From 22:40 to the open at 23:00 orders gather for the auction, and the crossed ones wait for it: the
  /// exchange's hours and the first trade tell the same open.
  @Test(arguments: [
    ("esh4_20231224.mbo.dbn.zst", 8_725, 0, 0), ("esh4_20231225_to2330.mbo.dbn.zst", 44_371, 891, 27_146),
  ])
  func theBookIsRebuiltWithoutUnknownOrdersOrCrosses(name: String, records: Int, gathering: Int, open: Int) throws {
    let path = try #require(TestSupport.sharedData("market/book/cme/\(name)")).path
    let scale = try #require(TickScale(tick: 0.25))
    for hours in [nil, TradingHours.globexIndex] {
      let check = try BookCheck(DBNReader(path: path), scale: scale, hours: hours)
      #expect(check.records == records && check.crossedBeforeTrading == gathering)
      #expect(check.unknownOrders == 0 && check.crossed == 0)
      #expect(check.ends > 0 && check.orders > 0 && check.endsWhileOpen == open)
    }
  }

  @Test func aQuoterRunsOverTheSample() throws {
    let path = try #require(TestSupport.sharedData("market/book/cme/esh4_20231225_to2330.mbo.dbn.zst")).path
    let scale = try #require(TickScale(tick: 0.25))
    var settings = ReplayRunSettings()
    settings.latency = ReplayLatency(eachWay: 1_000_000)
    let run = {
      try ReplayRun.run(ReplayFile(path: path, scale: scale), strategy: TwoSidedQuoter(), settings: settings)
    }
    let report = try run()
    #expect(
      report.unknownOrders == 0 && report.submitted > 20 && !report.fills.isEmpty && report.fills.allSatisfy(\.isMaker))
    #expect(try run() == report)
  }
}
