import HydraNumerics

/// What values a reply may give to what it changes: one range for each parameter on the list.
///
///     let bounds = ParameterBounds(["retrain.window_days": .init(30...2520, isInteger: true)])
///
/// A value outside is refused, never clamped.
public struct ParameterBounds: Hashable, Sendable {
  /// The range of one parameter.
  public struct Bound: Hashable, Sendable {
    public var range: ClosedRange<Double>
    public var isInteger: Bool

    public init(_ range: ClosedRange<Double>, isInteger: Bool = false) {
      (self.range, self.isInteger) = (range, isInteger)
    }
  }

  public var bounds: [String: Bound]
  /// Where the parameter's name and its value stand in the reply.
  public var namePath = ["change", "param"]
  public var valuePath = ["change", "value"]

  public init(_ bounds: [String: Bound]) { self.bounds = bounds }

  /// Throws ``LanguageModelError/unknownParameter(_:)`` or ``LanguageModelError/outOfRange(_:)``.
  func check(_ reply: JSONValue) throws(LanguageModelError) {
    guard let name = Self.value(at: namePath, in: reply)?.string else { throw .schema(["no parameter is named"]) }
    guard let bound = bounds[name] else { throw .unknownParameter("'\(name.prefix(60))'") }
    guard let value = Self.value(at: valuePath, in: reply)?.double else { throw .schema(["no value is given"]) }
    guard bound.range.contains(value) else {
      throw .outOfRange(
        "\(name): \(value) is not in \(bound.range.lowerBound) to \(bound.range.upperBound)")
    }
    guard !bound.isInteger || value == value.rounded(.towardZero) else {
      throw .outOfRange("\(name): \(value) is no whole number")
    }
  }

  /// Whether a schema's complaint at this place is about a name that is not on the list.
  func isName(_ fault: JSONSchema.Fault) -> Bool {
    fault.keyword == "enum" && fault.path == namePath.joined(separator: ".")
  }

  private static func value(at path: [String], in reply: JSONValue) -> JSONValue? {
    path.reduce(reply as JSONValue?) { $0?[$1] }
  }
}
