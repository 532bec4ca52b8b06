import HydraNumerics

/// Reads `daily/margins/<SYM>.csv`: `date,initial,maintenance`, dates as `20130102` or `2013-01-02`.
enum MarginFile {
  static func read(_ table: MarketTable) throws(MarketDataError) -> [MarginRate] {
    try table.require("date", "initial", "maintenance")
    var rates: [MarginRate] = []
    for row in 0..<table.rows {
      let text = table.text(row, "date")
      let digits = Array(text)
      let iso = digits.count == 8 ? "\(String(digits[0..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))" : text
      guard let date = CivilDate(iso) else { throw table.malformed(row, "date", text, "a date like 20130102") }
      guard let initial = try table.number(row, "initial"), let maintenance = try table.number(row, "maintenance"),
        initial >= 0, maintenance >= 0, initial.isFinite, maintenance.isFinite
      else {
        throw table.malformed(row, "initial", table.text(row, "initial"), "a margin")
      }
      rates.append(MarginRate(from: date, initial: initial, maintenance: maintenance))
    }
    return rates.sorted { $0.from < $1.from }
  }
}
