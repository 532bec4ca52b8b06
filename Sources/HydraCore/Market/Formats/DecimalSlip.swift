import HydraNumerics

/// A price whose decimal point is misplaced, recognised by a price that it should be near to.
struct DecimalSlip {
  /// No futures price quadruples between two rows; a misplaced decimal point is a factor of ten or more.
  static let jumpFactor = 4.0
  /// Largest factor that is left after the point was put right: ten thousand times out is no slip.
  static let tolerance = 1.5

  /// The price with its point put right.
  let corrected: Double
  /// Ten, hundred, thousand, or one part of them: what the price was multiplied by.
  let factor: Double

  /// Nil when no shift of the point by up to three places brings `price` near `reference`.
  init?(_ price: Double, reference: Double) {
    for power in [10.0, 100, 1000] {
      for (corrected, factor) in [(price / power, power), (price * power, 1 / power)]
      where corrected <= reference * Self.tolerance && reference <= corrected * Self.tolerance {
        (self.corrected, self.factor) = (corrected, factor)
        return
      }
    }
    return nil
  }

  static func isNear(_ a: Double, _ b: Double) -> Bool { a <= b * jumpFactor && b <= a * jumpFactor }

  /// What a price far from its reference becomes under the rules, with the finding; the caller adds place and date.
  ///
  /// - Returns: nil for a price that is near. `price` is nil where it is dropped.
  static func judge(
    _ price: Double, reference: Double, referenceName: String, rules: RepairRules
  ) -> (kind: DataFinding.Kind, price: Double?, after: String?, message: String)? {
    guard !isNear(price, reference) else { return nil }
    let against = "\(referenceName), \(NumberText.text(reference))"
    guard let slip = DecimalSlip(price, reference: reference) else {
      return (
        .badValue, rules[.badValue] == .keep ? price : nil, nil,
        "more than \(NumberText.text(jumpFactor)) times away from \(against)"
      )
    }
    let message = "\(NumberText.text(slip.factor)) times the size that follows from \(against)"
    switch rules[.badTick] {
    case .keep: return (.badTick, price, nil, message)
    case .drop: return (.badTick, nil, nil, message)
    case .correct: return (.badTick, slip.corrected, NumberText.text(slip.corrected), message)
    }
  }
}
