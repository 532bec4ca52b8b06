import HydraNumerics

/// The intraday part of a world: minute bars of the newest days, order-by-order books of chosen ones, and their truth.
///
/// Every file is made when it is asked for, alone, from the seed and its own dates: worlds stay small in memory, and any
/// number of threads gives the same bytes.
struct SyntheticSessions: Sendable {
  /// What a file holds.
  enum Part: Hashable, Sendable {
    /// Minute bars of a contract.
    case minutes(contract: Int)
    /// Single orders of a day's held contract.
    case book(day: Int)
    /// Best bid and offer by the minute of the same.
    case quotes(day: Int)
    /// The true value at each of its trades.
    case fair(day: Int)
    /// What the books hold, a line each.
    case summary
  }

  let market: SyntheticMarket
  let seed: UInt64
  let regimes: [MarketRegime]
  /// Days with minute bars.
  let minuteDays: Range<Int>
  /// Days with a book, ascending.
  let bookDays: [Int]
  /// By slot, see ``ContractSchedule/slot(day:contract:)``.
  private let ranges: [SyntheticDayRange]

  init(market: SyntheticMarket, regimes: [MarketRegime], settings: SyntheticWorld.Settings) {
    (self.market, self.regimes, seed) = (market, regimes, settings.seed)
    let days = market.schedule.days
    minuteDays = max(0, days.count - settings.minuteDays)..<days.count
    bookDays = Self.chosen(settings, market)
    ranges = minuteDays.isEmpty && bookDays.isEmpty ? [] : market.ranges(seed: settings.seed)
  }

  /// One day in each of as many equal parts of the last year (or of all days, when more are asked for), the first in it on
  /// which enough is traded; days asked for by their dates besides.
  private static func chosen(_ settings: SyntheticWorld.Settings, _ market: SyntheticMarket) -> [Int] {
    let count = market.schedule.days.count
    let span = min(count, max(252, settings.bookDays))
    var random = CounterRandom(seed: settings.seed, stream: "book days")
    var chosen: Set<Int> = []
    for part in 0..<min(settings.bookDays, span) {
      let first = count - span + span * part / min(settings.bookDays, span)
      let length = span / min(settings.bookDays, span)
      let start = random.below(length)
      let place = (0..<length).first { market.heldVolume(first + (start + $0) % length) >= 100 } ?? 0
      chosen.insert(first + (start + place) % length)
    }
    for date in settings.bookDates {
      if let day = market.schedule.days.firstIndex(of: date) { chosen.insert(day) }
    }
    return chosen.sorted()
  }

  // MARK: - Files

  /// Paths and contents, sorted by path.
  var parts: [(path: String, part: Part)] {
    let symbol = market.model.symbol
    var parts: [(path: String, part: Part)] = []
    if !minuteDays.isEmpty {
      let schedule = market.schedule
      let (first, last) = (schedule.listed(on: minuteDays.lowerBound), schedule.listed(on: minuteDays.upperBound - 1))
      parts += (first.lowerBound..<last.upperBound).map {
        ("bars-1m/\(symbol)-\(name(ofContract: $0)).csv", .minutes(contract: $0))
      }
    }
    for day in bookDays {
      let name = "\(symbol)-\(name(ofContract: market.schedule.held[day]))-\(market.schedule.days[day]).csv"
      parts += [
        ("book/\(name)", .book(day: day)), ("quotes/\(name)", .quotes(day: day)),
        ("truth/fair/\(name)", .fair(day: day)),
      ]
    }
    if !bookDays.isEmpty { parts.append(("truth/book.csv", .summary)) }
    return parts.sorted { $0.path < $1.path }
  }

  private func name(ofContract index: Int) -> String {
    let contract = market.schedule.contracts[index]
    return "\(contract.year)\(contract.month < 10 ? "0" : "")\(contract.month)"
  }

  func bytes(of part: Part) -> [UInt8] {
    switch part {
    case .minutes(let contract): minutes(contract)
    case .book(let day): bookText(day)
    case .quotes(let day): quoteText(day)
    case .fair(let day): fairText(day)
    case .summary: summaryText()
    }
  }

  // MARK: - Sessions

  /// The trades of a contract on a day; none when it is not listed or did not trade.
  func trades(day: Int, contract index: Int) -> [SessionTrade] {
    guard let slot = market.schedule.slot(day: day, contract: index) else { return [] }
    let tape = SessionTape(
      hours: SyntheticHours(market.schedule.days[day]), range: ranges[slot], settle: market.curve.settles[slot],
      deviation: Double(market.curve.spreads[slot]), spreadFactor: regimes[day].spreadFactor)
    var random = CounterRandom(seed: seed, stream: "tape \(market.schedule.days[day]) \(name(ofContract: index))")
    return tape.trades(volume: market.activity.volumes[slot], random: &random)
  }

  /// The book of a day's held contract.
  func book(day: Int) -> SessionBook {
    let index = market.schedule.held[day]
    let settle = market.curve.heldSettle(day)
    let reference = day > 0 ? market.curve.settle(day: day - 1, contract: index) ?? settle : settle
    let date = market.schedule.days[day]
    return SessionBook(
      trades: trades(day: day, contract: index), hours: SyntheticHours(date), reference: reference, settle: settle,
      limit: market.model.limitTicks.map(Int32.init), makers: regimes[day].makers,
      half: Int32((0.5 * SessionTape.daySpread * regimes[day].spreadFactor).rounded()),
      random: CounterRandom(seed: seed, stream: "book \(date)"))
  }
}

extension SyntheticMarket {
  /// Volume of the held contract on a day.
  func heldVolume(_ day: Int) -> Int32 {
    activity.volumes[schedule.slot(day: day, contract: schedule.held[day])!]
  }

  /// The ranges of all contracts on all days, by slot: drawn day by day, contract by contract.
  func ranges(seed: UInt64) -> [SyntheticDayRange] {
    var random = CounterRandom(seed: seed, stream: "ranges \(model.symbol)")
    return schedule.days.indices.flatMap { day in
      schedule.listed(on: day).map { range(day: day, contract: $0, random: &random) }
    }
  }
}
