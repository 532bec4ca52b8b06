/// A dense table of numbers in row-major order: the samples are rows, the variables columns.
///
/// Element (r, c) is `values[r * columns + c]`. A missing value is NaN; by IEEE rules a matrix with NaN does not equal
/// itself. A value type that shares its storage until it is changed.
///
///     var m = Matrix([[1, 2], [3, 4], [5, 6]])
///     m[2, 0]            // 5
///     m.column(1)        // [2, 4, 6]
public struct Matrix: Hashable, Sendable {
  public let rows: Int
  public let columns: Int
  /// All elements, row after row; `rows * columns` of them.
  public var values: [Double] {
    didSet { precondition(values.count == rows * columns, "a matrix keeps its \(rows) × \(columns) values") }
  }

  /// - Precondition: `values.count == rows * columns`.
  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(rows >= 0 && columns >= 0, "a matrix of \(rows) × \(columns)")
    precondition(values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// A matrix with one value everywhere.
  public init(rows: Int, columns: Int, repeating value: Double) {
    self.init(rows: rows, columns: columns, values: Array(repeating: value, count: rows * columns))
  }

  /// A matrix from its rows, all of one length; no rows give 0 × 0.
  public init(_ rows: [[Double]]) {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "the rows of a matrix have one length")
    self.init(rows: rows.count, columns: columns, values: Array(rows.joined()))
  }

  /// The n × n matrix with ones on the diagonal.
  public static func identity(_ size: Int) -> Matrix {
    var result = Matrix(rows: size, columns: size, repeating: 0)
    for index in 0..<size { result[index, index] = 1 }
    return result
  }

  @inlinable public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      return values[row * columns + column]
    }
    _modify {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      yield &values[row * columns + column]
    }
  }

  /// A copy of one row.
  public func row(_ index: Int) -> [Double] {
    precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
    return Array(values[index * columns..<(index + 1) * columns])
  }

  /// A copy of one column.
  public func column(_ index: Int) -> [Double] {
    precondition(index >= 0 && index < columns, "column \(index) of \(columns)")
    return (0..<rows).map { values[$0 * columns + index] }
  }

  /// The same numbers with rows and columns exchanged.
  public var transposed: Matrix {
    var result = [Double](repeating: 0, count: values.count)
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
    }
    return Matrix(rows: columns, columns: rows, values: result)
  }

  /// The rows with these indices, in the order given; an index may repeat.
  public func selecting(rows indices: [Int]) -> Matrix {
    var result: [Double] = []
    result.reserveCapacity(indices.count * columns)
    for index in indices {
      precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
      result.append(contentsOf: values[index * columns..<(index + 1) * columns])
    }
    return Matrix(rows: indices.count, columns: columns, values: result)
  }

  /// The columns with these indices, in the order given.
  public func selecting(columns indices: [Int]) -> Matrix {
    precondition(indices.allSatisfy { $0 >= 0 && $0 < columns }, "a column outside 0..<\(columns)")
    var result: [Double] = []
    result.reserveCapacity(indices.count * rows)
    for row in 0..<rows {
      for column in indices { result.append(values[row * columns + column]) }
    }
    return Matrix(rows: rows, columns: indices.count, values: result)
  }
}

extension Matrix: Codable {
  private enum CodingKeys: String, CodingKey { case rows, columns, values }

  /// Throws when the number of values is not rows × columns. Missing values are null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let rows = try container.decode(Int.self, forKey: .rows)
    let columns = try container.decode(Int.self, forKey: .columns)
    let values = try container.decode([Double?].self, forKey: .values)
    let expected = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !expected.overflow, expected.partialValue == values.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .values, in: container, debugDescription: "\(values.count) values for \(rows) × \(columns)")
    }
    self.init(rows: rows, columns: columns, values: values.map { $0 ?? .nan })
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
    try container.encode(values.map { $0.isNaN ? nil : $0 }, forKey: .values)
  }
}
