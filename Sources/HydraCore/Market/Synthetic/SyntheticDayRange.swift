import HydraNumerics

/// Open, high, low and last trade of a day whose settlements before and at its end are given, in ticks.
struct SyntheticDayRange: Hashable, Sendable {
  var open: Int32
  var high: Int32
  var low: Int32
  var last: Int32

  /// Share of a day's variance that falls between a settlement and the next opening.
  private static let overnight = 0.3
  /// Volume at which trades are frequent enough to show the full range.
  private static let fullVolume = 60.0

  /// Draws from a Brownian bridge: the opening is normal given both settlements, the extremes have the distribution
  /// of a bridge's maximum and minimum, narrowed where few trades sample the path.
  ///
  /// Without volume there was no trade, and all four are the settlement.
  ///
  /// Source of the maximum: P. Glasserman, *Monte Carlo Methods in Financial Engineering* (2003), equation (6.50).
  init(
    previous: Int32, settle: Int32, spread: Double, volume: Int32, limit: Int?, ticksPerUnit: Int32,
    random: inout CounterRandom
  ) {
    let draws = (random.normal(), random.uniformOpen(), random.uniformOpen(), random.uniformOpen())
    guard volume > 0 else {
      (open, high, low, last) = (settle, settle, settle, settle)
      return
    }
    let f = Self.overnight
    let change = Double(settle - previous)
    let opening = Double(previous) + f * change + (f * (1 - f)).squareRoot() * spread * draws.0
    let bound = limit.map(Int32.init) ?? Int32.max / 4
    func inside(_ ticks: Double) -> Int32 {
      min(max(Int32(ticks.rounded()), max(1, previous - bound)), previous + bound)
    }

    let first = inside(opening)
    let seen = min(1, (Double(volume) / Self.fullVolume).squareRoot())
    let width = spread * (1 - f).squareRoot() * seen
    let distance = Double(settle - first)
    let middle = 0.5 * Double(settle + first)
    let up = 0.5 * (distance * distance - 2 * width * width * Portable.log(draws.1)).squareRoot()
    let down = 0.5 * (distance * distance - 2 * width * width * Portable.log(draws.2)).squareRoot()
    open = first
    high = max(first, settle, inside(middle + up))
    low = min(first, settle, inside(middle - down))
    // The settlement is often the last trade; else the last trade lies within a unit of it.
    let shift = draws.3 < 0.6 ? 0 : Int32(((draws.3 - 0.6) * 5 - 1) * Double(ticksPerUnit))
    last = min(max(settle + shift, low), high)
    fit(volume: volume, settle: settle)
  }

  /// Takes back what so few lots cannot have shown: each of the prices needs a trade.
  private mutating func fit(volume: Int32, settle: Int32) {
    if volume == 1 {
      (open, high, low, last) = (settle, settle, settle, settle)
      return
    }
    func needed(_ range: Self) -> Int { 2 + range.extremes(settle: settle).count + (range.last == settle ? 0 : 1) }
    if needed(self) > Int(volume) { last = settle }
    while needed(self) > Int(volume) {
      let (top, bottom) = (max(open, settle), min(open, settle))
      // The smaller excursion goes first.
      if high > top, low == bottom || high - top <= bottom - low { high = top } else { low = bottom }
    }
  }

  /// The highest and lowest price with their aggressors, where neither the first trade, the settlement nor the last trade
  /// shows them.
  func extremes(settle: Int32) -> [(price: Int32, side: Side)] {
    [(high, Side.buy), (low, .sell)].filter { ![open, settle, last].contains($0.0) }.map { (price: $0.0, side: $0.1) }
  }
}
