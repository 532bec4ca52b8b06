/// A family of densities of the price at expiry, each with the forward as its mean.
public enum DensityModel: String, Hashable, Codable, CaseIterable, Sendable {
  /// One lognormal: a flat smile. One parameter.
  case lognormal
  /// Two lognormals, also with two modes. Four parameters.
  case mixture
  /// Hagan's lognormal smile with β = 1. Three parameters.
  case sabr
  /// Heston's stochastic variance. Five parameters.
  case heston
  /// Merton's lognormal jumps at Poisson times. Four parameters.
  case merton

  /// How many parameters the family has.
  public var parameterCount: Int {
    switch self {
    case .lognormal: 1
    case .mixture, .merton: 4
    case .sabr: 3
    case .heston: 5
    }
  }
}
