/// Samples with named features: what a model is trained on and asked about.
///
/// Numbers lie in one contiguous row-major array. Every row has the moment it describes (`times`) and the moment it
/// became known (`known`); `rows(knownBy:)` is the only thing a decision at that moment may look at. A missing value is
/// NaN. Optional targets, one a row, have their own moment in `targetKnown`: a label is known later than its features.
public struct FeatureTable: Sendable {
  /// Names of the features, in column order, all different.
  public let names: [String]
  /// The moment that each row describes.
  public private(set) var times: [Timestamp]
  /// The earliest moment at which each row's features were known.
  public private(set) var known: [Timestamp]
  /// All numbers, row after row.
  public private(set) var values: [Double]
  /// What each row is to predict; nil for a table without targets, NaN where a row's target is missing.
  public private(set) var targets: [Double]?
  /// The earliest moment at which each row's target was known; nil for a table without targets.
  public private(set) var targetKnown: [Timestamp]?

  /// An empty table.
  ///
  /// - Precondition: no name occurs twice.
  public init(names: [String], hasTargets: Bool = false) {
    self.init(
      names: names, times: [], known: [], values: [], targets: hasTargets ? [] : nil, targetKnown: hasTargets ? [] : nil
    )
  }

  /// A table from its parts, `values` row after row.
  ///
  /// - Precondition: no name occurs twice; the parts have one length; targets come with their times.
  public init(
    names: [String], times: [Timestamp], known: [Timestamp], values: [Double], targets: [Double]? = nil,
    targetKnown: [Timestamp]? = nil
  ) {
    precondition(Set(names).count == names.count, "a feature name occurs twice: \(names)")
    precondition(known.count == times.count, "\(times.count) times and \(known.count) moments of knowledge")
    precondition(
      values.count == times.count * names.count, "\(values.count) values for \(times.count) × \(names.count)")
    precondition(
      (targets?.count ?? times.count) == times.count && targetKnown?.count == targets?.count,
      "targets that do not match the \(times.count) rows")
    self.names = names
    self.times = times
    self.known = known
    self.values = values
    self.targets = targets
    self.targetKnown = targetKnown
  }

  /// Number of rows.
  public var count: Int { times.count }
  /// Number of features.
  public var columns: Int { names.count }
  public var isEmpty: Bool { times.isEmpty }

  /// The features as a matrix; shares the storage, nothing is copied.
  public var matrix: Matrix { Matrix(rows: count, columns: columns, values: values) }

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

  // MARK: - Adding rows

  /// Adds a row at the end.
  ///
  /// - Precondition: the vector has this table's names, and the table has no targets.
  public mutating func append(_ row: FeatureVector) {
    precondition(targets == nil, "a row without a target for a table with targets")
    appendFeatures(row)
  }

  /// Adds a row with its target at the end; `targetKnown` is when the target's value came out.
  ///
  /// - Precondition: the vector has this table's names, and the table has targets.
  public mutating func append(_ row: FeatureVector, target: Double, targetKnown moment: Timestamp) {
    precondition(targets != nil, "a target for a table without targets")
    appendFeatures(row)
    targets?.append(target)
    targetKnown?.append(moment)
  }

  private mutating func appendFeatures(_ row: FeatureVector) {
    precondition(row.names == names, "a row with other features than the table")
    times.append(row.time)
    known.append(row.known)
    values.append(contentsOf: row.values)
  }

  // MARK: - Parts

  /// The rows with these indices, in the order given.
  public func selecting(rows indices: [Int]) -> FeatureTable {
    var features: [Double] = []
    features.reserveCapacity(indices.count * columns)
    for row in indices { features.append(contentsOf: values[row * columns..<(row + 1) * columns]) }
    return FeatureTable(
      names: names, times: indices.map { times[$0] }, known: indices.map { known[$0] }, values: features,
      targets: targets.map { targets in indices.map { targets[$0] } },
      targetKnown: targetKnown.map { moments in indices.map { moments[$0] } })
  }

  /// The columns with these names, in the order given.
  ///
  /// - Precondition: the table has them all.
  public func selecting(columns wanted: [String]) -> FeatureTable {
    let indices = wanted.map { name in
      guard let index = names.firstIndex(of: name) else { preconditionFailure("no feature '\(name)'") }
      return index
    }
    return FeatureTable(
      names: wanted, times: times, known: known, values: matrix.selecting(columns: indices).values, targets: targets,
      targetKnown: targetKnown)
  }

  /// The same rows with targets, in place of those there were.
  public func with(targets: [Double], known: [Timestamp]) -> FeatureTable {
    FeatureTable(
      names: names, times: times, known: self.known, values: values, targets: targets, targetKnown: known)
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

  /// The rows whose target has a value.
  public func rowsWithTarget() -> FeatureTable {
    guard let targets else { return self }
    return selecting(rows: (0..<count).filter { !targets[$0].isNaN })
  }

  /// An earlier part to train on and a later one to test on, in the order of `known`.
  ///
  /// The first ⌊share · count⌋ rows are for training, less the last `embargo` of them, and less those whose target was
  /// not known when the first test row was: with it a model could look ahead.
  ///
  /// - Precondition: the share lies in 0...1, the embargo is not negative.
  ///
  /// Source: M. López de Prado, Advances in Financial Machine Learning (2018), section 7.4.
  public func split(trainingShare: Double, embargo: Int = 0) -> (training: FeatureTable, test: FeatureTable) {
    precondition(trainingShare >= 0 && trainingShare <= 1, "a share outside 0...1: \(trainingShare)")
    precondition(embargo >= 0, "a negative embargo: \(embargo)")
    let order = (0..<count).sorted { (known[$0], $0) < (known[$1], $1) }
    let border = Int(trainingShare * Double(count))
    let test = Array(order[border...])
    var training = Array(order[..<max(0, border - (test.isEmpty ? 0 : embargo))])
    if let targetKnown, let first = test.first { training.removeAll { targetKnown[$0] > known[first] } }
    return (selecting(rows: training), selecting(rows: test))
  }
}
