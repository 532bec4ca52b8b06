extension CSVTable {
  /// What an empty field of a column means.
  public enum Missing: Hashable, Sendable {
    /// An empty field is allowed, and is NaN or nil.
    case allowed
    /// An empty field is an error.
    case refused
  }

  /// A column of numbers; NaN where a field is empty.
  ///
  /// Takes decimal numbers, correctly rounded, with blanks around them or not, and `inf`, `-inf`. Everything else is an
  /// error that names line, column and text; so are `nan` (unless `options.missing` holds it) and numbers too large for
  /// a `Double`.
  public func doubles(_ name: String, missing: Missing = .allowed) throws -> [Double] {
    try doubles(column: requiredIndex(of: name), missing: missing)
  }

  /// A column of numbers by index; NaN where a field is empty.
  public func doubles(column: Int, missing: Missing = .allowed) throws -> [Double] {
    precondition(column >= 0 && column < columns, "column \(column) of \(columns)")
    var result: [Double] = []
    result.reserveCapacity(count)
    try bytes.withUnsafeBufferPointer { bytes in
      try layout.forEachField(column: column) { row, range in
        if let value = parseNumber(bytes.baseAddress! + range.lowerBound, range.count) {
          result.append(value)
        } else if let value = try lenientNumber(row, column, range, missing) {
          result.append(value)
        } else {
          result.append(.nan)
        }
      }
    }
    return result
  }

  /// A column of numbers that may be absent or have empty fields: nil in place of NaN, nil for no such column.
  public func optionalDoubles(_ name: String) throws -> [Double?]? {
    guard hasColumn(name) else { return nil }
    return try doubles(name).map { $0.isNaN ? nil : $0 }
  }

  /// One number; nil where the field is empty.
  public func double(row: Int, column: Int) throws -> Double? {
    let range = checkedRange(row, column)
    return try bytes.withUnsafeBufferPointer { bytes in
      try parseNumber(bytes.baseAddress! + range.lowerBound, range.count) ?? lenientNumber(row, column, range, .allowed)
    }
  }

  /// A column of whole numbers, every field filled; `3` and `3.0` are both three.
  public func integers(_ name: String) throws -> [Int] {
    let column = try requiredIndex(of: name)
    return try (0..<count).map { row in
      guard let value = try integer(row: row, column: column) else {
        throw error(row: row, column: column, expected: "a whole number")
      }
      return value
    }
  }

  /// One whole number; nil where the field is empty.
  public func integer(row: Int, column: Int) throws -> Int? {
    let text = trimmed(string(row: row, column: column))
    if text.isEmpty || options.missing.contains(String(text)) { return nil }
    if let value = Int(text) { return value }
    guard let number = NumberText.number(String(text)), let value = Int(exactly: number) else {
      throw error(row: row, column: column, expected: "a whole number")
    }
    return value
  }

  /// A column of texts; empty where the field is.
  public func strings(_ name: String) throws -> [String] { strings(column: try requiredIndex(of: name)) }

  /// A column of texts by index.
  public func strings(column: Int) -> [String] {
    precondition(column >= 0 && column < columns, "column \(column) of \(columns)")
    return bytes.withUnsafeBufferPointer { bytes in
      (0..<count).map { fieldText(bytes, layout.range(row: $0, column: column)) }
    }
  }

  /// A column of moments, every field filled, in the forms that `Timestamp` reads.
  public func timestamps(_ name: String) throws -> [Timestamp] {
    try parsed(name, expected: "a time like 2012-06-04T23:00:00Z") { Timestamp(isoBytes: $0) }
  }

  /// A column of dates, every field filled, as `2012-06-04`.
  public func dates(_ name: String) throws -> [CivilDate] {
    try parsed(name, expected: "a date like 2012-06-04") { CivilDate(isoBytes: $0) }
  }

  /// A column of yes and no, every field filled: `true`, `false`, `1`, `0`.
  public func flags(_ name: String) throws -> [Bool] {
    try parsed(name, expected: "true or false") { bytes in
      switch String(decoding: bytes, as: UTF8.self) {
      case "true", "True", "TRUE", "1": true
      case "false", "False", "FALSE", "0": false
      default: nil
      }
    }
  }

  /// All columns as numbers, in the order of the file or as named.
  public func matrix(columns names: [String]? = nil) throws -> Matrix {
    let indices = try names.map { try $0.map { try requiredIndex(of: $0) } } ?? Array(0..<columns)
    var values = [Double](repeating: 0, count: count * indices.count)
    for (place, column) in indices.enumerated() {
      let numbers = try doubles(column: column)
      for row in 0..<count { values[row * indices.count + place] = numbers[row] }
    }
    return Matrix(rows: count, columns: indices.count, values: values)
  }

  private func parsed<Value>(
    _ name: String, expected: String, _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) throws -> [Value] {
    let column = try requiredIndex(of: name)
    var result: [Value] = []
    result.reserveCapacity(count)
    try bytes.withUnsafeBufferPointer { bytes in
      try layout.forEachField(column: column) { row, range in
        guard let value = parse(UnsafeBufferPointer(rebasing: bytes[bare(bytes, range)])) else {
          throw error(row: row, column: column, expected: expected)
        }
        result.append(value)
      }
    }
    return result
  }

  /// What a field says that is not plainly a number: nil when it is missing.
  @inline(never) private func lenientNumber(
    _ row: Int, _ column: Int, _ range: Range<Int>, _ missing: Missing
  ) throws -> Double? {
    let value: Double?? = bytes.withUnsafeBufferPointer { bytes in
      let inner = bare(bytes, range)
      if inner.isEmpty { return .some(nil) }
      if let number = parseNumber(bytes.baseAddress! + inner.lowerBound, inner.count) { return .some(number) }
      let text = String(decoding: bytes[inner], as: UTF8.self)
      return options.missing.contains(text) ? .some(nil) : .none
    }
    guard let value else { throw error(row: row, column: column, expected: "a number") }
    if value == nil, missing == .refused { throw error(row: row, column: column, expected: "a number") }
    return value
  }

  /// A field's bytes without quotes and without blanks around them.
  private func bare(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    if start < end, bytes[start] == UInt8(ascii: "\"") { (start, end) = (start + 1, end - 1) }
    while start < end, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
    while end > start, bytes[end - 1] == 32 || bytes[end - 1] == 9 { end -= 1 }
    return start..<end
  }
}
