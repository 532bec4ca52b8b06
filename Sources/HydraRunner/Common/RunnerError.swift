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
