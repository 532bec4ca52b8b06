extension CSVTable {
  /// Reads a table from JSON Lines: one object a line, its members the fields of a row.
  ///
  /// The columns are all keys in the order of their first appearance; a member that is absent or `null` is missing. Texts
  /// are kept as they are, numbers keep their exact value, `true` and `false` become texts. Empty lines are skipped.
  /// Objects and arrays as members are errors.
  public init(jsonLinesPath path: String, options: Options = Options()) throws {
    try self.init(jsonLines: FileBytes.read(path, limit: options.sizeLimit), file: path, options: options)
  }

  /// Reads a table from the bytes of JSON Lines; `file` names them in errors.
  public init(jsonLines bytes: [UInt8], file: String, options: Options = Options()) throws {
    var reader = JSONLinesReader(file: file)
    try bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
        try reader.add(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        start = end + 1
      }
    }
    guard !reader.keys.isEmpty else {
      throw CSVError(file: file, line: 1, problem: "is empty; one object a line is needed")
    }
    var commas = options
    commas.delimiter = UInt8(ascii: ",")
    try self.init(bytes: reader.csv(), file: file, options: commas, lines: reader.lines)
  }
}

/// Gathers the fields of objects by key.
private struct JSONLinesReader {
  let file: String
  private(set) var keys: [String] = []
  private(set) var lines: [UInt32] = []
  private var places: [String: Int] = [:]
  private var rows: [[(column: Int, text: String)]] = []
  private var line = 0

  init(file: String) { self.file = file }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    line += 1
    if bytes.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { return }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw CSVError(file: file, line: line, problem: "\(error)")
    }
    guard case .object(let members) = value else { throw CSVError(file: file, line: line, problem: "is not an object") }
    var row: [(column: Int, text: String)] = []
    row.reserveCapacity(members.count)
    for (key, value) in members {
      let column = places[key] ?? keys.count
      if column == keys.count {
        keys.append(key)
        places[key] = column
      }
      switch value {
      case .null: break
      case .string(let text): row.append((column, text))
      case .bool, .integer, .number: row.append((column, value.text))
      case .array, .object:
        throw CSVError(file: file, line: line, column: key, problem: "holds a nested value; a single one is needed")
      }
    }
    rows.append(row)
    lines.append(UInt32(line))
  }

  /// The rows as CSV, so that there is one way to read fields.
  func csv() -> [UInt8] {
    var writer = CSVWriter(header: keys)
    var fields = [String](repeating: "", count: keys.count)
    for row in rows {
      for (column, text) in row { fields[column] = text }
      for field in fields { writer.add(field) }
      writer.endRow()
      for (column, _) in row { fields[column] = "" }
    }
    return writer.bytes
  }
}
