import HydraMarket
import HydraNumerics

/// Small seeded markets for tests: a random walk with rolls, a second-nearby series that changes its contract, reports.
enum RandomWalkMarket {
  static let oats = Instrument(
    symbol: "ZO", carryCode: "OATIES", name: "Oats", pointValue: 50, tickSize: 0.25, commission: 1.5, halfSpread: 0.98,
    dailyLimit: 20, related: ["ZC", "VIX"])
  static let corn = Instrument(
    symbol: "ZC", carryCode: "CORN", name: "Corn", pointValue: 50, tickSize: 0.25, commission: 2.92, halfSpread: 0.16)
  static let index = Instrument(
    symbol: "VIX", carryCode: "VIX", name: "Volatility index", pointValue: 1000, tickSize: 0.05, commission: 2.4,
    halfSpread: 0.025)

  static func times(_ date: CivilDate, availableAfterDays days: Int = 0) -> FactTimes {
    let event = date.timestamp(hour: 23)
    let available = date.adding(days: days).timestamp(hour: days == 0 ? 23 : 20)
    return FactTimes(event: event, published: available, available: available, ingested: available)
  }

  static func bar(
    _ symbol: String, _ date: CivilDate, _ contract: ContractMonth, _ close: Double,
    carry: (ContractMonth, Double)? = nil
  ) -> HeldBar {
    HeldBar(
      symbol: symbol, date: date, contract: contract, close: close, carryContract: carry?.0, carryClose: carry?.1,
      times: times(date))
  }

  static func daily(
    _ symbol: String, _ date: CivilDate, settle: Double, volume: Double?, interest: Double? = nil,
    open: Double? = nil, high: Double? = nil, low: Double? = nil
  ) -> DailyBar {
    DailyBar(
      symbol: symbol, date: date, open: open ?? settle, high: high ?? settle + 3, low: low ?? settle - 3,
      settle: settle,
      volume: volume, previousOpenInterest: interest, times: times(date))
  }

  /// `count` weekdays from `start` on.
  static func weekdays(from start: CivilDate, count: Int) -> [CivilDate] {
    var dates: [CivilDate] = []
    var date = start
    while dates.count < count {
      if date.weekday < 5 { dates.append(date) }
      date = date.adding(days: 1)
    }
    return dates
  }

  /// A market of `days` weekdays: roll every 60 bars, second-nearby change every 50, weekly reports where asked.
  static func history(
    _ instrument: Instrument, days: Int, seed: UInt64, price start: Double = 350, hasDaily: Bool = true,
    hasReports: Bool = true
  ) -> MarketHistory {
    var random = CounterRandom(seed: seed, stream: instrument.symbol)
    var history = MarketHistory(instrument: instrument)
    var contract = ContractMonth(year: 2000, month: 5)
    var (price, interest, share) = (start, 4000.0, 0.1)
    for (index, date) in weekdays(from: CivilDate(year: 2000, month: 1, day: 3), count: days).enumerated() {
      let change = price * 0.015 * random.normal()
      price = max(price + change, start / 5)
      // Two thirds of the rows have no neighbour's price.
      let neighbour = ContractMonth(
        year: contract.month > 2 ? contract.year : contract.year - 1,
        month: contract.month > 2 ? contract.month - 2 : contract.month + 10)
      let carry = random.uniform() < 0.4 ? (neighbour, price * (1 + 0.01 * random.normal())) : nil
      history.bars.append(bar(instrument.symbol, date, contract, price, carry: carry))
      if hasDaily {
        if index % 50 == 49 { interest = 1500 + 500 * random.uniform() }
        interest *= 1 + 0.02 * random.normal()
        let open = price * (1 + 0.004 * random.normal())
        let second = price + (index / 50 % 2 == 0 ? 0 : 12)
        history.daily.append(
          daily(
            instrument.symbol, date, settle: second, volume: (400 * random.exponential()).rounded(), interest: interest,
            open: open + second - price, high: max(open + second - price, second) + 4 * random.uniform(),
            low: min(open + second - price, second) - 4 * random.uniform()))
      }
      if hasReports, date.weekday == 1 {
        share = 0.95 * share + 0.05 * random.normal()
        history.reports.append(
          PositionsReport(
            symbol: instrument.symbol, asOf: date, commercialLong: (5000 * (1 + share)).rounded(),
            commercialShort: (5000 * (1 - share)).rounded(), times: times(date, availableAfterDays: 3)))
      }
      if index % 60 == 59 {
        let next = ContractMonth(
          year: contract.month > 9 ? contract.year + 1 : contract.year,
          month: contract.month > 9 ? contract.month - 9 : contract.month + 3)
        let step = price * 0.04 * random.normal()
        history.rolls.append(
          Roll(
            symbol: instrument.symbol, date: date, from: contract, to: next, fromPrice: price, toPrice: price + step,
            times: times(date)))
        (price, contract) = (price + step, next)
      }
    }
    return history
  }

  static func world(days: Int, seed: UInt64 = 7) -> (primary: MarketHistory, related: [MarketHistory]) {
    (
      history(oats, days: days, seed: seed),
      [
        history(corn, days: days, seed: seed + 1, price: 500),
        history(index, days: days, seed: seed + 2, price: 20, hasDaily: false, hasReports: false),
      ]
    )
  }
}
