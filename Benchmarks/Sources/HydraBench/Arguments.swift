/// The words of one call: positional ones in order, and options with a value each.
struct Arguments {
  private let call: String
  private let positional: [String]
  private let options: [String: [String]]

  /// Sorts the words; options that the call does not know are errors.
  init(_ words: ArraySlice<String>, call: String, positional count: Int, options known: [String]) throws {
    var positional: [String] = []
    var options: [String: [String]] = [:]
    var words = words
    while let word = words.popFirst() {
      guard word.hasPrefix("--") else {
        positional.append(word)
        continue
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard known.contains(name) else {
        let list = known.map { "--\($0)" }.joined(separator: ", ")
        throw BenchError.usage("\(call): unknown option '--\(name)'; options: \(list)")
      }
      guard let value = parts.count == 2 ? String(parts[1]) : words.popFirst() else {
        throw BenchError.usage("\(call): option '--\(name)' has no value")
      }
      options[name, default: []].append(value)
    }
    guard positional.count == count else {
      throw BenchError.usage("\(call): \(positional.count) arguments where \(count) are needed; see hydra-bench --help")
    }
    (self.call, self.positional, self.options) = (call, positional, options)
  }

  subscript(index: Int) -> String { positional[index] }

  /// All values of an option that may be repeated.
  func all(_ name: String) -> [String] { options[name] ?? [] }

  /// The last value of an option.
  func optional(_ name: String) -> String? { options[name]?.last }

  func required(_ name: String) throws -> String {
    guard let value = optional(name) else { throw BenchError.usage("\(call): --\(name) is needed") }
    return value
  }

  /// A whole number of at least `least`.
  func whole(_ name: String, default value: Int, least: Int = 1) throws -> Int {
    guard let text = optional(name) else { return value }
    guard let number = Int(text), number >= least else {
      throw BenchError.usage("\(call): '\(text)' is not a possible value of --\(name)")
    }
    return number
  }
}
