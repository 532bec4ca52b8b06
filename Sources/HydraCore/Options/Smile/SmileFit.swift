/// How well a smile's parameters are known from the quotes that they were fitted to.
public struct SmileFit: Hashable, Codable, Sendable {
  /// Σ w r², r in volatility (SABR) or in total variance (SVI, SSVI).
  public var sumOfSquares: Double
  /// The number of quotes with a positive weight.
  public var count: Int
  /// √(Σ w r² / n).
  public var rootMeanSquareError: Double
  /// Names of the parameters that were fitted, in the order of `covariance`.
  public var parameters: [String]
  /// The covariance of the fitted parameters, (JᵀWJ)⁻¹ Σ w r² / (n - p); nil without more quotes than parameters or
  /// where the quotes do not determine all of them. A parameter at its bound counts as not fitted there.
  public var covariance: [[Double]]?
  /// Steps tried.
  public var iterations: Int

  public init(
    sumOfSquares: Double, count: Int, rootMeanSquareError: Double, parameters: [String], covariance: [[Double]]?,
    iterations: Int
  ) {
    (self.sumOfSquares, self.count, self.rootMeanSquareError) = (sumOfSquares, count, rootMeanSquareError)
    (self.parameters, self.covariance, self.iterations) = (parameters, covariance, iterations)
  }

  /// The standard error of each fitted parameter.
  public var standardErrors: [Double]? {
    covariance.map { rows in rows.indices.map { max(rows[$0][$0], 0).squareRoot() } }
  }
}

/// Why no smile could be fitted.
public enum SmileFitError: Error, Hashable, Sendable {
  /// There are fewer usable quotes than the model needs.
  case tooFewQuotes(count: Int, needed: Int)
  /// A quote's strike, volatility or weight is not a possible number; its index and the number.
  case impossibleQuote(index: Int, value: Double)
  /// Forward, time or a setting is not a possible number; what it is and the number.
  case impossibleMarket(name: String, value: Double)
}

extension SmileFitError: CustomStringConvertible {
  /// One sentence with the number that went wrong.
  public var description: String {
    switch self {
    case .tooFewQuotes(let count, let needed): "\(count) quotes where the fit needs \(needed)"
    case .impossibleQuote(let index, let value): "quote \(index): \(value) is not possible here"
    case .impossibleMarket(let name, let value): "\(name) is \(value)"
    }
  }
}

/// The checks that every fit of a smile makes.
enum SmileInput {
  static func check(
    forward: Double, years: Double, shift: Double = 0, strikes: [Double], volatilities: [Double], weights: [Double]?,
    needed: Int
  ) throws(SmileFitError) {
    precondition(strikes.count == volatilities.count, "strikes and volatilities differ in number")
    precondition(weights == nil || weights!.count == strikes.count, "strikes and weights differ in number")
    guard years > 0, years < .infinity else { throw .impossibleMarket(name: "time to expiry", value: years) }
    guard forward + shift > 0, forward < .infinity else { throw .impossibleMarket(name: "forward", value: forward) }
    var count = 0
    for index in strikes.indices {
      guard strikes[index] + shift > 0, strikes[index] < .infinity else {
        throw .impossibleQuote(index: index, value: strikes[index])
      }
      guard volatilities[index] > 0, volatilities[index] < .infinity else {
        throw .impossibleQuote(index: index, value: volatilities[index])
      }
      let weight = weights?[index] ?? 1
      guard weight >= 0, weight < .infinity else { throw .impossibleQuote(index: index, value: weight) }
      if weight > 0 { count += 1 }
    }
    guard count >= needed else { throw .tooFewQuotes(count: count, needed: needed) }
  }
}
