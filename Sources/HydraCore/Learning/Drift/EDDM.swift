/// Early drift detection method: reports when the distance between the errors of a learner shrinks.
///
/// With m and s the mean and sample standard deviation of the number of values from one error (1) to the next, warning
/// and drift are reported when (m + 2s) falls below `alpha` and `beta` times its greatest. A warning lasts until the
/// next error. Values outside 0...1 are counted and left out.
///
/// Source: M. Baena-García et al., "Early drift detection method", IWKDDS 2006; steps as in river 0.26
/// (`drift.binary.EDDM`).
public struct EDDM: DriftDetector, Hashable, Codable {
  /// Number of values, and of errors, before anything is reported.
  public let warmStart: Int
  public let alpha: Double
  public let beta: Double
  public private(set) var notFinite = 0

  private var count = 0
  private var lastError = 0
  private var errors = 0
  private var mean = 0.0
  private var squares = 0.0
  private var greatest = 0.0
  private var greatestCount = 0
  private var state = DriftState.stable

  public init(warmStart: Int = 30, alpha: Double = 0.95, beta: Double = 0.9) {
    precondition(alpha >= beta, "alpha \(alpha) is below beta \(beta)")
    (self.warmStart, self.alpha, self.beta) = (warmStart, alpha, beta)
  }

  public var changeAge: Int? { count - greatestCount }
  public var internals: [(name: String, value: Double)] { [("mean", mean), ("greatest", greatest)] }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value >= 0, value <= 1 else {
      notFinite += 1
      return .stable
    }
    if state == .drift {
      (count, lastError, errors, mean, squares, greatest, state) = (0, 0, 0, 0, 0, 0, .stable)
      greatestCount = 0
    }
    count += 1
    guard value == 1 else { return state }
    errors += 1
    let distance = Double(count - lastError)
    lastError = count
    let step = distance - mean
    mean += step / Double(errors)
    squares += step * (distance - mean)
    guard count > warmStart else { return state }
    let deviation = errors > 1 ? (squares / Double(errors - 1)).squareRoot() : 0
    let level = mean + 2 * deviation
    if level > greatest {
      (greatest, greatestCount) = (level, count)
    } else if errors > warmStart {
      let share = level / greatest
      state = share < beta ? .drift : share < alpha ? .warning : .stable
    }
    return state
  }
}
