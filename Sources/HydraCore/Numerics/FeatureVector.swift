/// The features of one sample: named numbers, with the moment they describe and the moment they became known.
///
/// A missing value is NaN. The names are one array shared by all vectors of a table, not a copy each.
public struct FeatureVector: Sendable {
  /// One name for each value, in the same order.
  public let names: [String]
  /// The moment that the features describe.
  public let time: Timestamp
  /// The earliest moment at which all of the values could have been computed.
  public let known: Timestamp
  /// The numbers; NaN where missing.
  public let values: [Double]

  /// - Precondition: as many names as values.
  public init(names: [String], time: Timestamp, known: Timestamp, values: [Double]) {
    precondition(names.count == values.count, "\(names.count) names for \(values.count) values")
    self.names = names
    self.time = time
    self.known = known
    self.values = values
  }

  /// The value of a feature by name; nil when there is no such feature, NaN when it is missing.
  public subscript(_ name: String) -> Double? { names.firstIndex(of: name).map { values[$0] } }
}
