/// A table of text fields with a header row, read from CSV, with columns found by name.
///
/// ```
/// let table = try CSVTable(path: "chain.csv.gz")
/// let strikes = try table.doubles("strike")          // NaN where the field is empty
/// let kinds = try table.strings("type")
/// ```
/// The bytes are kept as they are with the place of every field beside them; a field turns into a number or a text when
/// it is asked for, so columns nobody asks for cost nothing.
///
/// The form is RFC 4180: fields in quotes may hold commas, quotes (doubled) and line breaks; lines end in LF or CRLF; a
/// byte-order mark is skipped. Strict where guessing would lose data: a line with more or fewer fields than the header,
/// a quote inside an unquoted field, and anything behind a closing quote are errors that name file and line. Lines
/// without any byte are skipped. An empty field is a missing value.
///
/// - Complexity: O(bytes) to read; memory is the bytes and 4 bytes per field.
///
/// Source: Y. Shafranovich, "Common format and MIME type for CSV files", RFC 4180 (2005).
public struct CSVTable: Sendable {
  /// How a file is read.
  public struct Options: Hashable, Sendable {
    /// The byte between fields.
    public var delimiter = UInt8(ascii: ",")
    /// Texts that stand for a missing number beside the empty field, as in `["NA", "nan"]`; none, so that a stray
    /// `nan` is reported and not taken as data.
    public var missing: [String] = []
    /// The most bytes that a file may hold when unpacked.
    public var sizeLimit = FileBytes.sizeLimit

    public init() {}
  }

  /// The name of the source, as it stands in errors.
  public let file: String
  /// Names of the columns, in the order of the file.
  public let header: [String]
  /// How the file was read.
  public let options: Options
  let bytes: [UInt8]
  let layout: CSVLayout
  /// The line of each row where that is not its index plus two.
  let lines: [UInt32]?

  /// Reads a file, plain or compressed with gzip or zstd; `-` is standard input.
  ///
  /// Throws `FileError` when it cannot be read and `CSVError` when it is not a table.
  public init(path: String, options: Options = Options()) throws {
    try self.init(bytes: FileBytes.read(path, limit: options.sizeLimit), file: path, options: options)
  }

  /// Reads a table from bytes; `file` names them in errors.
  public init(bytes: [UInt8], file: String, options: Options = Options()) throws {
    try self.init(bytes: bytes, file: file, options: options, lines: nil)
  }

  init(bytes: [UInt8], file: String, options: Options, lines: [UInt32]?) throws {
    guard bytes.count <= Int(UInt32.max) else { throw CSVError(file: file, problem: "is larger than 4 GiB") }
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      throw CSVError(file: file, line: 1, problem: "is UTF-16 text; UTF-8 is needed")
    }
    let layout: CSVLayout
    do throws(CSVLayout.Fault) {
      layout = try bytes.withUnsafeBufferPointer { bytes throws(CSVLayout.Fault) in
        try CSVLayout(scanning: bytes, delimiter: options.delimiter)
      }
    } catch {
      throw CSVError(file: file, line: error.line, problem: error.problem)
    }
    self.file = file
    self.options = options
    self.bytes = bytes
    self.layout = layout
    self.lines = lines
    header = bytes.withUnsafeBufferPointer { bytes in
      (0..<layout.width).map { fieldText(bytes, layout.range(row: -1, column: $0)) }
    }
  }

  /// Number of rows, the header not counted.
  public var count: Int { layout.count }
  /// Number of columns.
  public var columns: Int { header.count }
  public var isEmpty: Bool { count == 0 }

  // MARK: - Finding columns

  /// The index of a column; nil when there is none of that name. Blanks around names in the file are overlooked.
  public func index(of name: String) -> Int? {
    header.firstIndex(of: name) ?? header.firstIndex { trimmed($0) == name }
  }

  /// Whether the header names a column so.
  public func hasColumn(_ name: String) -> Bool { index(of: name) != nil }

  /// The index of a column that has to be there, and once only.
  public func requiredIndex(of name: String) throws -> Int {
    guard let index = index(of: name) else {
      let names = header.prefix(40).map { "'\($0)'" }.joined(separator: ", ")
      throw CSVError(
        file: file, problem: "has no column '\(name)'; the columns are \(names)\(header.count > 40 ? ", …" : "")")
    }
    guard header[(index + 1)...].allSatisfy({ trimmed($0) != name }) else {
      throw CSVError(file: file, line: 1, problem: "has more than one column '\(name)'")
    }
    return index
  }

  // MARK: - Single fields

  /// The text of a field, without quotes; empty when missing. Bytes that are not UTF-8 become replacement characters.
  public func string(row: Int, column: Int) -> String {
    let range = checkedRange(row, column)
    return bytes.withUnsafeBufferPointer { fieldText($0, range) }
  }

  /// The line of the file that a row begins on, the first line being 1.
  public func line(of row: Int) -> Int {
    lines.map { Int($0[row]) } ?? layout.line(of: row)
  }

  /// The error for a field that is not what it should be; `expected` completes "is not …".
  public func error(row: Int, column: Int, expected: String) -> CSVError {
    CSVError(
      file: file, line: line(of: row), column: header[column], value: string(row: row, column: column),
      expected: expected)
  }

  func checkedRange(_ row: Int, _ column: Int) -> Range<Int> {
    precondition(
      row >= 0 && row < count && column >= 0 && column < columns, "field (\(row), \(column)) of \(count) rows")
    return layout.range(row: row, column: column)
  }
}

/// The content of a field: the bytes, or what is between the quotes with doubled quotes made single.
func fieldText(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
  guard let first = range.first, bytes[first] == UInt8(ascii: "\"") else {
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }
  let inner = UnsafeBufferPointer(rebasing: bytes[range.lowerBound + 1..<range.upperBound - 1])
  guard inner.contains(UInt8(ascii: "\"")) else { return String(decoding: inner, as: UTF8.self) }
  var single: [UInt8] = []
  single.reserveCapacity(inner.count)
  var position = 0
  while position < inner.count {
    single.append(inner[position])
    position += inner[position] == UInt8(ascii: "\"") ? 2 : 1
  }
  return String(decoding: single, as: UTF8.self)
}

/// A text without the blanks and tabs around it.
func trimmed(_ text: String) -> Substring {
  var rest = text[...]
  while let first = rest.utf8.first, first == 32 || first == 9 { rest.removeFirst() }
  while let last = rest.utf8.last, last == 32 || last == 9 { rest.removeLast() }
  return rest
}
