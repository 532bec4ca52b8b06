import HydraNumerics

extension MarketMapping {
  /// Reads a mapping.
  ///
  /// - Throws: ``MappingError``, which names the key: one that is missing, unknown, or of the wrong kind.
  public init(_ value: JSONValue) throws(MappingError) {
    let reader = try MappingReader(value, path: [], known: ["version", "markets"])
    guard let version = value["version"]?.int, version == Self.version else {
      throw reader.error("version", "has to be \(Self.version)")
    }
    guard let list = value["markets"]?.array, !list.isEmpty else {
      throw reader.error("markets", "a list of at least one market is expected")
    }
    markets = []
    for (index, value) in list.enumerated() {
      let market = try Market(value, path: ["markets", "\(index)"])
      guard !markets.contains(where: { $0.instrument.symbol == market.instrument.symbol }) else {
        throw MappingError(path: ["markets", "\(index)", "symbol"], problem: "stands twice")
      }
      markets.append(market)
    }
  }
}

extension MarketMapping.Market {
  init(_ value: JSONValue, path: [String]) throws(MappingError) {
    let reader = try MappingReader(
      value, path: path,
      known: [
        "symbol", "name", "currency", "point_value", "tick", "commission", "half_spread", "daily_limit",
        "average_daily_volume", "initial_margin", "related", "old_report_units", "prices", "daily", "reports", "bars",
      ])
    let symbol = try reader.required("symbol")
    guard symbol.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }) else {
      throw reader.error("symbol", "'\(symbol)' has other signs than letters, digits, '_', '-' and '.'")
    }
    var related: [String] = []
    if let list = reader.value("related") {
      guard let names = list.array?.map(MappingReader.text), !names.contains(nil) else {
        throw reader.error("related", "a list of symbols is expected")
      }
      related = names.compactMap { $0 }
    }
    instrument = Instrument(
      symbol: symbol, carryCode: symbol, name: try reader.text("name") ?? symbol,
      currency: try reader.text("currency") ?? "USD",
      pointValue: try reader.requiredNumber("point_value", atLeast: 0, isOpen: true),
      tickSize: try reader.requiredNumber("tick", atLeast: 0, isOpen: true),
      commission: try reader.requiredNumber("commission", atLeast: 0),
      halfSpread: try reader.requiredNumber("half_spread", atLeast: 0),
      dailyLimit: try reader.number("daily_limit", atLeast: 0, isOpen: true),
      averageDailyVolume: try reader.number("average_daily_volume", atLeast: 0, isOpen: true),
      initialMargin: try reader.number("initial_margin", atLeast: 0), related: related)
    oldReportUnits = try reader.number("old_report_units", atLeast: 1, isOpen: true)
    func table(
      _ key: String, _ columns: [String], required: [String]
    ) throws(MappingError) -> TableMapping? {
      guard let value = reader.value(key) else { return nil }
      return try TableMapping(value, path: path + [key], known: columns, required: required)
    }
    guard
      let prices = try table(
        "prices",
        ["datetime", "price", "price_contract", "carry", "carry_contract", "forward", "forward_contract"],
        required: ["datetime", "price", "price_contract"])
    else { throw reader.error("prices", "is missing") }
    self.prices = prices
    daily = try table(
      "daily", ["date", "open", "high", "low", "last", "settle", "volume", "prev_open_interest"],
      required: ["date", "open", "high", "low", "settle"])
    reports = try table(
      "reports", ["as_of_date", "commercial_long", "commercial_short", "release_time"],
      required: ["as_of_date", "commercial_long", "commercial_short"])
    bars = try table("bars", ["date", "contract", "settle"], required: ["date", "contract", "settle"])
  }
}

extension TableMapping {
  /// - Parameter known: the standard columns of the table.
  init(_ value: JSONValue, path: [String], known: [String], required: [String]) throws(MappingError) {
    let reader = try MappingReader(
      value, path: path,
      known: [
        "file", "columns", "constants", "delimiter", "decimal", "date_format", "date_formats", "time_zone",
        "contract_format", "price_factor",
      ])
    file = try reader.required("file")
    columns = try reader.texts("columns", known: known)
    constants = try reader.texts("constants", known: known)
    for name in required where columns[name] == nil && constants[name] == nil {
      throw MappingError(path: path + ["columns"], problem: "'\(name)' is missing")
    }
    func sign(_ key: String, _ standard: Character, of allowed: String) throws(MappingError) -> Character {
      guard let text = try reader.text(key) else { return standard }
      let plain = text == "\\t" || text == "tab" ? "\t" : text
      guard plain.count == 1, let sign = plain.first, allowed.contains(sign) else {
        let names = allowed.map { $0 == "\t" ? "tab" : "\($0)" }.joined(separator: " ")
        throw reader.error(key, "'\(text)' is not one of \(names)")
      }
      return sign
    }
    delimiter = try sign("delimiter", ",", of: ",;|\t")
    decimal = try sign("decimal", ".", of: ".,")
    func pattern(_ text: String, _ keys: [String]) throws(MappingError) -> DatePattern {
      guard let pattern = DatePattern(text) else {
        throw MappingError(
          path: path + keys, problem: "'\(text)' has no year, month and day like yyyy, MM and dd")
      }
      return pattern
    }
    dateFormat =
      try reader.text("date_format").map { text throws(MappingError) in
        try pattern(text, ["date_format"])
      } ?? .standard
    dateFormats = [:]
    for (column, text) in try reader.texts("date_formats", known: known) {
      dateFormats[column] = try pattern(text, ["date_formats", column])
    }
    zone = try reader.choice("time_zone", .utc)
    contractFormat = try reader.choice("contract_format", .digits)
    priceFactor = try reader.number("price_factor", atLeast: 0, isOpen: true) ?? 1
  }
}

extension MappingReader {
  /// One of the cases of an enumeration, by its name.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ standard: Choice
  ) throws(MappingError) -> Choice where Choice.RawValue == String {
    guard let text = try text(key) else { return standard }
    guard let choice = Choice(rawValue: text) else {
      throw error(key, "'\(text)' is not one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }
}
