import HydraNumerics

/// One trade of a generated session.
struct SessionTrade: Hashable, Sendable {
  /// Nanoseconds since 1970.
  var time: Int64
  /// Whole ticks.
  var price: Int32
  var lots: Int32
  /// The side of the aggressor.
  var side: Side
  /// Half of the true spread at the trade, in ticks.
  var half: Int32
  /// Whether it is what an opening auction traded, which has no aggressor.
  var isAuction = false

  /// The true value at the trade, in ticks: what the aggressor paid less half of the spread.
  var fair: Int32 { isAuction ? price : price - Int32(side.sign) * half }
}

/// The trades of one contract on one trade date, made to agree with the date's own figures.
///
/// ```
/// first price = open     highest = high     lowest = low     last = last     sum of lots = volume
/// settlement = every trade of the settlement minute, or the last trade where there is none
/// ```
/// Between these the true value is a Brownian bridge in the session's own time, and a trade is at it plus or minus half a
/// spread. Trades come in bursts: most minutes see none. The date's first trade, and the day session's, are those of the
/// opening auctions; the day session's is its largest before the settlement.
struct SessionTape {
  let hours: SyntheticHours
  let range: SyntheticDayRange
  let settle: Int32
  /// Standard deviation of the date's change, in ticks.
  let deviation: Double
  let spreadFactor: Double

  /// Full spread in ticks by day and at night, in the median.
  static let daySpread = 8.0
  static let nightSpread = 10.0
  /// Minutes with a trade for each trade.
  private static let burst = 0.4
  /// A day with fewer trades has no more than the needed ones around its settlement.
  private static let busy = 12

  /// All trades in order; none without volume.
  func trades(volume: Int32, random: inout CounterRandom) -> [SessionTrade] {
    guard volume > 0 else { return [] }
    let extremes = range.extremes(settle: settle)
    let closes = range.last != settle
    let needed = volume == 1 ? 1 : 2 + extremes.count + (closes ? 1 : 0)
    var sizes = sizes(volume, atLeast: needed, random: &random)
    let count = sizes.count
    guard count > 1 else {
      let time = time(in: hours.settlement, random: &random)
      let half = half(at: time, random: &random)
      return [SessionTrade(time: time, price: settle, lots: volume, side: side(&random), half: half)]
    }
    let isBusy = count >= Self.busy
    let closing = closes ? 1 : isBusy ? random.below(2) : 0
    let settling = 1 + (isBusy ? random.below(3) : 0)
    let before = count - closing - settling
    let (early, auctions) = opened(times(before, random: &random))
    if let place = auctions.last, early[place] == hours.day.lowerBound,
      let largest = (place..<before).max(by: { sizes[$0] < sizes[$1] })
    {
      sizes.swapAt(place, largest)
    }
    let times =
      early + sorted(settling, in: hours.settlement, random: &random)
      + sorted(closing, in: hours.settlement.upperBound..<hours.day.upperBound, random: &random)
    // The extremes stand somewhere between the first trade and the settlement.
    var places = Array(1..<max(1, before))
    random.shuffle(&places)
    var fixed: [Int: (price: Int32, side: Side?)] = [0: (range.open, nil)]
    for (place, extreme) in zip(places, extremes) { fixed[place] = (extreme.price, extreme.side) }
    for place in before..<before + settling { fixed[place] = (settle, nil) }
    for place in before + settling..<count { fixed[place] = (closes ? range.last : settle, nil) }
    return walk(times, sizes, fixed, auctions, random: &random)
  }

