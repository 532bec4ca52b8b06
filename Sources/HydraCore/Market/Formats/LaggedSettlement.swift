import HydraNumerics

/// Finds settlements of the held contract that come a trade date late, by comparing them with the `daily` file.
///
/// With the change p of the held contract's settlement and the change d of the second-nearby one,
///
/// - a run of ``window`` or more bars is late when, summed over each ``window`` in a row of it, |p - d of the date
///   before| is at most ``lagShare`` of |p - d of the date|, and the latter at least ``windowTicks`` ticks: p does
///   what d did a trade date earlier;
/// - a single bar is late when it repeats the bar before, neighbour included where both have it, although |d| is at
///   least ``repeatTicks`` ticks.
///
/// A date proves nothing when the second-nearby series may have changed its contract: when |d| is above
/// ``largestMove`` of the price, or its open interest changed by more than ``largestInterestChange``. The standard rule
/// keeps the bars: a market can stand still, and what a late price is worth is for the reader to say. Another rule
/// drops those that are proven late on their own date, by what is known by then; the first ones of a run are proven
/// by later ones and are kept. Where there are bars of every contract, ``ContractBarsFile`` knows better.
///
/// Chosen on six generated worlds of ten years with a planted run of ten late settlements each: three of four late rows
/// are found, with nine false ones among 24 market histories; on the real files none to five false runs a market.
///
/// - Complexity: O(n).
enum LaggedSettlement {
  static let window = 5
  static let windowTicks = 20.0
  static let lagShare = 0.2
  static let repeatTicks = 12.0
  static let largestMove = 0.1
  static let largestInterestChange = 0.25

  static func findings(
    bars: [HeldBar], lines: [Int], daily: [DailyBar], tickSize: Double, file: String, rules: RepairRules
  ) -> [LateSettlement] {
    let moves = self.moves(bars: bars, daily: daily)
    var isLate = Array(repeating: false, count: bars.count)
    var isRepeat = isLate
    var isProven = isLate
    /// Distances of p from the d of the same date and of the date before, for the newest bars in a row.
    var distances: [(same: Double, lagged: Double)] = []
    for index in bars.indices.dropFirst() {
      let (before, bar) = (bars[index - 1], bars[index])
      guard bar.source == .settlement, bar.contract == before.contract, let move = moves[index] else {
        distances = []
        continue
      }
      let change = bar.close - before.close
      let hasOtherCarry = bar.carryClose != nil && before.carryClose != nil && bar.carryClose != before.carryClose
      isRepeat[index] = change == 0 && !hasOtherCarry && abs(move) >= repeatTicks * tickSize
      guard let moveBefore = moves[index - 1] else {
        distances = []
        continue
      }
      distances = distances.suffix(window - 1) + [(abs(change - move), abs(change - moveBefore))]
      let same = distances.reduce(0) { $0 + $1.same }
      let lagged = distances.reduce(0) { $0 + $1.lagged }
      if distances.count == window, same >= windowTicks * tickSize, lagged <= lagShare * same {
        for late in (index - window + 1)...index { isLate[late] = true }
        isProven[index] = true
      }
    }
    return bars.indices.filter { isLate[$0] || isRepeat[$0] }.map { index in
      let move = NumberText.text(((moves[index] ?? 0) / tickSize).rounded() * tickSize)
      let action = isProven[index] || isRepeat[index] ? rules[.staleSettlement] : .keep
      let finding = DataFinding(
        .staleSettlement, file: file, line: lines[index], column: "price", date: bars[index].date,
        value: NumberText.text(bars[index].close),
        message: isRepeat[index]
          ? "same price as on \(bars[index - 1].date), while the second-nearby contract moved by \(move)"
          : "moves as the second-nearby contract did a trade date earlier; that one now moved by \(move)",
        action: action == .keep ? .kept : .dropped)
      return LateSettlement(bar: index, finding: finding, corrected: nil)
    }
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
      let (before, now) = (daily[day - 1], daily[day])
      if let interestBefore = before.previousOpenInterest, let interest = now.previousOpenInterest,
        abs(interest - interestBefore) > largestInterestChange * max(interest, interestBefore)
      {
        continue
      }
      let move = now.settle - before.settle
      if abs(move) <= largestMove * now.settle { moves[index] = move }
    }
    return moves
  }
}
