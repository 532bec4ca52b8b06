import HydraNumerics

/// One delivery month of a grain future with its days: when delivery may begin and when trading ends.
///
///     let contract = FuturesContract(code: "ZOZ5", on: CivilDate("2025-11-03")!)!
///     contract.month              // 2025-12
///     contract.firstNotice        // 2025-11-28: the last business day of the month before
///     contract.lastTrade          // 2025-12-12: the business day before the 15th
public struct FuturesContract: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The exchange's root symbol, as in `ZO`.
  public var root: String
  public var month: ContractMonth

  public init(root: String, month: ContractMonth) { (self.root, self.month) = (root, month) }

  /// Reads a code with one or two digits of the year, as in `ZOZ5` or `ZOZ25`.
  ///
  /// One digit means the first such contract whose trading has not ended on `date`: codes come again after ten years. Nil for
  /// what is no code.
  public init?(code: String, on date: CivilDate, hours: TradingHours = .cbotGrains) {
    let text = Array(code)
    let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
    guard (1...2).contains(digits), text.count > digits + 1,
      let place = "FGHJKMNQUVXZ".firstIndex(of: text[text.count - digits - 1]),
      let year = Int(String(text.suffix(digits)))
    else { return nil }
    let month = "FGHJKMNQUVXZ".distance(from: "FGHJKMNQUVXZ".startIndex, to: place) + 1
    let root = String(text.prefix(text.count - digits - 1))
    if digits == 2 {
      // The century that lies nearest to the date.
      let base = date.year - date.year % 100 + year
      let full = base - date.year > 50 ? base - 100 : date.year - base > 50 ? base + 100 : base
      self.init(root: root, month: ContractMonth(year: full, month: month))
      return
    }
    var full = date.year - date.year % 10 + year
    if full > date.year { full -= 10 }
    while FuturesContract(root: root, month: ContractMonth(year: full, month: month)).lastTrade(hours) < date {
      full += 10
    }
    self.init(root: root, month: ContractMonth(year: full, month: month))
  }

  /// The code with two digits of the year, as in `ZOZ25`.
  public var description: String { root + month.code }

  /// The last business day of the month before delivery, on the calendar of grains.
  public var firstNotice: CivilDate {
    TradingHours.cbotGrains.tradeDate(before: CivilDate(year: month.year, month: month.month, day: 1))
  }

  /// The business day before the 15th of the month, on the calendar of grains.
  public var lastTrade: CivilDate { lastTrade(.cbotGrains) }

  private func lastTrade(_ hours: TradingHours) -> CivilDate {
    hours.tradeDate(before: CivilDate(year: month.year, month: month.month, day: 15))
  }

  /// When trading ends.
  public var expiry: Timestamp { TradingHours.cbotGrains.settlement(of: lastTrade)! }
}
