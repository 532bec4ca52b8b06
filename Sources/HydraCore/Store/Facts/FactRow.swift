import HydraMarket
import HydraNumerics

/// A kind of fact: its table, its values, and how they stand in a row.
///
/// A row is `symbol, date, revision`, the values, then `event, published, available, ingested, import_id`.
protocol FactRow: Sendable {
  static var table: String { get }
  static var valueColumns: [String] { get }

  /// The natural key beside the symbol.
  var date: CivilDate { get }
  var symbol: String { get }
  var times: FactTimes { get set }

  /// Whether the facts say the same, their times left aside.
  func hasSameValues(as other: Self) -> Bool
  /// The first value that is not a finite number, by its column.
  var badValue: (column: String, value: Double)? { get }
  /// Binds the values from `place` on.
  func bindValues(to statement: borrowing BulkStatement, from place: Int32)
  /// Reads a row whose values begin at `place`.
  init(
    symbol: String, date: CivilDate, times: FactTimes, row statement: borrowing BulkStatement, from place: Int32)
}

extension FactRow {
  static var insertSQL: String {
    let names = ["symbol", "date", "revision"] + valueColumns + FactTimes.columns + ["import_id"]
    let places = names.map { _ in "?" }.joined(separator: ", ")
    return "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(places))"
  }

  static var selectSQL: String {
    let names = ["date", "revision"] + FactTimes.columns + valueColumns
    return "SELECT \(names.joined(separator: ", ")) FROM \(table) WHERE symbol = ?"
  }

  static func finite(_ values: [(String, Double?)]) -> (column: String, value: Double)? {
    for case (let column, let value?) in values where !value.isFinite { return (column, value) }
    return nil
  }
}

extension FactTimes {
  static let columns = ["event", "published", "available", "ingested"]
}

extension CivilDate {
  /// yyyymmdd, the form in which dates are stored.
  var storedNumber: Int64 {
    let (year, month, day) = components
    return Int64(year * 10_000 + month * 100 + day)
  }

  init(storedNumber number: Int64) {
    self.init(year: Int(number / 10_000), month: Int(number / 100 % 100), day: Int(number % 100))
  }
}

extension ContractMonth {
  /// yyyymm, the form in which contract months are stored.
  var storedNumber: Int64 { Int64(year * 100 + month) }

  init(storedNumber number: Int64) { self.init(year: Int(number / 100), month: Int(number % 100)) }
}
