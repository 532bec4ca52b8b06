/// One set of parameters and what came of it.
public struct Trial: Hashable, Codable, Sendable {
  /// How far it is.
  public enum State: String, Hashable, Codable, Sendable {
    case running, complete, pruned, failed
  }

  /// A parameter with its value.
  public struct Assignment: Hashable, Codable, Sendable {
    public var name: String
    public var value: ParameterValue
  }

  /// A value reported on the way.
  public struct Report: Hashable, Codable, Sendable {
    /// How much of the work was done: rounds, folds.
    public var step: Int
    /// The objective so far.
    public var value: Double
  }

  /// 0 for the first trial of the study.
  public let number: Int
  /// The parameters that exist in this trial, in the order of the space.
  public let parameters: [Assignment]
  /// How far it is.
  public internal(set) var state = State.running
  /// One for each objective of the study; empty unless complete.
  public internal(set) var values: [Double] = []
  /// What was reported on the way, by rising step.
  public internal(set) var reports: [Report] = []
  /// The place of its result among all results; nil while it runs.
  public internal(set) var finished: Int?
  /// The generation that it belongs to, for samplers that have some.
  public internal(set) var generation: Int?

  /// The value of a parameter; nil when this trial does not have it.
  public subscript(_ name: String) -> ParameterValue? { parameters.first { $0.name == name }?.value }

  /// The value of a number or whole number.
  public func double(_ name: String) -> Double? { self[name]?.double }
  /// The value of a whole number.
  public func int(_ name: String) -> Int? { self[name]?.int }
  /// The value of a category.
  public func word(_ name: String) -> String? { self[name]?.word }
}

/// Whether small or large values are sought.
public enum SearchDirection: String, Hashable, Codable, Sendable, CaseIterable {
  case minimize, maximize

  /// The value as a loss.
  func loss(_ value: Double) -> Double { self == .minimize ? value : -value }
}
