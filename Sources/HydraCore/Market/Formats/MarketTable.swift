import HydraNumerics

/// One CSV file of a market folder, read by column name, whose complaints name file, line, column and value.
struct MarketTable {
  /// Path inside the folder, as in `carry/OATIES.csv.gz`; findings name it.
  let file: String
  /// Digest of the file as it stands on disk.
  let hash: String
  /// Number of rows, the header not counted.
  private(set) var rows: Int
  /// The rows of the file that are left, where some were taken away.
  private var kept: [Int]?

  private let path: String
  private let table: CSVTable
  private let columns: [String: Int]
  private let lines: [Int]
  private let mapping: TableMapping?

  /// Throws `FileError` and `CSVError` when the file is damaged or no table.
  ///
  /// - Parameter mapping: how the file writes what the standard layout holds; nil for a file of that layout.
  init(path: String, file: String, mapping: TableMapping? = nil) throws {
    self.path = path
    self.file = file
    self.mapping = mapping
    let packed = try FileBytes.readRaw(path)
    hash = SHA256.hash(packed)
    let bytes = try Compression.decompressed(packed, file: path)
    var options = CSVTable.Options()
    if let delimiter = mapping?.delimiter.asciiValue { options.delimiter = delimiter }
    table = try CSVTable(bytes: bytes, file: path, options: options)
    rows = table.count
    let header = Dictionary(
      table.header.enumerated().map { (Self.withoutBlanks($0.element), $0.offset) }, uniquingKeysWith: { a, _ in a })
    lines = Self.firstLines(of: bytes)
    guard let mapping else {
      columns = header
      return
    }
    columns = mapping.columns.compactMapValues { header[$0] }
    for (_, name) in mapping.columns.sorted(by: { $0.key < $1.key }) where header[name] == nil {
      throw MarketDataError.malformed(
        file: path, line: 1, column: name, value: nil,
        expected: "there is no such column; the file has \(table.header.joined(separator: ", "))")
    }
  }

  /// Names of the columns as the file has them.
  var header: [String] { table.header.map(Self.withoutBlanks) }

  func has(_ column: String) -> Bool { columns[column] != nil || mapping?.constants[column] != nil }

  func require(_ names: String...) throws(MarketDataError) {
    for name in names where !has(name) {
      throw .malformed(
        file: path, line: 1, column: name, value: nil,
        expected: "there is no such column; the file has \(table.header.joined(separator: ", "))")
    }
  }

  /// Takes away the rows for which `condition` is false.
  mutating func keep(where condition: (MarketTable, Int) throws -> Bool) rethrows {
    let left = try (0..<rows).filter { try condition(self, $0) }
    kept = left.map(place)
    rows = left.count
  }

  /// Index of a row in the file.
  private func place(_ row: Int) -> Int { kept.map { $0[row] } ?? row }

  /// 1-based line of the file.
  func line(_ row: Int) -> Int {
    let row = place(row)
    return row + 1 < lines.count ? lines[row + 1] : table.line(of: row)
  }

  /// The field without blanks around it; empty where the column is absent.
  func text(_ row: Int, _ column: String) -> String {
    let text = plainText(row, column)
    guard let mapping else { return text }
    // What does not have the mapping's form is passed on as it stands: the reader of the field refuses it.
    return mapping.standardText(text, of: column) ?? text
  }

  /// The field as the file writes it.
  private func plainText(_ row: Int, _ column: String) -> String {
    guard let index = columns[column] else { return mapping?.constants[column] ?? "" }
    return Self.withoutBlanks(table.string(row: place(row), column: index))
  }

  /// Whether a field of a mapped file has the form that the mapping names.
  private func hasMappedForm(_ row: Int, _ column: String) -> Bool {
    mapping.map { $0.standardText(plainText(row, column), of: column) != nil } ?? true
  }

