/// Why a price has no implied volatility.
public enum ImpliedVolatilityError: Error, Hashable, Sendable {
  /// The price is below what immediate exercise at the forward is worth; by how much.
  case belowIntrinsic(by: Double)
  /// The price is above the discounted forward (call) or strike (put); by how much.
  case aboveUpperBound(by: Double)
  /// An input is NaN.
  case notANumber
  /// An input lies outside the model: a negative or infinite strike, forward or time, or no time at all.
  case invalid
}

extension ImpliedVolatilityError: CustomStringConvertible {
  /// One sentence with the number that went wrong.
  public var description: String {
    switch self {
    case .belowIntrinsic(let gap): "the price is below intrinsic value by \(gap)"
    case .aboveUpperBound(let gap): "the price is above its upper bound by \(gap)"
    case .notANumber: "an input is not a number"
    case .invalid: "an input lies outside the model"
    }
  }
}

/// What became of an inversion.
public enum ImpliedVolatilityStatus: String, Hashable, Codable, CaseIterable, Sendable {
  /// The volatility reproduces the price.
  case ok
  /// The price is intrinsic value: volatility 0.
  case okZeroVolatility = "ok_zero_vol"
  /// The price is the upper bound: volatility ∞.
  case atMaximum = "at_maximum"
  /// The price is below intrinsic value: no volatility.
  case belowIntrinsic = "below_intrinsic"
  /// The price is above the upper bound: no volatility.
  case aboveMaximum = "above_maximum"
  /// An input is NaN: no volatility.
  case nanInput = "nan_input"
  /// An input lies outside the model: no volatility.
  case invalid
}
