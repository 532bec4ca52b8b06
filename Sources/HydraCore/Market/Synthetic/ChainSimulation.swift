import HydraNumerics
import HydraOptions

/// What thin market makers quote around the true smiles, and what is traded: the options file of the primary market.
///
/// Makers ask half a volatility point and two ticks between bid and ask at the money, more when fewer of them are there,
/// and leave strikes out at random, the farther from the money the more often. Settlements stand at every strike.
struct ChainSimulation {
  /// A tick of the premium: an eighth of a cent.
  static let tick = 0.125
  static let step = 10.0
  /// Strikes in steps from the money, thinner further out.
  static let ladder = [0, 1, 2, 3, 4, 6, 8]
  /// Strikes further than so many deviations are not quoted.
  static let reach = 2.4
  /// Continuously compounded, per year; the file says it.
  static let rate = 0.03

  /// One option on one day; premiums in thousandths of a price unit.
  struct Row: Sendable {
    var smile: Int
    var kind: OptionKind
    var strike: Int
    var bid: Int?
    var ask: Int?
    var settle: Int
    var volume: Int
    var openInterest: Int
    var faults: [RowFault] = []
  }

  private struct Key: Hashable {
    var contract: ContractMonth
    var kind: OptionKind
    var strike: Int
  }

  private(set) var rows: [Row] = []
  private var random: CounterRandom
  private var interest: [Key: Int] = [:]

  init(seed: UInt64) { random = CounterRandom(seed: seed, stream: "options") }

  /// Quotes the smile with this place in the truth.
  mutating func quote(_ smile: SyntheticSmile, place: Int, spreadFactor: Double, volumeFactor: Double) {
    let deviation = smile.atTheMoney * smile.years.squareRoot()
    let centre = (smile.forward / Self.step).rounded() * Self.step
    let market = FuturesOptionMarket(forward: smile.forward, rate: Self.rate, years: smile.years)
    for rung in (Self.ladder.dropFirst().map { -$0 }.reversed() + Self.ladder) {
      let strike = centre + Double(rung) * Self.step
      guard strike > 0 else { continue }
      let distance = Portable.log(strike / smile.forward) / deviation
      guard abs(distance) <= Self.reach else { continue }
      let volatility = smile.volatility(atStrike: strike)
      let vega = smile.forward * smile.years.squareRoot() * 0.3989 * Portable.exp(-distance * distance / 2)
      for kind in [OptionKind.call, .put] {
        let value = American.price(kind, strike: strike, volatility: volatility, in: market, method: .fast)
        rows.append(
          row(
            place, smile, kind, strike, value: value, vega: vega, distance: distance, spread: spreadFactor,
            volume: volumeFactor))
      }
    }
  }

  private mutating func row(
    _ place: Int, _ smile: SyntheticSmile, _ kind: OptionKind, _ strike: Double, value: Double, vega: Double,
    distance: Double, spread: Double, volume: Double
  ) -> Row {
    // Six draws for every row, whatever it becomes.
    let (lean, width, drop) = (random.normal(), random.uniform(), random.uniform())
    let (trade, size, side) = (random.uniform(), random.exponential(), random.uniform())
    let half = spread * (0.0025 * vega + Self.tick) * (0.7 + 0.6 * width)
    let middle = value + 0.25 * half * lean
    let bid = ((middle - half) / Self.tick).rounded(.down)
    let ask = ((middle + half) / Self.tick).rounded(.up)
    let outward = kind == .call ? distance : -distance
    // Far in the money nobody quotes: the future does the same.
    let missing = min(0.95, (0.08 + 0.08 * abs(distance) + (outward < -1 ? 0.3 : 0)) * spread.squareRoot())
    let settle = max(1, (value / Self.tick).rounded())

    let strikeNumber = Int(strike)
    let key = Key(contract: smile.contract, kind: kind, strike: strikeNumber)
    var lots = 0
    let liveliness = 0.35 * volume * Portable.exp(-distance * distance / 2) * (outward > -0.3 ? 1 : 0.25)
    if trade < liveliness { lots = 1 + Int(6 * size) }
    let open = interest[key] ?? 0
    interest[key] = max(0, side < 0.65 ? open + lots : open - lots)
    let bidTicks = Int(bid)
    return Row(
      smile: place, kind: kind, strike: strikeNumber,
      bid: drop < missing || bidTicks <= 0 ? nil : bidTicks * 125, ask: drop < 0.6 * missing ? nil : Int(ask) * 125,
      settle: Int(settle) * 125, volume: lots, openInterest: open)
  }

  // MARK: - The file

  /// `date,contract,expiry,underlying,rate,type,strike,bid,ask,settle,volume,open_interest`
  func csv(_ smiles: [SyntheticSmile], faults: inout [PlantedFault], path: String) -> [UInt8] {
    var text = FixedText(reserving: rows.count * 78)
    text.append("date,contract,expiry,underlying,rate,type,strike,bid,ask,settle,volume,open_interest\n")
    for (index, row) in rows.enumerated() {
      let smile = smiles[row.smile]
      text.append(smile.date)
      text.comma()
      text.append(contract: smile.contract)
      text.comma()
      text.append(smile.expiry)
      text.comma()
      text.append(smile.forward, decimals: 2)
      text.append(",0.03,")
      text.append(row.kind == .call ? "call," : "put,")
      text.append(row.strike)
      for premium in [row.bid, row.ask, row.settle] {
        text.comma()
        if let premium { text.append(scaled: premium, decimals: 3) }
      }
      text.comma()
      text.append(row.volume)
      text.comma()
      text.append(row.openInterest)
      text.newline()
      faults += row.faults.map { $0.planted(file: path, line: index + 2, date: smile.date) }
    }
    return text.bytes
  }

  /// Two kinds of faults: a quote whose bid is above its ask, and an option without a bid that settles above its
  /// neighbour nearer to the money.
  mutating func plantFaults(smiles: [SyntheticSmile], seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "faults options")
    let years = max(1, Set(smiles.map(\.date.year)).count)
    for _ in 0..<max(1, years / 4) {
      let start = random.below(rows.count)
      guard let index = (start..<rows.count).first(where: { rows[$0].bid != nil && rows[$0].ask != nil }) else {
        continue
      }
      let (bid, ask) = (rows[index].bid!, rows[index].ask!)
      (rows[index].bid, rows[index].ask) = (ask, bid)
      rows[index].faults.append(
        RowFault(kind: .crossedQuote, column: "bid,ask", trueValue: "\(Self.fixed(bid)),\(Self.fixed(ask))"))
    }
    for _ in 0..<max(1, years / 4) {
      let start = random.below(rows.count)
      guard
        let index = (max(2, start)..<max(2, rows.count)).first(where: { index in
          let (row, inner) = (rows[index], rows[index - 2])
          return row.kind == .call && row.bid == nil && row.faults.isEmpty && inner.smile == row.smile
            && inner.kind == .call && Double(inner.strike) > smiles[row.smile].forward
        })
      else { continue }
      rows[index].faults.append(
        RowFault(kind: .settleAboveNeighbour, column: "settle", trueValue: Self.fixed(rows[index].settle)))
      rows[index].settle = rows[index - 2].settle + 250
    }
  }

  private static func fixed(_ thousandths: Int) -> String {
    var text = FixedText()
    text.append(scaled: thousandths, decimals: 3)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
