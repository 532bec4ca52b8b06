import HydraNumerics

/// Strikes in units of the forward, with their logarithms.
struct StrikeLadder: Sendable {
  var strikes: [Double]
  var logStrikes: [Double]

  init(_ strikes: [Double]) {
    self.strikes = strikes
    logStrikes = strikes.map(Portable.log)
  }
}

/// Densities of x = ln(S/F) with E[eˣ] = 1 and a few unbounded parameters.
///
/// A weak prior, normal in the parameters, keeps those in the range of quoted markets that a ladder of one expiry cannot
/// tell apart (κ against θ of Heston, intensity against size of jumps).
protocol DensityFamily: Sendable {
  var model: DensityModel { get }
  /// First guesses.
  var starts: [[Double]] { get }
  /// Standard scores of the parameters under the prior.
  func prior(_ p: [Double]) -> [Double]
  /// E[max(eˣ - k, 0)] at each strike.
  func calls(_ p: [Double], _ ladder: StrikeLadder) -> [Double]
  /// The density at each node.
  func density(_ p: [Double], on nodes: LogNodes) -> [Double]
}

/// A sum of weighted lognormals, the arithmetic of three families.
struct LognormalSum {
  /// Weights, logarithms of the means, and standard deviations of the logarithms.
  var parts: [(weight: Double, logMean: Double, deviation: Double)]

  func calls(_ ladder: StrikeLadder) -> [Double] {
    var result = [Double](repeating: 0, count: ladder.strikes.count)
    for part in parts {
      let (s, mean) = (part.deviation, Portable.exp(part.logMean))
      for i in result.indices {
        let d = (part.logMean - ladder.logStrikes[i]) / s + s / 2
        let value = mean * Portable.normalCDF(d) - ladder.strikes[i] * Portable.normalCDF(d - s)
        result[i] += part.weight * value
      }
    }
    return result
  }

  func density(on nodes: LogNodes) -> [Double] {
    var result = [Double](repeating: 0, count: nodes.count)
    for part in parts {
      let centre = part.logMean - part.deviation * part.deviation / 2
      let height = part.weight * 0.3989422804014327 / part.deviation
      for i in result.indices {
        let z = (nodes[i] - centre) / part.deviation
        if abs(z) < 38 { result[i] += height * Portable.exp(-0.5 * z * z) }
      }
    }
    return result
  }
}

/// One lognormal; the parameter is ln(σ√T).
struct LognormalFamily: DensityFamily {
  let scale: Double
  let model = DensityModel.lognormal

  var starts: [[Double]] { [[Portable.log(scale)]] }
  func prior(_ p: [Double]) -> [Double] { [] }

  private func sum(_ p: [Double]) -> LognormalSum { LognormalSum(parts: [(1, 0, Portable.exp(p[0]))]) }
  func calls(_ p: [Double], _ ladder: StrikeLadder) -> [Double] { sum(p).calls(ladder) }
  func density(_ p: [Double], on nodes: LogNodes) -> [Double] { sum(p).density(on: nodes) }
}

/// Two lognormals: the logit of the first weight, the logarithm of the ratio of the means, ln(σ√T) of each.
struct MixtureFamily: DensityFamily {
  let scale: Double
  let model = DensityModel.mixture

  /// One narrow and one wide part in either order, and two separate modes.
  var starts: [[Double]] {
    let ln = Portable.log(scale)
    return [
      [0.6, 0.2 * scale, ln - 0.22, ln + 0.26], [0.6, 0.2 * scale, ln + 0.26, ln - 0.22],
      [0.1, 1.8 * scale, ln - 0.8, ln - 0.7],
    ]
  }

  func prior(_ p: [Double]) -> [Double] {
    [p[0], p[1] / scale / 1.5, (p[2] - p[3]) / 0.5, (p[2] + p[3] - 2 * Portable.log(0.75 * scale)) / 1.5]
  }

  private func sum(_ p: [Double]) -> LognormalSum {
    let weight = Portable.logistic(p[0])
    let mean = -Portable.log(weight + (1 - weight) * Portable.exp(p[1]))
    return LognormalSum(parts: [
      (weight, mean, Portable.exp(p[2])), (1 - weight, mean + p[1], Portable.exp(p[3])),
    ])
  }
  func calls(_ p: [Double], _ ladder: StrikeLadder) -> [Double] { sum(p).calls(ladder) }
  func density(_ p: [Double], on nodes: LogNodes) -> [Double] { sum(p).density(on: nodes) }
}

/// Merton's jumps: ln σ, ln λ, mean and ln deviation of the logarithmic jump.
///
/// Source: R. C. Merton, "Option pricing when underlying stock returns are discontinuous", J. Financial Economics 3
/// (1976) 125–144, equation (19), as a Poisson sum of lognormals.
struct MertonFamily: DensityFamily {
  let scale, years: Double
  let model = DensityModel.merton