  private static func withoutBlanks(_ text: String) -> String {
    guard text.utf8.first == 32 || text.utf8.last == 32 else { return text }
    return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// The lines on which records begin, the header first: fields in quotes may hold line breaks, empty lines hold none.
  ///
  /// The table counts lines only for the row that is asked for; here every row is.
  private static func firstLines(of bytes: [UInt8]) -> [Int] {
    var lines: [Int] = []
    var line = 1
    var inQuotes = false
    var isStart = true
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        line += 1
        if !inQuotes { isStart = true }
        continue
      }
      if isStart, byte != UInt8(ascii: "\r") {
        lines.append(line)
        isStart = false
      }
      if byte == UInt8(ascii: "\"") { inQuotes.toggle() }
    }
    return lines
  }

  /// A number, which may be infinite or NaN; nil where the field is empty.
  func number(_ row: Int, _ column: String) throws(MarketDataError) -> Double? {
    let text = text(row, column)
    if text.isEmpty { return nil }
    guard hasMappedForm(row, column), let value = NumberText.number(text) else {
      throw malformed(row, column, text, "a number")
    }
    return value
  }

  /// A whole column of numbers; nil where a field is empty.
  ///
  /// Throws ``MarketDataError`` or the CSV reader's error.
  func numbers(_ column: String) throws -> [Double?] {
    guard mapping == nil, let index = columns[column] else { return try (0..<rows).map { try number($0, column) } }
    let all = try table.doubles(column: index)
    return (0..<rows).map { row in
      let value = all[place(row)]
      return value.isNaN ? nil : value
    }
  }

  /// A positive finite number; any other number is reported and is missing.
  func price(
    _ row: Int, _ column: String, date: CivilDate?, findings: inout [DataFinding]
  ) throws(MarketDataError) -> Double? {
    guard let value = try number(row, column) else { return nil }
    guard value > 0, value.isFinite else {
      findings.append(finding(.badValue, row, column, date: date, message: "is no price", action: .dropped))
      return nil
    }
    return value
  }

  /// A date of the years 1800 to 2200: far inside what 64-bit nanoseconds can hold.
  func date(_ row: Int, _ column: String) throws(MarketDataError) -> CivilDate {
    let text = text(row, column)
    guard hasMappedForm(row, column), let date = CivilDate(text), (1800...2200).contains(date.year) else {
      throw malformed(row, column, text, "a date like 2014-12-31")
    }
    return date
  }

  /// A moment; without a zone it is UTC.
  func time(_ row: Int, _ column: String) throws(MarketDataError) -> Timestamp {
    let text = text(row, column)
    guard hasMappedForm(row, column), let time = Timestamp(text), (1800...2200).contains(time.date.year) else {
      throw malformed(row, column, text, "a time like 2014-12-31 23:00:00")
    }
    return time
  }

  /// A delivery month like `20150300`; nil where the field is empty.
  func contract(_ row: Int, _ column: String) throws(MarketDataError) -> ContractMonth? {
    let text = text(row, column)
    if text.isEmpty { return nil }
    guard hasMappedForm(row, column), let contract = ContractMonth(text) else {
      throw malformed(row, column, text, "a contract like 20150300")
    }
    return contract
  }

  /// A finding about one field.
  func finding(
    _ kind: DataFinding.Kind, _ row: Int, _ column: String, date: CivilDate?, message: String,
    action: DataFinding.Action
  ) -> DataFinding {
    DataFinding(
      kind, file: file, line: line(row), column: column, date: date, value: text(row, column), message: message,
      action: action)
  }

  func malformed(_ row: Int, _ column: String, _ value: String, _ expected: String) -> MarketDataError {
    guard let mapping else {
      return .malformed(file: path, line: line(row), column: column, value: value, expected: expected)
    }
    return .malformed(
      file: path, line: line(row), column: mapping.columns[column] ?? column, value: plainText(row, column),
      expected: mapping.expectation(of: column))
  }
}
