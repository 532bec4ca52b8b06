import HydraCore

/// Rows to print: named columns of text or numbers, all of one length.
struct RowTable {
  enum Column {
    case numbers([Double?])
    case texts([String?])
    /// Fields exactly as they stood in the input.
    case carried([String])

    var count: Int {
      switch self {
      case .numbers(let values): values.count
      case .texts(let values): values.count
      case .carried(let values): values.count
      }
    }

    func isNumber(_ row: Int) -> Bool {
      switch self {
      case .numbers(let values): values[row] != nil
      case .texts: false
      case .carried(let values): NumberText.number(values[row]) != nil
      }
    }

    /// The field's text; empty when missing. NaN is missing; infinities are `inf` and `-inf`.
    func text(_ row: Int) -> String {
      switch self {
      case .numbers(let values): values[row].map { $0.isNaN ? "" : NumberText.text($0) } ?? ""
      case .texts(let values): values[row] ?? ""
      case .carried(let values): values[row]
      }
    }

    func json(_ row: Int) -> JSONValue {
      switch self {
      case .numbers(let values): values[row].map { .number($0) } ?? .null
      case .texts(let values): values[row].map { .string($0) } ?? .null
      case .carried(let values):
        values[row].isEmpty ? .null : NumberText.number(values[row]).map { .number($0) } ?? .string(values[row])
      }
    }
  }

  private(set) var columns: [(name: String, values: Column)] = []
  let rows: Int

  init(rows: Int) { self.rows = rows }

  /// Starts with the input's columns, unchanged and in front.
  init(carrying table: CSVTable, except: Set<String> = []) {
    rows = table.count
    for (index, name) in table.header.enumerated() where !except.contains(name) {
      columns.append((name, .carried(table.strings(column: index))))
    }
  }

  /// One row per member of a JSON object, nested members with dotted names.
  init(summary: JSONValue) {
    var names: [String?] = []
    var values: [String?] = []
    func walk(_ value: JSONValue, _ name: String) {
      switch value {
      case .object(let members):
        for (key, member) in members { walk(member, name.isEmpty ? key : "\(name).\(key)") }
      case .string(let text):
        names.append(name)
        values.append(text)
      default:
        names.append(name)
        values.append(value.description)
      }
    }
    walk(summary, "")
    rows = names.count
    columns = [("name", .texts(names)), ("value", .texts(values))]
  }

  mutating func add(column name: String, _ values: [Double?]) { add(name, .numbers(values)) }
  mutating func add(column name: String, _ values: [Double]) { add(name, .numbers(values)) }
  mutating func add(column name: String, _ values: [String?]) { add(name, .texts(values)) }
  mutating func add(column name: String, _ values: [Int]) { add(name, .numbers(values.map(Double.init))) }

  private mutating func add(_ name: String, _ column: Column) {
    precondition(column.count == rows, "column \(name) has \(column.count) values for \(rows) rows")
    // A column that was carried through and is computed anew keeps its place and takes the new values.
    if let index = columns.firstIndex(where: { $0.name == name }) {
      columns[index].values = column
    } else {
      columns.append((name, column))
    }
  }

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .csv: csv()
    case .jsonl: (0..<rows).map { object($0).description + "\n" }.joined()
    case .json: JSONValue.array((0..<rows).map(object)).description + "\n"
    case .table: aligned()
    }
  }

  private func object(_ row: Int) -> JSONValue { .object(columns.map { ($0.name, $0.values.json(row)) }) }

  private func csv() -> String {
    var writer = CSVWriter(header: columns.map(\.name))
    for row in 0..<rows {
      for column in columns { writer.add(column.values.text(row)) }
      writer.endRow()
    }
    return writer.text
  }

  private func aligned() -> String {
    let cells = columns.map { column in
      [column.name] + (0..<rows).map { row in column.values.text(row) }
    }
    let widths = cells.map { column in column.map(\.count).max() ?? 0 }
    var text = ""
    for line in 0...rows {
      let fields = columns.indices.map { index -> String in
        let cell = cells[index][line]
        let padding = String(repeating: " ", count: widths[index] - cell.count)
        let alignsRight = rows > 0 && columns[index].values.isNumber(max(0, line - 1))
        return alignsRight ? padding + cell : cell + padding
      }
      var joined = fields.joined(separator: "  ")
      while joined.hasSuffix(" ") { joined.removeLast() }
      text += joined + "\n"
    }
    return text
  }
}
