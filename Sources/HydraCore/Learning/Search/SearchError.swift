/// What is wrong with a search space, a study or what is reported to it.
public enum SearchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A parameter of the space cannot be as it is described.
  case badParameter(name: String, problem: String)
  /// A word that is not known where it stands.
  case unknown(word: String, place: String, nearest: String?)
  /// A setting of a sampler or pruner outside its range.
  case badSetting(name: String, value: String, allowed: String)
  /// The sampler does not work for this space or these objectives.
  case unsuitable(sampler: String, problem: String)
  /// A trial that does not exist or is finished already.
  case notRunning(trial: Int)
  /// A result with another number of values than the study has objectives.
  case wrongCount(trial: Int, expected: Int, found: Int)
  /// Bytes that are no study.
  case malformed(String)

  public var description: String {
    switch self {
    case .badParameter(let name, let problem): "parameter '\(name)': \(problem)"
    case .unknown(let word, let place, let nearest):
      "\(place): unknown '\(word)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .badSetting(let name, let value, let allowed): "\(name) is \(value), not \(allowed)"
    case .unsuitable(let sampler, let problem): "sampler \(sampler): \(problem)"
    case .notRunning(let trial): "trial \(trial) is not running"
    case .wrongCount(let trial, let expected, let found):
      "trial \(trial): \(found) values for \(expected) objectives"
    case .malformed(let problem): "not a study: \(problem)"
    }
  }
}
