/// A fault in a table of text, with the place where it is.
///
///     prices.csv:12: column 'strike': 'abc' is not a number
public struct CSVError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as it was named to the reader; `-` is standard input.
  public let file: String
  /// Line in the file, the first being 1; nil when the fault is of the whole file.
  public let line: Int?
  /// The name of the column; nil when the fault is of a whole line.
  public let column: String?
  /// The text of the field.
  public let value: String?
  /// What is wrong, as in `is not a number`; follows the value where there is one.
  public let problem: String

  public init(file: String, line: Int? = nil, column: String? = nil, value: String? = nil, problem: String) {
    self.file = file
    self.line = line
    self.column = column
    self.value = value
    self.problem = problem
  }

  /// A field that is not what it should be; `expected` completes "is not …", as in `a number`.
  public init(file: String, line: Int?, column: String?, value: String, expected: String) {
    self.init(
      file: file, line: line, column: column, value: value.isEmpty ? nil : value,
      problem: value.isEmpty ? "is missing, \(expected) is needed" : "is not \(expected)")
  }

  public var description: String {
    var text = file == "-" ? "standard input" : file
    if let line { text += ":\(line)" }
    if let column { text += ": column '\(column)'" }
    if let value {
      let shown = value.count > 60 ? String(value.prefix(57)) + "..." : value
      return text + ": '\(shown)' \(problem)"
    }
    return text + (column == nil ? ": " : " ") + problem
  }
}
