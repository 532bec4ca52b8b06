/// How the price of an American option is computed.
public enum AmericanMethod: String, Hashable, Codable, CaseIterable, Sendable {
  /// Spectral collocation of the exercise boundary with 24 nodes: within 1e-9 of the strike.
  case accurate
  /// The same with 8 nodes: within 1e-6 of the strike.
  case fast
  /// The quadratic approximation of Barone-Adesi and Whaley (1987): a few thousandths of the strike.
  case baw
  /// The flat boundary of Bjerksund and Stensland (1993).
  case bjs1993
  /// The boundary of two steps of Bjerksund and Stensland (2002).
  case bjs2002

  /// The collocation scheme, for the two methods that have one.
  var scheme: AmericanScheme? {
    switch self {
    case .accurate: .accurate
    case .fast: .fast
    case .baw, .bjs1993, .bjs2002: nil
    }
  }
}
