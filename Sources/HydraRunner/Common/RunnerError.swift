import HydraCore

/// Exit codes of the runner, after BSD's `sysexits.h`.
enum ExitStatus: Int32 {
  case usage = 64
  case badData = 65
  case noInput = 66
  case unavailable = 69
  case internalError = 70
  case cannotCreate = 73
  case inputOutput = 74
  case tryAgain = 75
  case badConfiguration = 78
}

/// A failure with the exit code that scripts rely on and one line of text.
struct RunnerError: Error, CustomStringConvertible {
  var status: ExitStatus
  var message: String
  var hint: String?

  init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
    self.status = status
    self.message = message
    self.hint = hint
  }

  var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

extension ExitStatus {
  /// The code that stands for a library's error; nil for errors of the argument parser.
  init?(_ error: any Error) {
    switch error {
    case let error as RunnerError: self = error.status
    case let error as FileError where error.offset != nil: self = .badData
    case let error as FileError: self = error.reason.hasPrefix("No such file") ? .noInput : .inputOutput
    case let error as MarketDataError:
      switch error {
      case .missingFile: self = .noInput
      case .unknownMarket: self = .usage
      case .malformed: self = .badData
      }
    case let error as StoreError: self = ExitStatus(error)
    case is MappingError: self = .badConfiguration
    case is RepairRuleError: self = .usage
    case is CSVError, is JSONError, is TableFeatureError, is LightGBMFileError, is EvaluationError, is AccountingError:
      self = .badData
    case is ScenarioError, is DBNError: self = .badData
    case is FeedError: self = .badData
    case is TreeFitError, is LightGBMParameterError, is DriftDetectorError, is Agent.RunError: self = .usage
    case is HTTPError, is LanguageModelError, is LoopbackPages.ServerError: self = .unavailable
    case let error as PaperBroker.LedgerError:
      if case .cannotWrite = error { self = .inputOutput } else { self = .badData }
    case is LanguageSettingsError: self = .badConfiguration
    case is ExplanationError, is MetricError: self = .badData
    case is SearchError: self = .usage
    default: return nil
    }
  }

  private init(_ error: StoreError) {
    switch error {
    case .badLocation: self = .usage
    case .notBuilt: self = .badConfiguration
    case .noFile: self = .noInput
    case .cannotOpen: self = .cannotCreate
    case .notAStore, .newerSchema, .olderSchema, .damaged, .invalidFact: self = .badData
    case .readOnly, .diskFull, .inputOutput: self = .inputOutput
    case .busy: self = .tryAgain
    case .notFound: self = .noInput
    case .conflict, .journalMismatch: self = .badData
    case .database: self = .internalError
    }
  }
}
