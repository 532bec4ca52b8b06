/// Builds a CSV text, row after row.
///
/// Numbers are the shortest text that reads back exactly (`0.1`, `143`, `inf`); missing values are empty fields; texts
/// are quoted only where they have to be; lines end in LF.
///
///     var writer = CSVWriter(header: ["date", "close", "source"])
///     writer.add(CivilDate(year: 2012, month: 6, day: 4))
///     writer.add(295.25)
///     writer.add("settlement")
///     writer.endRow()
///     try writer.write(to: "bars.csv.gz")
public struct CSVWriter: Sendable {
  /// Number of fields in every row.
  public let columns: Int
  /// The text so far, in UTF-8.
  public private(set) var bytes: [UInt8] = []
  private var field = 0

  /// - Precondition: at least one column.
  public init(header: [String]) {
    precondition(!header.isEmpty, "a table has at least one column")
    columns = header.count
    for name in header { add(name) }
    endRow()
  }

  /// The text so far.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Adds a field of text, in quotes where it holds a comma, a quote or a line break, or has blanks at its ends.
  public mutating func add(_ text: String) {
    beginField()
    let utf8 = text.utf8
    let quoted = utf8.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 } || utf8.first == 32 || utf8.last == 32
    guard quoted else {
      bytes.append(contentsOf: utf8)
      return
    }
    bytes.append(34)
    for byte in utf8 {
      if byte == 34 { bytes.append(34) }
      bytes.append(byte)
    }
    bytes.append(34)
  }

  /// Adds a number; NaN is written as a missing value.
  public mutating func add(_ value: Double) {
    beginField()
    if !value.isNaN { bytes.append(contentsOf: NumberText.text(value).utf8) }
  }

  /// Adds a whole number.
  public mutating func add(_ value: Int) {
    beginField()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Adds `true` or `false`.
  public mutating func add(_ value: Bool) { add(value ? "true" : "false") }

  /// Adds a moment as ISO 8601.
  public mutating func add(_ value: Timestamp) { add(value.description) }

  /// Adds a date as `2012-06-04`.
  public mutating func add(_ value: CivilDate) { add(value.description) }

  /// Adds a number, or a missing value.
  public mutating func add(_ value: Double?) { add(value ?? .nan) }

  /// Adds a text, or a missing value.
  public mutating func add(_ value: String?) { add(value ?? "") }

  /// Ends the row.
  ///
  /// - Precondition: as many fields were added as the header has.
  public mutating func endRow() {
    precondition(field == columns, "\(field) fields where the header has \(columns)")
    // A row of one empty field would be an empty line, which readers skip.
    if columns == 1, bytes.isEmpty || bytes.last == 10 { bytes.append(contentsOf: [34, 34]) }
    bytes.append(10)
    field = 0
  }

  /// Writes the text to a file, compressed when the name ends in `.gz` or `.zst`; `-` is standard output.
  ///
  /// - Precondition: the last row has been ended.
  public func write(to path: String) throws {
    precondition(field == 0, "the last row is not ended")
    try FileBytes.write(bytes, to: path)
  }

  private mutating func beginField() {
    precondition(field < columns, "more fields than the \(columns) of the header")
    if field > 0 { bytes.append(44) }
    field += 1
  }
}
