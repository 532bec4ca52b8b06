import HydraNumerics

extension TableMapping {
  private static let prices: Set<String> = [
    "price", "carry", "forward", "open", "high", "low", "last", "settle",
  ]
  private static let numbers: Set<String> = [
    "volume", "prev_open_interest", "commercial_long", "commercial_short",
  ]
  private static let contracts: Set<String> = ["price_contract", "carry_contract", "forward_contract", "contract"]
  private static let times: Set<String> = ["datetime", "date", "as_of_date", "release_time"]

  /// A field as the standard layout writes it; nil when it is not of the mapping's form.
  ///
  /// Dates without a time are settlement rows in the price table. Prices are scaled without rounding where the factor is
  /// a power of ten.
  func standardText(_ text: String, of column: String) -> String? {
    if text.isEmpty { return "" }
    if Self.times.contains(column) { return time(text, column) }
    if Self.contracts.contains(column) {
      return contractFormat.parse(text).map { "\($0)" }
    }
    guard Self.prices.contains(column) || Self.numbers.contains(column) else { return text }
    guard decimal == "," else { return Self.prices.contains(column) ? scaled(text) : text }
    guard !text.contains(".") else { return nil }
    let plain = String(text.map { $0 == "," ? "." : $0 })
    return Self.prices.contains(column) ? scaled(plain) : plain
  }

  /// What a field of the mapping's form looks like, for errors.
  func expectation(of column: String) -> String {
    if Self.times.contains(column) { return "a date like \(pattern(column).text)" }
    if Self.contracts.contains(column) {
      switch contractFormat {
      case .digits: return "a contract like 201503"
      case .code: return "a contract like H15 or ZOH2015"
      case .name: return "a contract like Mar 2015"
      }
    }
    return decimal == "," ? "a number with a decimal comma" : "a number"
  }

  private func scaled(_ text: String) -> String? {
    guard priceFactor != 1 else { return text }
    guard let number = NumberText.number(text) else { return nil }
    let powers = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6]
    if let place = powers.firstIndex(of: priceFactor), !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }),
      let exact = NumberText.number("\(text)e\(place - 6)")
    {
      return NumberText.text(exact)
    }
    return NumberText.text(number * priceFactor)
  }

  private func pattern(_ column: String) -> DatePattern { dateFormats[column] ?? dateFormat }

  private func time(_ text: String, _ column: String) -> String? {
    guard let (date, seconds) = pattern(column).parse(text) else { return nil }
    switch column {
    case "datetime":
      guard let seconds else { return "\(date) 23:00:00" }
      return zone.timestamp(date, secondsOfDay: seconds).description
    case "release_time":
      // A date alone means 15:30 New York, as in the standard layout.
      guard let seconds else { return "\(date)" }
      return zone.timestamp(date, secondsOfDay: seconds).description
    default: return "\(date)"
    }
  }
}
