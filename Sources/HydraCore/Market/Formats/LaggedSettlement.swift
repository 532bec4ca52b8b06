import HydraNumerics

/// Finds settlements of the held contract that come a trade date late, by comparing them with the `daily` file.
///
/// With the change p of the held contract's settlement and the change d of the second-nearby one, a bar is late when
///
/// - it repeats the bar before, neighbour included where both have it, although |d| is at least ``minimumTicks``; or
/// - the bar before or after it is late, and p lies within a tick of the d of the date before, but ``minimumTicks`` or
///   more away from the date's own: a run goes on; where no repetition opens it, two such bars in a row do.
///
/// Days on which the second-nearby series may have changed its contract (|d| above ``largestMove`` of the price) prove
/// nothing. The bars are kept: a market can stand still, and what a late price is worth is for the reader to say.
enum LaggedSettlement {
  static let minimumTicks = 4.0
  static let largestMove = 0.1

  static func findings(
    bars: [HeldBar], lines: [Int], daily: [DailyBar], tickSize: Double, file: String
  ) -> [DataFinding] {
    let moves = self.moves(bars: bars, daily: daily)
    let least = minimumTicks * tickSize
    var repeats = Array(repeating: false, count: bars.count)
    var follows = repeats
    for index in bars.indices.dropFirst() {
      let (before, bar) = (bars[index - 1], bars[index])
      guard bar.source == .settlement, bar.contract == before.contract, let move = moves[index] else { continue }
      let change = bar.close - before.close
      let sameCarry = bar.carryClose == nil || before.carryClose == nil || bar.carryClose == before.carryClose
      repeats[index] = change == 0 && sameCarry && abs(move) >= least
      if let moveBefore = moves[index - 1] {
        follows[index] = abs(change - move) >= least && abs(change - moveBefore) <= tickSize
      }
    }
    var findings: [DataFinding] = []
    var isRun = false
    for index in bars.indices {
      let opensRun = follows[index] && index + 1 < bars.count && follows[index + 1]
      isRun = repeats[index] || opensRun || (isRun && follows[index])
      guard isRun else { continue }
      let other = moves[index].map { NumberText.text($0) } ?? ""
      findings.append(
        DataFinding(
          .staleSettlement, file: file, line: lines[index], column: "price", date: bars[index].date,
          value: NumberText.text(bars[index].close),
          message: repeats[index]
            ? "same price as on \(bars[index - 1].date), while the second-nearby contract moved by \(other)"
            : "moves as the second-nearby contract did a trade date earlier; today it moved by \(other)",
          action: .kept))
    }
    return findings
  }

  /// For each bar the change of the second-nearby settlement since the bar before; nil where it proves nothing.
  private static func moves(bars: [HeldBar], daily: [DailyBar]) -> [Double?] {
    var moves: [Double?] = Array(repeating: nil, count: bars.count)
    var day = 0
    for index in bars.indices.dropFirst() {
      while day < daily.count, daily[day].date < bars[index].date { day += 1 }
      guard day > 0, day < daily.count, daily[day].date == bars[index].date,
        daily[day - 1].date == bars[index - 1].date
      else { continue }
      let move = daily[day].settle - daily[day - 1].settle
      if abs(move) <= largestMove * daily[day].settle { moves[index] = move }
    }
    return moves
  }
}
