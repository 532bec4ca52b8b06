import HydraNumerics

/// Finds settlements that repeat the trade date before although the market moved.
///
/// A bar is suspect when its close and its neighbour's close both equal those of the bar before, in the same contracts,
/// while the second-nearby settlement of the `daily` file moved by at least ``minimumTicks`` ticks and by less than a
/// change of its contract could explain. The bar is kept: a market can stand still.
enum RepeatedSettlement {
  static let minimumTicks = 4.0
  /// Changes of the second-nearby series above this share of the price may come from its change of contract.
  static let largestMove = 0.1

  static func findings(
    bars: [HeldBar], lines: [Int], daily: [DailyBar], tickSize: Double, file: String
  ) -> [DataFinding] {
    var findings: [DataFinding] = []
    var day = 0
    for index in bars.indices.dropFirst() {
      let (before, bar) = (bars[index - 1], bars[index])
      guard bar.source == .settlement, bar.close == before.close, bar.contract == before.contract,
        let carry = bar.carryClose, carry == before.carryClose, bar.carryContract == before.carryContract
      else { continue }
      while day < daily.count, daily[day].date < bar.date { day += 1 }
      guard day > 0, day < daily.count, daily[day].date == bar.date, daily[day - 1].date == before.date else {
        continue
      }
      let move = daily[day].settle - daily[day - 1].settle
      guard abs(move) >= minimumTicks * tickSize, abs(move) <= largestMove * daily[day].settle else { continue }
      findings.append(
        DataFinding(
          .staleSettlement, file: file, line: lines[index], column: "price", date: bar.date, value: "\(bar.close)",
          message: "same prices as on \(before.date), while the second-nearby contract moved by \(move)", action: .kept)
      )
    }
    return findings
  }
}
