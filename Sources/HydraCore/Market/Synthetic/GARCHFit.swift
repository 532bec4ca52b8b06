import HydraNumerics

/// A GARCH(1,1) with leverage and Student errors, fitted by maximum likelihood.
///
/// ```
/// r_t = √h_t z_t,   h_t = ω + (α + γ [r_{t-1} < 0]) r²_{t-1} + β h_{t-1},   z_t ~ t_ν of variance one
/// ```
/// Fitted by the simplex search of Nelder and Mead on transformed parameters, so that every point visited is a valid
/// model with persistence below one. Returns are scaled to variance one for the search.
///
/// Source: L. Glosten, R. Jagannathan, D. Runkle, J. Finance 48 (1993) 1779-1801; J. Nelder, R. Mead, Computer
/// Journal 7 (1965) 308-313.
public struct GARCHFit: Hashable, Codable, Sendable {
  public var omega: Double
  public var alpha: Double
  public var gamma: Double
  public var beta: Double
  public var degrees: Double
  public var logLikelihood: Double

  /// How much of a variance shock is there on the next day: α + γ/2 + β.
  public var persistence: Double { alpha + 0.5 * gamma + beta }

  /// - Precondition: at least 100 returns that are not all the same.
  public init(_ returns: [Double]) {
    precondition(returns.count >= 100, "too few returns: \(returns.count)")
    let deviation = StylizedFacts.standardDeviation(returns)
    let scaled = returns.map { $0 / deviation }
    let best = Self.simplex(start: [Self.logit(0.97), Self.logit(0.1), 0, Portable.log(4)]) { point in
      -Self.likelihood(Self.model(point), scaled)
    }
    self = Self.model(best)
    logLikelihood = Self.likelihood(self, scaled) - Double(returns.count) * Portable.log(deviation)
    omega *= deviation * deviation
  }

  private init(omega: Double, alpha: Double, gamma: Double, beta: Double, degrees: Double) {
    (self.omega, self.alpha, self.gamma, self.beta, self.degrees) = (omega, alpha, gamma, beta, degrees)
    logLikelihood = .nan
  }

  /// Coordinates: logit of persistence, logit of the share of it that is news, asymmetry of the news, ln(ν - 2).
  /// ω follows from the scaled variance of one.
  private static func model(_ point: [Double]) -> GARCHFit {
    let persistence = Portable.logistic(point[0])
    let news = persistence * Portable.logistic(point[1])
    let tilt = Portable.tanh(point[2])
    // α = news (1 - tilt) and α + γ = news (1 + tilt): both stay positive.
    return GARCHFit(
      omega: 1 - persistence, alpha: news * (1 - tilt), gamma: 2 * news * tilt, beta: persistence - news,
      degrees: 2 + Portable.exp(min(point[3], 5)))
  }

  private static func likelihood(_ fit: GARCHFit, _ returns: [Double]) -> Double {
    let degrees = fit.degrees
    let scale = 1 / (degrees - 2)
    let constant = StudentLikelihood.constant(degrees) + 0.5 * Portable.log(degrees / (degrees - 2))
    var variance = 1.0
    var sum = Double(returns.count) * constant
    for value in returns {
      let square = value * value
      sum -= 0.5 * Portable.log(variance) + 0.5 * (degrees + 1) * Portable.log(1 + square / variance * scale)
      variance = fit.omega + (value < 0 ? fit.alpha + fit.gamma : fit.alpha) * square + fit.beta * variance
    }
    return sum
  }

  private static func logit(_ p: Double) -> Double { Portable.log(p / (1 - p)) }

  /// Minimises a function of few variables; 400 steps at most.
  private static func simplex(start: [Double], _ value: ([Double]) -> Double) -> [Double] {
    let count = start.count
    var corners = [(point: start, value: value(start))]
    for index in 0..<count {
      var point = start
      point[index] += 0.5
      corners.append((point, value(point)))
    }
    func mix(_ center: [Double], _ corner: [Double], _ factor: Double) -> [Double] {
      zip(center, corner).map { $0 + factor * ($1 - $0) }
    }
    for _ in 0..<400 {
      corners.sort { $0.value < $1.value }
      if corners[count].value - corners[0].value < 1e-7 { break }
      let center = (0..<count).map { axis in corners[..<count].reduce(0) { $0 + $1.point[axis] } / Double(count) }
      let worst = corners[count]
      let reflected = mix(center, worst.point, -1)
      let reflectedValue = value(reflected)
      if reflectedValue < corners[0].value {
        let expanded = mix(center, worst.point, -2)
        let expandedValue = value(expanded)
        corners[count] = expandedValue < reflectedValue ? (expanded, expandedValue) : (reflected, reflectedValue)
      } else if reflectedValue < corners[count - 1].value {
        corners[count] = (reflected, reflectedValue)
      } else {
        let contracted = mix(center, reflectedValue < worst.value ? reflected : worst.point, 0.5)
        let contractedValue = value(contracted)
        if contractedValue < min(worst.value, reflectedValue) {
          corners[count] = (contracted, contractedValue)
        } else {
          for index in 1...count {
            let point = mix(corners[0].point, corners[index].point, 0.5)
            corners[index] = (point, value(point))
          }
        }
      }
    }
    return corners.min { $0.value < $1.value }!.point
  }
}
