import HydraNumerics

/// The price of an American option and its sensitivities.
///
/// Units and signs are those of `Greeks`: volatility and rates per 1.00, theta per year of calendar time.
public struct AmericanGreeks: Hashable, Codable, Sendable {
  /// V.
  public var price: Double
  /// What the right to exercise early adds to the European price.
  public var premium: Double
  /// ∂V/∂S, S the spot or the futures price.
  public var delta: Double
  /// ∂²V/∂S².
  public var gamma: Double
  /// ∂V/∂σ, per 1.00 of volatility.
  public var vega: Double
  /// -∂V/∂T, per year.
  public var theta: Double
  /// ∂V/∂r per 1.00 of rate: at a fixed forward for futures, at a fixed spot and yield else.
  public var rho: Double
  /// ∂V/∂q per 1.00 of yield, for options on a spot price; nil for futures.
  public var psi: Double?
  /// ∂V/∂K.
  public var dualDelta: Double
  /// ∂²V/∂K².
  public var dualGamma: Double

  /// The sensitivity of that name, nil for those that are not computed for American options (vanna, volga and the
  /// others of second and third order that mix volatility or time).
  public subscript(name: Greeks.Name) -> Double? {
    switch name {
    case .delta: delta
    case .gamma: gamma
    case .vega: vega
    case .theta: theta
    case .rho: rho
    case .dualDelta: dualDelta
    case .dualGamma: dualGamma
    case .vanna, .volga, .charm, .veta, .speed, .zomma, .color, .ultima: nil
    }
  }

  /// Where the option is worth `price` whatever happens nearby.
  static func flat(_ price: Double, delta: Double, dualDelta: Double) -> Self {
    Self(
      price: price, premium: 0, delta: delta, gamma: 0, vega: 0, theta: 0, rho: 0, psi: 0, dualDelta: dualDelta,
      dualGamma: 0)
  }

  static let undefined = Self(
    price: .nan, premium: .nan, delta: .nan, gamma: .nan, vega: .nan, theta: .nan, rho: .nan, psi: .nan,
    dualDelta: .nan, dualGamma: .nan)
}
