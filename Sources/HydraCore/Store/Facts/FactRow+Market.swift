import HydraMarket
import HydraNumerics

extension HeldBar: FactRow {
  static let table = "held_bar"
  static let valueColumns = [
    "contract", "close", "carry_contract", "carry_close", "next_contract", "next_close", "source",
  ]

  func hasSameValues(as other: HeldBar) -> Bool {
    contract == other.contract && close == other.close && carryContract == other.carryContract
      && carryClose == other.carryClose && nextContract == other.nextContract && nextClose == other.nextClose
      && source == other.source
  }

  var badValue: (column: String, value: Double)? {
    // The usual case without building a list: this runs for every row of every import.
    guard !close.isFinite || !(carryClose ?? 0).isFinite || !(nextClose ?? 0).isFinite else { return nil }
    return Self.finite([("close", close), ("carry_close", carryClose), ("next_close", nextClose)])
  }

  func bindValues(to statement: borrowing BulkStatement, from place: Int32) {
    statement.bind(place, contract.storedNumber)
    statement.bind(place + 1, close)
    statement.bind(place + 2, carryContract?.storedNumber)
    statement.bind(place + 3, carryClose)
    statement.bind(place + 4, nextContract?.storedNumber)
    statement.bind(place + 5, nextClose)
    switch source {
    case .settlement: statement.bind(place + 6, "settlement" as StaticString)
    case .hourly: statement.bind(place + 6, "hourly" as StaticString)
    }
  }

  init(
    symbol: String, date: CivilDate, times: FactTimes, row statement: borrowing BulkStatement, from place: Int32
  ) {
    self.init(
      symbol: symbol, date: date, contract: ContractMonth(storedNumber: statement.integer(place)),
      close: statement.real(place + 1),
      carryContract: statement.optionalInteger(place + 2).map { ContractMonth(storedNumber: $0) },
      carryClose: statement.optionalReal(place + 3),
      nextContract: statement.optionalInteger(place + 4).map { ContractMonth(storedNumber: $0) },
      nextClose: statement.optionalReal(place + 5),
      source: Source(rawValue: statement.text(place + 6)) ?? .settlement, times: times)
  }
}

extension Roll: FactRow {
  static let table = "roll"
  static let valueColumns = ["from_contract", "to_contract", "from_price", "to_price"]

  func hasSameValues(as other: Roll) -> Bool {
    from == other.from && to == other.to && fromPrice == other.fromPrice && toPrice == other.toPrice
  }

  var badValue: (column: String, value: Double)? { Self.finite([("from_price", fromPrice), ("to_price", toPrice)]) }

  func bindValues(to statement: borrowing BulkStatement, from place: Int32) {
    statement.bind(place, from.storedNumber)
    statement.bind(place + 1, to.storedNumber)
    statement.bind(place + 2, fromPrice)
    statement.bind(place + 3, toPrice)
  }

  init(
    symbol: String, date: CivilDate, times: FactTimes, row statement: borrowing BulkStatement, from place: Int32
  ) {
    self.init(
      symbol: symbol, date: date, from: ContractMonth(storedNumber: statement.integer(place)),
      to: ContractMonth(storedNumber: statement.integer(place + 1)), fromPrice: statement.real(place + 2),
      toPrice: statement.real(place + 3), times: times)
  }
}

extension DailyBar: FactRow {
  static let table = "daily_bar"
  static let valueColumns = ["open", "high", "low", "settle", "volume", "previous_open_interest"]

  func hasSameValues(as other: DailyBar) -> Bool {
    open == other.open && high == other.high && low == other.low && settle == other.settle && volume == other.volume
      && previousOpenInterest == other.previousOpenInterest
  }

  var badValue: (column: String, value: Double)? {
    let sum = open + high + low + settle + (volume ?? 0) + (previousOpenInterest ?? 0)
    guard !sum.isFinite else { return nil }
    return Self.finite([
      ("open", open), ("high", high), ("low", low), ("settle", settle), ("volume", volume),
      ("previous_open_interest", previousOpenInterest),
    ])
  }

  func bindValues(to statement: borrowing BulkStatement, from place: Int32) {
    statement.bind(place, open)
    statement.bind(place + 1, high)
    statement.bind(place + 2, low)
    statement.bind(place + 3, settle)
    statement.bind(place + 4, volume)
    statement.bind(place + 5, previousOpenInterest)
  }

  init(
    symbol: String, date: CivilDate, times: FactTimes, row statement: borrowing BulkStatement, from place: Int32
  ) {
    self.init(
      symbol: symbol, date: date, open: statement.real(place), high: statement.real(place + 1),
      low: statement.real(place + 2), settle: statement.real(place + 3), volume: statement.optionalReal(place + 4),
      previousOpenInterest: statement.optionalReal(place + 5), times: times)
  }
}

extension PositionsReport: FactRow {
  static let table = "positions_report"
  static let valueColumns = ["commercial_long", "commercial_short", "is_revision"]

  var date: CivilDate { asOf }

  func hasSameValues(as other: PositionsReport) -> Bool {
    commercialLong == other.commercialLong && commercialShort == other.commercialShort
      && isRevision == other.isRevision
  }

  var badValue: (column: String, value: Double)? {
    Self.finite([("commercial_long", commercialLong), ("commercial_short", commercialShort)])
  }

  func bindValues(to statement: borrowing BulkStatement, from place: Int32) {
    statement.bind(place, commercialLong)
    statement.bind(place + 1, commercialShort)
    statement.bind(place + 2, isRevision ? Int64(1) : 0)
  }

  init(
    symbol: String, date: CivilDate, times: FactTimes, row statement: borrowing BulkStatement, from place: Int32
  ) {
    self.init(
      symbol: symbol, asOf: date, commercialLong: statement.real(place), commercialShort: statement.real(place + 1),
      isRevision: statement.integer(place + 2) == 1, times: times)
  }
}

extension ImpliedReading: FactRow {
  static let table = "implied_reading"
  static let valueColumns = figures.map(\.name)

  func hasSameValues(as other: ImpliedReading) -> Bool {
    Self.figures.allSatisfy { self[keyPath: $0.path] == other[keyPath: $0.path] }
  }

  var badValue: (column: String, value: Double)? { Self.finite(Self.figures.map { ($0.name, self[keyPath: $0.path]) }) }

  func bindValues(to statement: borrowing BulkStatement, from place: Int32) {
    for (index, figure) in Self.figures.enumerated() {
      statement.bind(place + Int32(index), self[keyPath: figure.path])
    }
  }

  init(
    symbol: String, date: CivilDate, times: FactTimes, row statement: borrowing BulkStatement, from place: Int32
  ) {
    self.init(symbol: symbol, date: date, times: times)
    for (index, figure) in Self.figures.enumerated() {
      self[keyPath: figure.path] = statement.optionalReal(place + Int32(index))
    }
  }
}
