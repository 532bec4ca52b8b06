import HydraLearning
import HydraMarket
import HydraNumerics

/// A failure with the exit code that scripts rely on (after BSD's `sysexits.h`) and one line of text.
struct BenchError: Error, CustomStringConvertible {
  let code: Int32
  let description: String

  /// The call cannot be carried out as it stands.
  static func usage(_ message: String) -> BenchError { BenchError(code: 64, description: message) }
  /// A file does not hold what it should.
  static func badData(_ message: String) -> BenchError { BenchError(code: 65, description: message) }
  /// A result is wrong, so that its time is worth nothing.
  static func wrongResult(_ message: String) -> BenchError {
    BenchError(code: 70, description: "wrong result: \(message)")
  }

  /// The exit code for any error; 70, internal, for those without a meaning of their own.
  static func exitCode(of error: any Error) -> Int32 {
    switch error {
    case let error as BenchError: error.code
    case let error as FileError: error.reason.hasPrefix("No such file") ? 66 : 74
    case is CSVError, is JSONError, is DBNError: 65
    case is LightGBMParameterError, is TreeFitError, is DriftDetectorError, is SearchError: 64
    default: 70
    }
  }
}

/// Throws unless `holds`; the message is only made when it is needed.
func check(_ holds: Bool, _ message: @autoclosure () -> String) throws {
  guard holds else { throw BenchError.wrongResult(message()) }
}
