import HydraNumerics

extension LabelledRows {
  /// Takes features, targets and weights out of a table; empty feature fields are missing values.
  ///
  /// - Parameters:
  ///   - label: the column of targets; every field filled.
  ///   - weight: the column of weights, if any; every field filled.
  ///   - query: the column that says which query a row belongs to, if any; rows of a query stand together.
  ///   - names: the feature columns in their order; all other columns of the table when nil.
  public init(
    _ table: CSVTable, label: String, weight: String? = nil, query: String? = nil, features names: [String]? = nil
  ) throws {
    let names = try names ?? Self.featureNames(of: table, label: label, weight: weight, query: query)
    try self.init(
      features: table.matrix(columns: names), targets: table.doubles(label, missing: .refused),
      weights: weight.map { try table.doubles($0, missing: .refused) },
      queries: query.map { Self.runs(of: table.strings(column: try table.requiredIndex(of: $0))) })
  }

  /// The lengths of the runs of equal fields.
  private static func runs(of fields: [String]) -> [Int] {
    var runs: [Int] = []
    for (row, field) in fields.enumerated() {
      if row > 0, field == fields[row - 1] { runs[runs.count - 1] += 1 } else { runs.append(1) }
    }
    return runs
  }

  /// The columns of a table that are neither label nor weight nor query, in the order of the table.
  public static func featureNames(
    of table: CSVTable, label: String, weight: String?, query: String? = nil
  ) throws -> [String] {
    let others = [weight, query].compactMap { $0 }
    let reserved = try ([label] + others).map { try table.requiredIndex(of: $0) }
    return table.header.indices.filter { !reserved.contains($0) }.map { table.header[$0] }
  }
}

extension GradientBoostedTrees {
  /// The model's features out of a table: by name when the header has them all, else by position when the header has
  /// none of them.
  ///
  /// By position the first columns count, as many as the model has features.
  public func features(of table: CSVTable) throws -> Matrix {
    // A model out of a file has lost the spaces in its names, one that was just trained has not.
    let places = featureNames.map { name in
      table.header.firstIndex { Self.withoutSpaces($0) == Self.withoutSpaces(name) }
    }
    if places.allSatisfy({ $0 != nil }) {
      return try table.matrix(columns: places.compactMap { $0.map { table.header[$0] } })
    }
    if places.contains(where: { $0 != nil }) {
      throw TableFeatureError.missing(zip(featureNames, places).filter { $0.1 == nil }.map { $0.0 })
    }
    guard table.columns >= features else { throw TableFeatureError.tooFew(needed: features, found: table.columns) }
    return try table.matrix(columns: Array(table.header.prefix(features)))
  }
}

/// Why a table does not fit a model.
public enum TableFeatureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Some of the model's features are among the columns, and these are not.
  case missing([String])
  /// No feature is among the columns, and there are too few to count by position.
  case tooFew(needed: Int, found: Int)

  public var description: String {
    switch self {
    case .missing(let names):
      "no column \(names.prefix(5).map { "'\($0)'" }.joined(separator: ", "))"
        + (names.count > 5 ? " and \(names.count - 5) more" : "") + " that the model needs"
    case .tooFew(let needed, let found): "\(found) columns where the model needs \(needed)"
    }
  }
}
