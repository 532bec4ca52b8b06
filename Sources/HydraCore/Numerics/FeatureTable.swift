/// Samples with named features: what a model is trained on and asked about.
///
/// Numbers lie in one contiguous row-major array. Every row has the moment it describes (`times`) and the moment it
/// became known (`known`); `rows(knownBy:)` is the only thing a decision at that moment may look at. A missing value is
/// NaN. Optional targets, one a row, have their own moment in `targetKnown`: a label is known later than its features.
public struct FeatureTable: Sendable {
  /// Names of the features, in column order, all different.
  public let names: [String]
  /// The moment that each row describes.
  public private(set) var times: [Timestamp] = []
  /// The earliest moment at which each row's features were known.
  public private(set) var known: [Timestamp] = []
  /// All numbers, row after row.
  public private(set) var values: [Double] = []
  /// What each row is to predict; nil for a table without targets, NaN where a row's target is missing.
  public private(set) var targets: [Double]?
  /// The earliest moment at which each row's target was known; nil for a table without targets.
  public private(set) var targetKnown: [Timestamp]?

  /// An empty table.
  ///
  /// - Precondition: no name occurs twice.
  public init(names: [String], hasTargets: Bool = false) {
    precondition(Set(names).count == names.count, "a feature name occurs twice: \(names)")
    self.names = names
    if hasTargets { (targets, targetKnown) = ([], []) }
  }

  /// Number of rows.
  public var count: Int { times.count }
  /// Number of features.
  public var columns: Int { names.count }
  public var isEmpty: Bool { times.isEmpty }

  /// The features as a matrix; shares the storage, nothing is copied.
  public var matrix: Matrix { Matrix(rows: count, columns: columns, values: values) }

  /// Adds a row at the end.
  ///
  /// - Precondition: the vector has this table's names; a target is given exactly when the table has targets.
  public mutating func append(_ row: FeatureVector) {
    precondition(row.names == names, "a row with other features than the table")
    precondition(targets == nil, "a row without a target for a table with targets")
    append(time: row.time, known: row.known, values: row.values)
  }

  /// Adds a row with its target at the end; `targetKnown` is when the target's value came out.
  public mutating func append(_ row: FeatureVector, target: Double, targetKnown moment: Timestamp) {
    precondition(row.names == names, "a row with other features than the table")
    precondition(targets != nil, "a target for a table without targets")
    append(time: row.time, known: row.known, values: row.values)
    targets?.append(target)
    targetKnown?.append(moment)
  }

  private mutating func append(time: Timestamp, known moment: Timestamp, values row: [Double]) {
    times.append(time)
    known.append(moment)
    values.append(contentsOf: row)
  }

  /// One row as a vector.
  public subscript(row: Int) -> FeatureVector {
    FeatureVector(
      names: names, time: times[row], known: known[row],
      values: Array(values[row * columns..<(row + 1) * columns]))
  }

  /// One feature of all rows; nil when there is no such feature.
  public func column(_ name: String) -> [Double]? {
    names.firstIndex(of: name).map { column in (0..<count).map { values[$0 * columns + column] } }
  }

  /// The rows with these indices, in the order given.
  public func selecting(rows indices: [Int]) -> FeatureTable {
    var result = FeatureTable(names: names, hasTargets: targets != nil)
    result.values.reserveCapacity(indices.count * columns)
    for row in indices {
      result.times.append(times[row])
      result.known.append(known[row])
      result.values.append(contentsOf: values[row * columns..<(row + 1) * columns])
      if let targets, let targetKnown {
        result.targets?.append(targets[row])
        result.targetKnown?.append(targetKnown[row])
      }
    }
    return result
  }

  /// What was known at a moment: the rows whose features were known by then, in order, with the targets that were not
  /// yet known replaced by NaN.
  public func rows(knownBy moment: Timestamp) -> FeatureTable {
    var result = selecting(rows: (0..<count).filter { known[$0] <= moment })
    if let later = result.targetKnown {
      for row in 0..<result.count where later[row] > moment { result.targets?[row] = .nan }
    }
    return result
  }
}
