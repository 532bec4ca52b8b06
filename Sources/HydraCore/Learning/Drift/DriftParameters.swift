import HydraNumerics

/// What is wrong with the name or the parameters of a detector.
public enum DriftDetectorError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownDetector(String, known: [String])
  case unknownParameter(String, detector: String, nearest: String)
  case badParameter(String, value: String, detector: String)

  public var description: String {
    switch self {
    case .unknownDetector(let name, let known):
      "unknown detector '\(name)'; known: \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let detector, let nearest):
      "\(detector) has no parameter '\(name)'; the nearest is '\(nearest)'"
    case .badParameter(let name, let value, let detector):
      "\(detector): '\(value)' is not a possible value of '\(name)'"
    }
  }
}

/// Reads the parameters of one detector from text and then complains about those it did not ask for.
struct DriftParameters {
  let detector: String
  let given: [String: String]
  private var known: [String] = []

  init(detector: String, given: [String: String]) { (self.detector, self.given) = (detector, given) }

  mutating func optionalNumber(
    _ name: String, where isPossible: (Double) -> Bool = { _ in true }
  ) throws(DriftDetectorError) -> Double? {
    known.append(name)
    guard let text = given[name] else { return nil }
    guard let value = Double(text), value.isFinite, isPossible(value) else {
      throw .badParameter(name, value: text, detector: detector)
    }
    return value
  }

  mutating func number(
    _ name: String, _ value: Double, where isPossible: (Double) -> Bool = { _ in true }
  ) throws(DriftDetectorError) -> Double {
    try optionalNumber(name, where: isPossible) ?? value
  }

  mutating func integer(
    _ name: String, _ value: Int, where isPossible: (Int) -> Bool = { $0 >= 1 }
  ) throws(DriftDetectorError) -> Int {
    let number = try optionalNumber(name) { $0 == $0.rounded() && abs($0) < 1e9 && isPossible(Int($0)) }
    return number.map { Int($0) } ?? value
  }

  mutating func flag(_ name: String, _ value: Bool) throws(DriftDetectorError) -> Bool {
    known.append(name)
    guard let text = given[name] else { return value }
    switch text.lowercased() {
    case "true", "1", "yes": return true
    case "false", "0", "no": return false
    default: throw .badParameter(name, value: text, detector: detector)
    }
  }

  mutating func choice<T: RawRepresentable<String>>(_ name: String, _ value: T) throws(DriftDetectorError) -> T {
    known.append(name)
    guard let text = given[name] else { return value }
    guard let choice = T(rawValue: text) else { throw .badParameter(name, value: text, detector: detector) }
    return choice
  }

  /// Words joined by plus signs.
  mutating func words(_ name: String) throws(DriftDetectorError) -> [String]? {
    known.append(name)
    guard let text = given[name] else { return nil }
    let words = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
    guard !words.contains("") else { throw .badParameter(name, value: text, detector: detector) }
    return words
  }

  func finish() throws(DriftDetectorError) {
    for name in given.keys.sorted() where !known.contains(name) {
      let nearest = known.min { (distance(name, $0), $0) < (distance(name, $1), $1) } ?? ""
      throw .unknownParameter(name, detector: detector, nearest: nearest)
    }
  }

  /// Levenshtein's edit distance.
  private func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let cost = x == y ? diagonal : 1 + min(diagonal, row[j], row[j + 1])
        (diagonal, row[j + 1]) = (row[j + 1], cost)
      }
    }
    return row[b.count]
  }
}
