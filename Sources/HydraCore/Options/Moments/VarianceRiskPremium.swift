import HydraNumerics

/// What options ask for variance above what the price then realised, or had realised before.
///
///     let premium = VarianceRiskPremium(implied: moments.varianceSwapRate, prices: closes, periodsPerYear: 252)
///     premium?.difference     // implied less realised variance per year; usually positive
///
/// Sources: P. Carr and L. Wu, "Variance risk premiums", Review of Financial Studies 22 (2009) 1311–1341 (who look at
/// realised less implied, the payer's side); T. Bollerslev, G. Tauchen and H. Zhou (2009) for the sign used here.
public struct VarianceRiskPremium: Hashable, Codable, Sendable {
  /// The model-free variance per year.
  public let implied: Double
  /// The realised variance per year.
  public let realised: Double

  /// - Parameters:
  ///   - implied: variance per year, as of `ImpliedMoments.varianceSwapRate`.
  ///   - realised: variance per year.
  public init(implied: Double, realised: Double) {
    (self.implied, self.realised) = (implied, realised)
  }

  /// Against the mean square of logarithmic returns, without subtracting their mean, as variance swaps settle.
  ///
  /// nil where there are fewer than two prices or one is not positive.
  public init?(implied: Double, prices: [Double], periodsPerYear: Double) {
    guard prices.count >= 2, prices.allSatisfy({ $0 > 0 && $0 < .infinity }) else { return nil }
    var sum = 0.0
    for (now, next) in zip(prices, prices.dropFirst()) {
      let change = Portable.log(next / now)
      sum += change * change
    }
    self.init(implied: implied, realised: sum / Double(prices.count - 1) * periodsPerYear)
  }

  /// Implied less realised variance, per year.
  public var difference: Double { implied - realised }
  /// ln(implied / realised): the premium as a rate, comparable over time; infinite where nothing was realised.
  public var logRatio: Double { Portable.log(implied / realised) }
}
