extension FeatureTable {
  /// Names of the columns of a file that are no features.
  public struct Columns: Hashable, Sendable {
    /// The moment that a row describes; where the file has no such column, rows are counted in nanoseconds from 1970,
    /// so that only their order is kept.
    public var time = "time"
    /// The moment that a row's features were known; the time of the row where the file has no such column.
    public var known = "known"
    /// The number to predict; none where nil.
    public var target: String?
    /// The moment that a row's target was known; the time at which its features were where the file has no such column.
    public var targetKnown = "target_known"
    /// Columns to leave out.
    public var excluded: [String] = []

    public init(target: String? = nil) { self.target = target }
  }

  /// Reads features from a CSV file, plain, `.gz` or `.zst`, `-` for standard input: every column but the times.
  ///
  /// Throws `FileError` or `CSVError`; every feature has to be a number or empty.
  public init(csv path: String) throws { try self.init(CSVTable(path: path)) }

  /// Reads features and the column to predict from a CSV file.
  public init(csv path: String, target: String) throws {
    try self.init(CSVTable(path: path), columns: Columns(target: target))
  }

  /// Takes features from a table.
  public init(_ table: CSVTable, columns roles: Columns = Columns()) throws {
    let target = try roles.target.map { try table.requiredIndex(of: $0) }
    let special = [roles.time, roles.known, roles.targetKnown].compactMap { table.index(of: $0) }
    let excluded = try roles.excluded.map { try table.requiredIndex(of: $0) }
    let features = (0..<table.columns).filter { $0 != target && !special.contains($0) && !excluded.contains($0) }
    let names = features.map { String(trimmed(table.header[$0])) }
    for (place, name) in names.enumerated() where names[..<place].contains(name) {
      throw CSVError(file: table.file, line: 1, problem: "has more than one column '\(name)'")
    }
    let times =
      table.hasColumn(roles.time)
      ? try table.timestamps(roles.time) : (0..<table.count).map { Timestamp(nanoseconds: Int64($0)) }
    let known = table.hasColumn(roles.known) ? try table.timestamps(roles.known) : times
    var values = [Double](repeating: 0, count: table.count * features.count)
    for (place, column) in features.enumerated() {
      let numbers = try table.doubles(column: column)
      for row in 0..<table.count { values[row * features.count + place] = numbers[row] }
    }
    let targets = try target.map { try table.doubles(column: $0) }
    let targetKnown =
      targets == nil ? nil : table.hasColumn(roles.targetKnown) ? try table.timestamps(roles.targetKnown) : known
    self.init(
      names: names, times: times, known: known, values: values, targets: targets, targetKnown: targetKnown)
  }

  /// The table as CSV: `time`, `known`, the features, and where there are targets `target` and `target_known`.
  ///
  /// - Precondition: no feature has one of these names.
  public func csv(columns roles: Columns = Columns(target: "target")) -> CSVWriter {
    var header = [roles.time, roles.known] + names
    if targets != nil { header += [roles.target ?? "target", roles.targetKnown] }
    precondition(Set(header).count == header.count, "a feature has the name of a time or target column")
    var writer = CSVWriter(header: header)
    for row in 0..<count {
      writer.add(times[row])
      writer.add(known[row])
      for value in values[row * self.columns..<(row + 1) * self.columns] { writer.add(value) }
      if let targets, let targetKnown {
        writer.add(targets[row])
        writer.add(targetKnown[row])
      }
      writer.endRow()
    }
    return writer
  }

  /// Writes the table as CSV, compressed when the name ends in `.gz` or `.zst`; `-` is standard output.
  public func write(csv path: String) throws { try csv().write(to: path) }
}