  /// Prices: given at the fixed places, a bridge between them.
  private func walk(
    _ times: [Int64], _ sizes: [Int32], _ fixed: [Int: (price: Int32, side: Side?)], _ auctions: [Int],
    random: inout CounterRandom
  ) -> [SessionTrade] {
    var trades: [SessionTrade] = []
    var fair = Double(range.open)
    for index in times.indices {
      let half = half(at: times[index], random: &random)
      let repeats = index > 0 && times[index] - times[index - 1] < SyntheticHours.minute && random.uniform() < 0.5
      var aggressor = repeats ? trades[index - 1].side : side(&random)
      let price: Int32
      if let given = fixed[index] {
        price = given.price
        // A trade above the true value was bought.
        if index > 0, Double(price) != fair { aggressor = Double(price) > fair ? .buy : .sell }
        if let side = given.side { aggressor = side }
      } else {
        let end = (index..<times.count).first { fixed[$0] != nil } ?? index
        let target = fixed[end]?.price ?? settle
        let from = hours.elapsed(times[index - 1])
        let (step, rest) = (hours.elapsed(times[index]) - from, max(hours.elapsed(times[end]) - from, 1e-9))
        let noise = deviation * (max(0, step * (rest - step) / rest)).squareRoot() * random.normal()
        let middle = fair + (Double(target) - fair) * step / rest + noise
        let isAuction = auctions.contains(index)
        let wanted = (isAuction ? middle : middle + Double(aggressor.sign) * Double(half)).rounded()
        price = Int32(min(max(wanted, Double(range.low)), Double(range.high)))
      }
      let trade = SessionTrade(
        time: times[index], price: price, lots: sizes[index], side: aggressor, half: half,
        isAuction: auctions.contains(index))
      fair = Double(trade.fair)
      trades.append(trade)
    }
    return trades
  }

  private func side(_ random: inout CounterRandom) -> Side { random.below(2) == 0 ? .buy : .sell }

  private func half(at time: Int64, random: inout CounterRandom) -> Int32 {
    let spread = (time < hours.day.lowerBound ? Self.nightSpread : Self.daySpread) * spreadFactor
    return Int32(max(1, (0.5 * spread * Portable.exp(0.2 * random.normal())).rounded()))
  }

  // MARK: - Sizes and times

  /// Lots of a trade with their weights in hundredths: median 2, mean 3.
  private static let lots: [(lots: Int32, weight: Int)] = [
    (1, 48), (2, 18), (3, 8), (4, 5), (5, 9), (8, 4), (10, 6), (15, 2),
  ]

  private func sizes(_ volume: Int32, atLeast needed: Int, random: inout CounterRandom) -> [Int32] {
    var sizes: [Int32] = []
    var left = volume
    while left > 0 {
      var place = random.below(100)
      let drawn = Self.lots.first { entry in
        place -= entry.weight
        return place < 0
      }
      sizes.append(min(left, drawn?.lots ?? 1))
      left -= sizes[sizes.count - 1]
    }
    while sizes.count < needed, let largest = sizes.indices.max(by: { sizes[$0] < sizes[$1] }), sizes[largest] > 1 {
      sizes[largest] -= 1
      sizes.append(1)
    }
    random.shuffle(&sizes)
    return sizes
  }

  private func times(_ count: Int, random: inout CounterRandom) -> [Int64] {
    let bursts = max(1, Int((Self.burst * Double(count)).rounded()))
    let minutes = (0..<bursts).map { _ in hours.tradedMinute(random.uniform()) }
    let times = (0..<count).map { index in
      let minute = minutes[index < bursts ? index : random.below(bursts)]
      return time(in: minute..<minute + SyntheticHours.minute, random: &random)
    }
    return spaced(times.sorted())
  }

  /// Moves the first trade of the date and the first by day to the opening of their sessions; their places.
  private func opened(_ times: [Int64]) -> (times: [Int64], auctions: [Int]) {
    var times = times
    var auctions: [Int] = []
    for session in [hours.night, hours.day] {
      guard let place = times.firstIndex(where: { $0 >= session.lowerBound }), times[place] < session.upperBound else {
        continue
      }
      times[place] = session.lowerBound
      auctions.append(place)
    }
    return (times, auctions)
  }

  private func sorted(_ count: Int, in range: Range<Int64>, random: inout CounterRandom) -> [Int64] {
    spaced((0..<count).map { _ in time(in: range, random: &random) }.sorted())
  }

  /// Whole microseconds, a thousandth of a second from the end.
  private func time(in range: Range<Int64>, random: inout CounterRandom) -> Int64 {
    range.lowerBound + Int64(random.below(Int(range.upperBound - range.lowerBound) / 1000 - 1000)) * 1000
  }

  /// No two trades at one time; what is moved stays within its minute.
  private func spaced(_ times: [Int64]) -> [Int64] {
    var times = times
    for index in times.indices.dropFirst() { times[index] = max(times[index], times[index - 1] + 1000) }
    return times
  }
}
