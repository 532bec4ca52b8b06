/// A parameter that cannot be used.
public enum LightGBMParameterError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(name: String, nearest: String)
  case badValue(name: String, value: String)

  public var description: String {
    switch self {
    case .unknown(let name, let nearest): "unknown parameter '\(name)'; the nearest known one is '\(nearest)'"
    case .badValue(let name, let value): "'\(value)' is not a value that parameter '\(name)' can have here"
    }
  }
}
