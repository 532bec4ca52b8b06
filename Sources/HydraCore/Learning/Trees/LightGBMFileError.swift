/// Where and why a LightGBM text model could not be read.
public struct LightGBMFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counted from 1.
  public var line: Int
  /// The key at fault, as in `left_child`.
  public var key: String
  /// What is wrong with its value.
  public var message: String

  public var description: String { "line \(line): \(key): \(message)" }
}
