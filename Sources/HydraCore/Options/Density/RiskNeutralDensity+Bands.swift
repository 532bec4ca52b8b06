import HydraNumerics

/// A value and how uncertain it is.
public struct DensityEstimate: Hashable, Codable, Sendable {
  /// The estimate.
  public var value: Double
  /// Its standard deviation.
  public var standardError: Double

  /// The estimate less and plus so many standard errors.
  public func band(deviations: Double) -> ClosedRange<Double> {
    (value - deviations * standardError)...(value + deviations * standardError)
  }
}

extension RiskNeutralDensity {
  /// The density at a price with its standard error, both per unit of price.
  ///
  /// The variance is that of the parameters within each family (the inverse of the information, through secants)
  /// plus that between the families, by the law of total variance: it holds what noise in the quotes and the choice
  /// among the families leave open, not the possibility that all are wrong. Zero for the density of a smile.
  public func densityEstimate(at price: Double) -> DensityEstimate {
    guard price > 0 else { return DensityEstimate(value: density(at: price), standardError: 0) }
    return DensityEstimate(
      value: density(at: price), standardError: deviation(densityVariance, at: price) / price)
  }

  /// The probability below a price with its standard error.
  public func probabilityEstimate(below price: Double) -> DensityEstimate {
    DensityEstimate(
      value: probability(below: price), standardError: price > 0 ? deviation(cumulativeVariance, at: price) : 0)
  }

  /// A quantile with its standard error: that of the probability there, over the density.
  public func quantileEstimate(_ probability: Double) -> DensityEstimate {
    let price = quantile(probability)
    let error = probabilityEstimate(below: price).standardError
    return DensityEstimate(value: price, standardError: error == 0 ? 0 : error / density(at: price))
  }

  /// The interval of a density, so many standard errors to either side, not below zero.
  public func band(at price: Double, deviations: Double) -> ClosedRange<Double> {
    let estimate = densityEstimate(at: price)
    let reach = deviations * estimate.standardError
    return max(estimate.value - reach, 0)...max(estimate.value + reach, 0)
  }

  /// The root of a variance at the nodes, linear between them.
  private func deviation(_ variance: [Double], at price: Double) -> Double {
    guard !variance.isEmpty else { return 0 }
    let position = (Portable.log(price / forward) + grid.nodes.halfWidth) / grid.nodes.step
    guard position >= 0, position < Double(variance.count - 1) else { return 0 }
    let i = Int(position)
    let t = position - Double(i)
    return ((1 - t) * variance[i] + t * variance[i + 1]).squareRoot()
  }
}
