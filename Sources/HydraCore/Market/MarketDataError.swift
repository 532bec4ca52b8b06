/// Why a folder of market data could not be read.
///
/// Odd *values* do not end up here: they are ``DataFinding``s. These are the cases in which reading on would mean
/// guessing.
public enum MarketDataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file or folder that has to be there is not.
  case missingFile(path: String)
  /// A file is not what its name says.
  case malformed(file: String, line: Int?, column: String?, value: String?, expected: String)
  /// No market of this name is known; `known` lists those that are.
  case unknownMarket(String, known: [String])

  public var description: String {
    switch self {
    case .missingFile(let path): return "\(path): no such file"
    case .malformed(let file, let line, let column, let value, let expected):
      var text = file
      if let line { text += ":\(line)" }
      text += ": "
      if let column { text += "column '\(column)': " }
      return text + (value.map { "'\($0)' is not \(expected)" } ?? expected)
    case .unknownMarket(let name, let known):
      return "unknown market '\(name)'; known are \(known.joined(separator: ", "))"
    }
  }
}