  var starts: [[Double]] {
    let volatility = Portable.log(0.8 * scale / years.squareRoot())
    return [-0.05, 0.05].map { [volatility, Portable.log(1.5), $0, Portable.log(0.08)] }
  }

  func prior(_ p: [Double]) -> [Double] {
    [(p[1] - Portable.log(1.5)) / 0.5, p[2] / 0.07, (p[3] - Portable.log(0.08)) / 0.3]
  }

  private func sum(_ p: [Double]) -> LognormalSum {
    let (volatility, deviation) = (Portable.exp(p[0]), Portable.exp(p[3]))
    let expected = min(Portable.exp(p[1]) * years, 50)
    let logJump = p[2] + deviation * deviation / 2
    let drift = -expected * Portable.expm1(logJump)
    var parts: [(weight: Double, logMean: Double, deviation: Double)] = []
    var weight = Portable.exp(-expected)
    var mass = 0.0
    for n in 0..<200 {
      let jumps = Double(n)
      let variance = volatility * volatility * years + jumps * deviation * deviation
      parts.append((weight, drift + jumps * logJump, variance.squareRoot()))
      mass += weight
      weight *= expected / (jumps + 1)
      if jumps > expected, weight < 1e-13 { break }
    }
    return LognormalSum(parts: parts.map { ($0.weight / mass, $0.logMean, $0.deviation) })
  }
  func calls(_ p: [Double], _ ladder: StrikeLadder) -> [Double] { sum(p).calls(ladder) }
  func density(_ p: [Double], on nodes: LogNodes) -> [Double] { sum(p).density(on: nodes) }
}

/// Hagan's lognormal smile with β = 1: ln α, artanh ρ, ln ν.
///
/// Source: P. Hagan, D. Kumar, A. Lesniewski and D. Woodward, "Managing smile risk", Wilmott (2002), equation (2.17).
struct SABRFamily: DensityFamily {
  let scale, years: Double
  let model = DensityModel.sabr

  var starts: [[Double]] { [[Portable.log(scale / years.squareRoot()), 0, Portable.log(0.6)]] }
  func prior(_ p: [Double]) -> [Double] { [p[1] / 0.5, (p[2] - Portable.log(0.6)) / 0.6] }

  /// σ√T at x = ln(K/F) as a function.
  private func deviation(_ p: [Double]) -> (Double) -> Double {
    let (alpha, rho, nu) = (Portable.exp(p[0]), Portable.tanh(p[1]), Portable.exp(p[2]))
    let level = alpha * (1 + years * (rho * nu * alpha / 4 + (2 - 3 * rho * rho) / 24 * nu * nu)) * years.squareRoot()
    return { x in
      let z = -nu / alpha * x
      if abs(z) < 1e-5 { return level * (1 - rho * z / 2 + (2 - 3 * rho * rho) / 12 * z * z) }
      // √(1 - 2ρz + z²) - 1 without cancellation.
      let square = z * (z - 2 * rho)
      let root = square / (1 + (1 + square).squareRoot())
      return level * z / Portable.log1p((root + z) / (1 - rho))
    }
  }

  func calls(_ p: [Double], _ ladder: StrikeLadder) -> [Double] {
    let deviation = deviation(p)
    return ladder.strikes.indices.map { i in
      let (x, s) = (ladder.logStrikes[i], max(deviation(ladder.logStrikes[i]), 1e-8))
      let d = -x / s + s / 2
      return Portable.normalCDF(d) - ladder.strikes[i] * Portable.normalCDF(d - s)
    }
  }

  func density(_ p: [Double], on nodes: LogNodes) -> [Double] {
    let (deviation, h) = (deviation(p), 1e-3)
    return (0..<nodes.count).map { i in
      let x = nodes[i]
      let (left, centre, right) = (deviation(x - h), deviation(x), deviation(x + h))
      return smileDensity(
        x, deviation: centre, slope: (right - left) / (2 * h), curvature: (right - 2 * centre + left) / (h * h))
    }
  }
}

/// The density of x = ln(S/F) in a smile of s = σ√T with derivatives by x; negative where a butterfly is.
func smileDensity(_ x: Double, deviation s: Double, slope: Double, curvature: Double) -> Double {
  let variance = TotalVariance(
    value: s * s, slope: 2 * s * slope, curvature: 2 * (slope * slope + s * curvature))
  let d2 = -x / s - s / 2
  guard abs(d2) < 38 else { return 0 }
  return variance.butterfly(atLogMoneyness: x) * 0.3989422804014327 / s * Portable.exp(-0.5 * d2 * d2)
}
