import HydraNumerics

/// The density of the price at expiry that option prices imply, under which the forward is the mean.
///
/// Breeden and Litzenberger: the undiscounted price of a call is C(K) = ∫ max(S - K, 0) f(S) dS, so f(K) = C''(K) and
/// the probability below K is 1 + C'(K). Quotes carry too much noise to be differenced; five families of densities are
/// fitted to them and averaged (see `init(fitting:…)`), or a smile's second derivative is taken (`init(_:strikes:)`).
///
/// The density lives on x = ln(S/F) by cubic pieces: nowhere negative, mass 1 and mean F to rounding, the cumulative
/// probability never falls. Tails are those of the families: each is defined on the whole half-line, and what
/// is kept reaches twelve standard deviations; below and above there is no mass.
///
///     let density = try RiskNeutralDensity(fitting: quotes, in: market)
///     density.probability(below: 340)      // of the price at expiry
///     density.quantile(0.05)
///     density.band(at: 340, deviations: 1.645)
///
/// Source: D. T. Breeden and R. H. Litzenberger, "Prices of state-contingent claims implicit in option prices",
/// J. Business 51 (1978) 621–651.
public struct RiskNeutralDensity: Hashable, Codable, Sendable {
  /// The mean, in the unit of the strikes.
  public let forward: Double
  /// Time to expiry in years.
  public let years: Double
  /// The families that were averaged with their weights, the heaviest first; empty for the density of a smile.
  public internal(set) var models: [ModelWeight] = []
  /// The mean square of the best family's residuals in units of what the spreads allow; above 1 where no family
  /// explains the quotes. 1 for the density of a smile.
  public internal(set) var excess = 1.0
  var grid: DensityGrid
  /// Variances of the density of x and of the cumulative probability at the nodes.
  var densityVariance: [Double] = []
  var cumulativeVariance: [Double] = []

  /// A family and its share of the average.
  public struct ModelWeight: Hashable, Codable, Sendable {
    public let model: DensityModel
    /// 0...1; the weights of a density sum to 1.
    public let weight: Double
  }

  /// How densities are fitted.
  public struct Settings: Hashable, Codable, Sendable {
    /// The families that may enter the average.
    public var models = DensityModel.allCases
    /// Nodes in ln(S/F).
    public var nodes = 1025

    public init() {}
  }

  init(forward: Double, years: Double, grid: DensityGrid) {
    (self.forward, self.years, self.grid) = (forward, years, grid)
  }

  // MARK: - Functions of the price

  /// The density at a price, per unit of price; 0 at prices that are not positive.
  public func density(at price: Double) -> Double {
    guard price > 0 else { return price.isNaN ? .nan : 0 }
    return grid.density(Portable.log(price / forward)) / price
  }

  /// The probability that the price at expiry is below this one.
  public func probability(below price: Double) -> Double {
    guard price > 0 else { return price.isNaN ? .nan : 0 }
    return grid.cumulative(Portable.log(price / forward))
  }

  /// The probability that the price at expiry is above this one.
  public func probability(above price: Double) -> Double { 1 - probability(below: price) }

  /// The price below which the probability is this, 0...1; NaN outside.
  public func quantile(_ probability: Double) -> Double { forward * Portable.exp(grid.quantile(probability)) }

  /// The undiscounted value of a European option: E[max(±(S - K), 0)].
  public func value(_ kind: OptionKind, strike: Double) -> Double {
    grid.expectation { kind.payoff(forward: forward * Portable.exp($0), strike: strike) }
  }

  // MARK: - Summary numbers

  /// The total probability: 1 to rounding.
  public var mass: Double { grid.cumulative.last ?? 0 }
  /// The expected price at expiry: the forward to rounding.
  public var mean: Double { forward * (1 + grid.expectation { Portable.expm1($0) }) }
  /// What a smile's density had below zero before that was set to zero: 0 for a smile without butterfly arbitrage.
  public var negativeMass: Double { grid.negativeMass }
  /// The expected logarithmic return E[ln(S/F)].
  public var logMean: Double { grid.expectation { $0 } }
  /// The variance of ln(S/F) over the time to expiry (not per year).
  public var variance: Double { centralMoment(2) }
  /// The skewness of ln(S/F).
  public var skewness: Double {
    let variance = variance
    return centralMoment(3) / (variance * variance.squareRoot())
  }
  /// The kurtosis of ln(S/F); 3 for a lognormal price.
  public var kurtosis: Double {
    let variance = variance
    return centralMoment(4) / (variance * variance)
  }
  /// The fair rate of a variance swap on a path without jumps, per year: -2/T E[ln(S/F)].
  ///
  /// Its root is the volatility that a VIX-style index over all strikes shows.
  public var varianceSwapRate: Double { -2 / years * logMean }

  private func centralMoment(_ power: Int) -> Double {
    let centre = logMean
    return grid.expectation { x in (0..<power).reduce(1) { product, _ in product * (x - centre) } }
  }
}
