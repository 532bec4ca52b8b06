/// A correction of probabilities, or of scores, fitted to what came true.
public protocol Calibration: Sendable {
  /// The corrected probability of one score.
  func calibrated(_ score: Double) -> Double
}

extension Calibration {
  /// The corrected probabilities of many scores.
  public func calibrated(_ scores: [Double]) -> [Double] { scores.map { calibrated($0) } }
}
