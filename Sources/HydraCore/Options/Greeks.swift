/// The price of an option and its sensitivities up to third order.
///
/// Prices are in the unit of the forward, volatility and rate per 1.00, time in years. What carries a time derivative
/// (`theta`, `charm`, `veta`, `color`) is the change per year of calendar time, that is -∂/∂T.
///
/// Source of the formulas and names: E. G. Haug, The Complete Guide to Option Pricing Formulas, 2nd ed. (2007), ch. 2.
public struct Greeks: Hashable, Codable, Sendable {
  /// V, discounted.
  public var price: Double
  /// ∂V/∂F.
  public var delta: Double
  /// ∂²V/∂F².
  public var gamma: Double
  /// ∂V/∂σ, per 1.00 of volatility.
  public var vega: Double
  /// -∂V/∂T, per year.
  public var theta: Double
  /// ∂V/∂r at a fixed forward, per 1.00 of rate.
  public var rho: Double
  /// ∂²V/∂F∂σ.
  public var vanna: Double
  /// ∂²V/∂σ².
  public var volga: Double
  /// -∂²V/∂F∂T.
  public var charm: Double
  /// -∂²V/∂σ∂T.
  public var veta: Double
  /// ∂³V/∂F³.
  public var speed: Double
  /// ∂³V/∂F²∂σ.
  public var zomma: Double
  /// -∂³V/∂F²∂T.
  public var color: Double
  /// ∂³V/∂σ³.
  public var ultima: Double
  /// ∂V/∂K.
  public var dualDelta: Double
  /// ∂²V/∂K².
  public var dualGamma: Double

  /// A sensitivity by name; raw values are the column names of files.
  public enum Name: String, Hashable, Codable, CaseIterable, Sendable {
    case delta, gamma, vega, theta, rho, vanna, volga, charm, veta, speed, zomma, color, ultima
    case dualDelta = "dual_delta"
    case dualGamma = "dual_gamma"

    /// The five that every screen shows: delta, gamma, vega, theta, rho.
    public static let first: [Name] = [.delta, .gamma, .vega, .theta, .rho]
  }

  /// The sensitivity of that name.
  public subscript(name: Name) -> Double {
    switch name {
    case .delta: delta
    case .gamma: gamma
    case .vega: vega
    case .theta: theta
    case .rho: rho
    case .vanna: vanna
    case .volga: volga
    case .charm: charm
    case .veta: veta
    case .speed: speed
    case .zomma: zomma
    case .color: color
    case .ultima: ultima
    case .dualDelta: dualDelta
    case .dualGamma: dualGamma
    }
  }
}

/// Whether the inputs of a price made sense.
public enum PriceStatus: String, Hashable, Codable, CaseIterable, Sendable {
  /// The number is the price.
  case ok
  /// An input is NaN; so are the results.
  case nanInput = "nan_input"
  /// An input lies outside the model (negative time, volatility, strike or forward, infinite rate); results are NaN.
  case invalid

  /// The statuses of prices: numbers so large that a price cannot be told from them are outside the model too.
  static func checked(_ statuses: [PriceStatus], _ prices: [Double]) -> [PriceStatus] {
    var statuses = statuses
    for (index, price) in prices.enumerated() where price.isNaN && statuses[index] == .ok { statuses[index] = .invalid }
    return statuses
  }
}
