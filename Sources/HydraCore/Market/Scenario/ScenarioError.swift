/// A scenario that cannot be played, with the place and the value.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where: a scenario's id, then the number of the event from 1.
  public var place: String
  public var reason: String

  public init(_ place: String, _ reason: String) {
    self.place = place
    self.reason = reason
  }

  public var description: String { "\(place): \(reason)" }
}
