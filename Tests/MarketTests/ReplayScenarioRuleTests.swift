import HydraMarket
import HydraNumerics
import Testing

/// Rules of the replay specification that the golden scenarios leave open, each in a case of its own.
@Suite struct ReplayScenarioRuleTests {
  static func play(_ mode: String, config: String = "", _ events: String..., ask: String = "") throws -> JSONValue {
    let text =
      #"{"id": "t", "mode": "\#(mode)", "config": {"tick": 0.25\#(config)}, "ask": {"queue_ahead": [\#(ask)]}, "#
      + #""events": [\#(events.joined(separator: ", "))]}"#
    return try ReplayScenario(json: JSONValue(parsing: Array(text.utf8))).run().got
  }

  static func order(
    _ ts: Int, _ id: String, _ side: String, _ lots: Int, _ price: Double?, _ more: String = #""ord": "limit""#
  ) -> String {
    let owner = id.hasPrefix("o") ? "own" : "mkt"
    let price = price.map { #", "price": \#($0)"# } ?? ""
    return #"{"ts": \#(ts), "type": "new", "id": "\#(id)", "owner": "\#(owner)", "side": "\#(side)", "#
      + #""qty": \#(lots)\#(price), \#(more)}"#
  }

  static func event(_ ts: Int, _ type: String, _ more: String = "") -> String {
    #"{"ts": \#(ts), "type": "\#(type)"\#(more.isEmpty ? "" : ", " + more)}"#
  }

  /// Time, price and lots of each trade or fill.
  static func deals(_ got: JSONValue) -> [[Double]] {
    let deals = (got["trades"] ?? got["fills"])?.array ?? []
    return deals.map { deal in ["ts", "price", "qty"].map { deal[$0]?.double ?? .nan } }
  }

  static func state(_ got: JSONValue, _ id: String) -> String {
    let order = got["orders"]?[id]
    return "\(order?["status"]?.string ?? "-") \(order?["filled"]?.int ?? -1) \(order?["reason"]?.string ?? "")"
  }

  // MARK: - Orders of the market one by one

  @Test func anOwnOrderTakesRecordedOrdersOneByOne() throws {
    let got = try Self.play(
      "replay_l3",
      Self.event(1, "add", #""id": "m1", "side": "sell", "price": 10.5, "qty": 2"#),
      Self.event(2, "add", #""id": "m2", "side": "sell", "price": 10.5, "qty": 3"#),
      Self.order(3, "o1", "buy", 4, 10.5, #""tif": "ioc""#),
      Self.order(4, "o2", "buy", 4, 10.5, #""tif": "ioc""#))
    #expect(Self.deals(got) == [[3, 10.5, 2], [3, 10.5, 2], [4, 10.5, 1]])
    #expect(Self.state(got, "o2") == "cancelled 1 unfilled_remainder")
  }

  // MARK: - Limits

  @Test func aLimitThatIsNotToldStaysAndNullLiftsIt() throws {
    let got = try Self.play(
      "exchange", config: #", "limit_low": 9, "limit_high": 11"#,
      Self.order(1, "o1", "buy", 1, 11.25), Self.event(2, "limits", #""high": 12"#),
      Self.order(3, "o2", "buy", 1, 11.25), Self.order(4, "o3", "sell", 1, 8.75),
      Self.event(5, "limits", #""low": null"#), Self.order(6, "o4", "sell", 1, 8.75))
    #expect(Self.state(got, "o1") == "rejected 0 price_limit")
    #expect(Self.state(got, "o3") == "rejected 0 price_limit")
    #expect(Self.state(got, "o4") == "filled 1 ")
    #expect(Self.deals(got) == [[6, 11.25, 1]])
  }

  @Test func protectionEndsAtTheDailyLimit() throws {
    let got = try Self.play(
      "exchange", config: #", "limit_high": 10.75"#,
      Self.order(1, "m1", "sell", 1, 10.5),
      Self.order(2, "o1", "buy", 3, nil, #""ord": "market_protected", "protect": 2"#))
    #expect(got["book"]?["bids"]?.text == "[[10.75,2,1]]")
  }

  // MARK: - Ends

  @Test(arguments: ["exchange", "replay_l3", "replay_l2"]) func theContractEndsWithAllItsOrders(_ mode: String) throws {
    let got = try Self.play(
      mode, Self.order(1, "o1", "buy", 1, 10, #""tif": "gtc""#),
      Self.order(2, "o2", "buy", 1, 10, #""tif": "gtd", "expire": 99"#), Self.event(3, "session_end"),
      Self.event(4, "expiry"), Self.order(5, "o3", "buy", 1, 10))
    #expect(Self.state(got, "o1") == "expired 0 tif")
    #expect(Self.state(got, "o2") == "expired 0 tif")
    #expect(Self.state(got, "o3") == "rejected 0 phase")
  }

  @Test func ordersForTheOpenTradeInTheAuctionOrEnd() throws {
    let got = try Self.play(
      "exchange", config: #", "phase": "pre_open", "reference": 10"#,
      Self.order(1, "o1", "buy", 3, 10, #""tif": "at_the_open""#), Self.order(2, "m1", "sell", 1, 10),
      Self.event(3, "phase", #""phase": "open""#), Self.order(4, "m2", "sell", 1, 10),
      Self.order(5, "o2", "buy", 1, 10, #""tif": "at_the_open""#))
    #expect(Self.deals(got) == [[3, 10, 1]])
    #expect(Self.state(got, "o1") == "expired 1 tif")
    #expect(Self.state(got, "o2") == "rejected 0 phase")
  }

  // MARK: - Auctions

  static let auctions: [(orders: String, config: String, price: Double)] = [
    // All surplus to buy: the highest; to sell: the lowest; no reference and none: the higher.
    ("buy 5 11, sell 3 10", ", \"reference\": 10", 11.0), ("buy 3 11, sell 5 10", ", \"reference\": 11", 10),
    ("buy 3 11, sell 3 10", "", 11), ("buy 3 11, sell 3 10", ", \"reference\": 10.5", 10.5),
    // The reference outside the prices is no candidate; the nearest of them is.
    ("buy 3 11, sell 3 10", ", \"reference\": 12", 11), ("buy 3 11, sell 3 10", ", \"reference\": 9", 10),
  ]

  @Test(arguments: auctions)
  func theAuctionChoosesItsPrice(_ orders: String, _ config: String, _ price: Double) throws {
    let entered = orders.split(separator: ", ").enumerated().map { index, order in
      let words = order.split(separator: " ").map(String.init)
      return Self.order(index, "m\(index)", words[0], Int(words[1])!, Double(words[2])!)
    }
    let got = try Self.play(
      "exchange", config: #", "phase": "pre_open""# + config, entered.joined(separator: ", "),
      Self.event(9, "phase", #""phase": "open""#))
    #expect(Self.deals(got).allSatisfy { $0[1] == price } && !Self.deals(got).isEmpty, "\(got.text)")
  }

  @Test func anAuctionOfOneSideTradesNothing() throws {
    let got = try Self.play(
      "exchange", config: #", "phase": "pre_open""#, Self.order(1, "o1", "buy", 3, 10),
      Self.event(2, "phase", #""phase": "no_cancel""#), Self.event(3, "phase", #""phase": "open""#))
    #expect(Self.deals(got).isEmpty)
    #expect(got["book"]?["bids"]?.text == "[[10,3,1]]")
  }

  // MARK: - Requests

  @Test func postOnlyMarketOrdersAreRejectedWhereSomethingRests() throws {
    let got = try Self.play(
      "exchange", Self.order(1, "m1", "sell", 1, 10.5),
      Self.order(2, "o1", "buy", 1, nil, #""ord": "market", "post_only": true"#),
      Self.order(3, "o2", "sell", 1, nil, #""ord": "market", "post_only": true"#))
    #expect(Self.state(got, "o1") == "rejected 0 post_only")
    #expect(Self.state(got, "o2") == "cancelled 0 unfilled_remainder")
  }

  @Test func aCascadeOfStopsRunsToItsEnd() throws {
    let got = try Self.play(
      "exchange", config: #", "last": 10"#,
      Self.order(1, "m1", "buy", 1, 9.75), Self.order(2, "m2", "buy", 1, 9.5), Self.order(3, "m3", "buy", 1, 9.25),
      Self.order(4, "o1", "sell", 1, nil, #""ord": "stop", "stop": 9.5"#),
      Self.order(5, "o2", "sell", 1, nil, #""ord": "stop", "stop": 9.75"#),
      Self.order(6, "o3", "sell", 1, nil, #""ord": "stop", "stop": 9.75"#),
      Self.order(7, "m4", "sell", 1, 9.75))
    #expect(Self.deals(got) == [[7, 9.75, 1], [7, 9.5, 1], [7, 9.25, 1]])
    #expect(Self.state(got, "o2") == "filled 1 ")
    #expect(Self.state(got, "o3") == "filled 1 ")
    #expect(Self.state(got, "o1") == "cancelled 0 unfilled_remainder")
  }

  // MARK: - Levels

  /// F = 4 of 10; then 10 → 6 without a trade: C = 4, B = 6.
  static let models: [(name: String, n: Double, p: Double)] = [
    ("power", 2.0, 36.0 / 52), ("power2", 2, 0.36), ("power3", 2, 0.84), ("risk_averse", 1, 1),
    ("log", 1, 1.9459101490553132 / (1.9459101490553132 + 1.6094379124341003)),
    ("log2", 1, 1.9459101490553132 / 2.3978952727983707),
  ]

  @Test(arguments: models)
  func eachQueueModelMovesTheEstimate(_ name: String, _ n: Double, _ p: Double) throws {
    let got = try Self.play(
      "replay_l2", config: #", "queue_model": "\#(name)", "n": \#(n)"#,
      Self.event(1, "depth", #""side": "buy", "price": 10, "qty": 4"#), Self.order(2, "o1", "buy", 1, 10),
      Self.event(3, "depth", #""side": "buy", "price": 10, "qty": 10"#),
      Self.event(4, "depth", #""side": "buy", "price": 10, "qty": 6"#), ask: #"{"ts": 4, "id": "o1"}"#)
    let expected = max(0, min(4 - (1 - p) * 4 + min(6 - p * 4, 0), 6))
    let ahead = try #require(got["queue_ahead"]?.array?.first?["ahead"]?.double)
    #expect(abs(ahead - expected) < 1e-12, "\(name): \(ahead), not \(expected)")
  }

  @Test func anUnknownAggressorFillsOnlyWhatItWentThrough() throws {
    let got = try Self.play(
      "replay_l2", Self.order(1, "o1", "buy", 2, 10), Self.event(2, "trade", #""price": 10, "qty": 5"#),
      Self.event(3, "trade", #""price": 9.75, "qty": 1"#))
    #expect(Self.deals(got) == [[3, 10, 1]])
  }
}
