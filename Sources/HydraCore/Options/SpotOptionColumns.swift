/// Many European options on spot assets as a structure of arrays: element i of every array belongs to option i.
public struct SpotOptionColumns: Hashable, Codable, Sendable {
  public var kinds: [OptionKind]
  /// Prices of the assets.
  public var spots: [Double]
  /// Strikes, in the unit of the spots.
  public var strikes: [Double]
  /// Times to expiry in years.
  public var years: [Double]
  /// Continuously compounded rates per year.
  public var rates: [Double]
  /// Continuously compounded yields per year.
  public var dividendYields: [Double]

  /// - Precondition: the arrays have one length; no yields mean yields of zero.
  public init(
    kinds: [OptionKind], spots: [Double], strikes: [Double], years: [Double], rates: [Double],
    dividendYields: [Double]? = nil
  ) {
    self.kinds = kinds
    self.spots = spots
    self.strikes = strikes
    self.years = years
    self.rates = rates
    self.dividendYields = dividendYields ?? Array(repeating: 0, count: kinds.count)
    precondition(hasOneLength, "the columns of options differ in length")
  }

  /// The number of options.
  public var count: Int { kinds.count }

  var hasOneLength: Bool {
    [spots.count, strikes.count, years.count, rates.count, dividendYields.count].allSatisfy { $0 == kinds.count }
  }
}

/// The price of an option on a spot asset and its sensitivities: those of `Greeks`, with derivatives by the forward
/// taken by the spot, `rho` and the time derivatives at a fixed spot, and psi.
@dynamicMemberLookup
public struct SpotGreeks: Hashable, Codable, Sendable {
  /// Price and the sensitivities that every model has.
  public var greeks: Greeks
  /// ∂V/∂q, per 1.00 of dividend yield.
  public var psi: Double

  /// The price or a sensitivity, as in `spotGreeks.delta`.
  public subscript(dynamicMember member: KeyPath<Greeks, Double>) -> Double { greeks[keyPath: member] }

  /// The sensitivity of that name.
  public subscript(name: Greeks.Name) -> Double { greeks[name] }
}

/// Prices, Greeks and psi of many options on spot assets.
public struct SpotGreekColumns: Sendable {
  /// Price, statuses and the sensitivities that every model has.
  public internal(set) var greeks: GreekColumns
  /// ∂V/∂q of every option; NaN where the status is not ok.
  public internal(set) var psis: [Double]

  /// Discounted prices; NaN where the status is not ok.
  public var prices: [Double] { greeks.prices }
  /// Whether each price could be computed.
  public var statuses: [PriceStatus] { greeks.statuses }

  /// One sensitivity of every option.
  public subscript(name: Greeks.Name) -> [Double] { greeks[name] }
}
