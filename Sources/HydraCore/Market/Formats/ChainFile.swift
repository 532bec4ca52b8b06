import HydraNumerics
import HydraOptions

/// Reads `options/<SYM>.csv`: daily chains of American options,
/// `date,contract,expiry,underlying,rate,type,strike,bid,ask,settle,volume,open_interest`.
///
/// An empty bid or ask is a side that nobody quotes; so is a bid of zero. A quote whose bid is above its ask says nothing
/// about the price: its sides are dropped, unless the rules keep them. A call that settles above the call of the next
/// lower strike, or a put above that of the next higher one, is reported; settlements are not used. Rows are known at
/// 23:00 UTC of their date, as daily bars are.
struct ChainFile {
  private(set) var chains: [DailyOptionChain] = []
  private(set) var findings: [DataFinding] = []

  private struct Key: Hashable {
    var date: CivilDate
    var expiry: CivilDate
  }

  private struct Member: Hashable {
    var kind: OptionKind
    var strike: Double
  }

  init(_ table: MarketTable, symbol: String, ingested: Timestamp, rules: RepairRules = RepairRules()) throws {
    try table.require("date", "contract", "expiry", "underlying", "type", "strike", "bid", "ask")
    let underlyings = try table.numbers("underlying")
    let rates = try table.has("rate") ? table.numbers("rate") : []
    let strikes = try table.numbers("strike")
    let (bids, asks) = (try table.numbers("bid"), try table.numbers("ask"))
    let settles = try table.has("settle") ? table.numbers("settle") : []
    let interests = try table.has("open_interest") ? table.numbers("open_interest") : []
    var places: [Key: Int] = [:]
    var members: [Set<Member>] = []
    var lines: [[Int]] = []
    for row in 0..<table.rows {
      let date = try table.date(row, "date")
      let expiry = try table.date(row, "expiry")
      guard let contract = try table.contract(row, "contract") else {
        throw table.malformed(row, "contract", "", "a contract like 20150300")
      }
      guard expiry > date else {
        throw table.malformed(row, "expiry", table.text(row, "expiry"), "a date after that of the row")
      }
      guard let kind = OptionKind(rawValue: table.text(row, "type")) else {
        throw table.malformed(row, "type", table.text(row, "type"), "call or put")
      }
      let underlying = try Self.positive(table, row, "underlying", underlyings[row])
      let strike = try Self.positive(table, row, "strike", strikes[row])
      let quote = try quote(
        kind, strike, table, row, date: date, bid: bids[row], ask: asks[row],
        settle: settles.isEmpty ? nil : settles[row],
        interest: interests.isEmpty ? nil : interests[row], rules: rules)
      let key = Key(date: date, expiry: expiry)
      let place: Int
      if let known = places[key] {
        place = known
      } else {
        place = chains.count
        places[key] = place
        let time = date.timestamp(hour: 23)
        chains.append(
          DailyOptionChain(
            symbol: symbol, date: date, contract: contract, expiry: expiry, underlying: underlying,
            rate: rates.isEmpty ? 0 : rates[row] ?? 0, quotes: OptionQuotes(),
            times: FactTimes(event: time, published: time, available: time, ingested: ingested)))
        members.append([])
        lines.append([])
      }
      guard members[place].insert(Member(kind: kind, strike: strike)).inserted else {
        findings.append(
          table.finding(.duplicate, row, "strike", date: date, message: "this option stands twice", action: .dropped))
        continue
      }
      chains[place].quotes.append(quote)
      lines[place].append(row)
    }
    for (chain, rows) in zip(chains, lines) { judgeSettlements(chain, rows, table) }
    chains.sort { ($0.date, $0.expiry) < ($1.date, $1.expiry) }
  }

  private static func positive(
    _ table: MarketTable, _ row: Int, _ column: String, _ value: Double?
  ) throws(MarketDataError) -> Double {
    guard let value, value > 0, value.isFinite else {
      throw table.malformed(row, column, table.text(row, column), "a positive number")
    }
    return value
  }

  private mutating func quote(
    _ kind: OptionKind, _ strike: Double, _ table: MarketTable, _ row: Int, date: CivilDate, bid: Double?,
    ask: Double?, settle: Double?, interest: Double?, rules: RepairRules
  ) throws(MarketDataError) -> OptionQuote {
    for (column, value) in [("bid", bid), ("ask", ask), ("settle", settle), ("open_interest", interest)] {
      if let value, !(value >= 0 && value.isFinite) {
        throw table.malformed(row, column, table.text(row, column), "a number from 0 up")
      }
    }
    var quote = OptionQuote(
      kind, strike: strike, bid: bid == 0 ? nil : bid, ask: ask == 0 ? nil : ask, openInterest: interest,
      lastPrice: settle)
    if let spread = quote.spread, spread < 0 {
      findings.append(
        table.finding(
          .crossedQuote, row, "bid", date: date, message: "above the ask, \(NumberText.text(ask!))",
          action: rules.action(.crossedQuote)))
      if rules[.crossedQuote] == .drop { (quote.bid, quote.ask) = (nil, nil) }
    }
    return quote
  }

  private mutating func judgeSettlements(_ chain: DailyOptionChain, _ rows: [Int], _ table: MarketTable) {
    for kind in [OptionKind.call, .put] {
      let ladder = chain.quotes.indices.filter { chain.quotes[$0].kind == kind && chain.quotes[$0].lastPrice != nil }
        .sorted {
          kind == .call
            ? chain.quotes[$0].strike < chain.quotes[$1].strike : chain.quotes[$0].strike > chain.quotes[$1].strike
        }
      for (inner, outer) in zip(ladder, ladder.dropFirst())
      where chain.quotes[outer].lastPrice! > chain.quotes[inner].lastPrice! {
        findings.append(
          table.finding(
            .settleAboveNeighbour, rows[outer], "settle", date: chain.date,
            message: "above that of strike \(NumberText.text(chain.quotes[inner].strike)), "
              + NumberText.text(chain.quotes[inner].lastPrice!), action: .noted))
      }
    }
  }
}
