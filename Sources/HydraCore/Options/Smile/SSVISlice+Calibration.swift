import HydraNumerics

extension SSVISlice {
  /// A fitted slice and how well its parameters are known.
  public struct Calibration: Hashable, Codable, Sendable {
    public var smile: SSVISlice
    public var fit: SmileFit
  }

  /// The slice that minimises Σ w (w(k) - σ² T)² over total variances.
  ///
  /// - Parameters:
  ///   - withoutArbitrage: keeps to theorem 4.2's conditions, so that no butterfly has a negative price.
  ///   - near: keeps above this nearer slice at every log-moneyness, so that no calendar spread has a negative price:
  ///     θ ≥ θ₁ M, ψ ≥ ψ₁ M and φ ≤ φ₁ with ψ = θφ and M = max[(1+ρ₁)/(1+ρ), (1-ρ₁)/(1-ρ)] (J. Corbetta and others,
  ///     "Robust calibration and arbitrage-free interpolation of SSVI slices", 2019). Implies `withoutArbitrage`.
  /// - Throws: `.tooFewQuotes` below one quote; with one or two the parameters that they leave open stay near the start.
  public static func calibrated(
    forward: Double, years: Double, strikes: [Double], volatilities: [Double], weights: [Double]? = nil,
    withoutArbitrage: Bool = false, after near: SSVISlice? = nil
  ) throws(SmileFitError) -> Calibration {
    try SmileInput.check(
      forward: forward, years: years, strikes: strikes, volatilities: volatilities, weights: weights, needed: 1)
    let quotes = SVIQuotes(
      forward: forward, years: years, strikes: strikes, volatilities: volatilities, weights: weights)
    let parabola = SmileParabola(
      forward: forward, strikes: strikes, shift: 0, volatilities: volatilities, weights: weights)
    let map = SSVICoordinates(isFree: withoutArbitrage || near != nil, near: near)
    let fit = map.fit(quotes, from: map.starts(parabola, years: years))
    let (theta, rho, psi) = map.parameters(fit.parameters)
    let smile = SSVISlice(forward: forward, years: years, theta: theta, rho: rho, phi: psi / theta)
    let used = weights.map { $0.count { $0 > 0 } } ?? strikes.count
    return Calibration(smile: smile, fit: map.summary(quotes, fit, count: used))
  }
}

/// Three free numbers that stand for θ, ρ and ψ = θφ of a slice which keeps its conditions.
struct SSVICoordinates {
  /// Whether butterfly arbitrage is excluded.
  var isFree: Bool
  /// The slice that must lie below.
  var near: SSVISlice?

  static let lower = SIMD3(-30.0, -12.0, -14.0)
  static let upper = SIMD3(10.0, 12.0, 25.0)

  /// θ, ρ and ψ; NaN where the conditions leave nothing.
  func parameters(_ x: SIMD3<Double>) -> (theta: Double, rho: Double, psi: Double) {
    let moved = moves(x)
    return (moved.theta, moved.rho, moved.psi)
  }

  /// θ, ρ and ψ with their derivatives by the coordinates.
  struct Moves {
    var theta, rho, psi: Double
    var thetaBy, rhoBy, psiBy: SIMD3<Double>
  }

  @inline(__always)
  func moves(_ x: SIMD3<Double>) -> Moves {
    let rho = Portable.tanh(x[1])
    let turn = (1 - rho) * (1 + rho)
    let rhoBy = SIMD3(0, turn, 0)
    let size = Portable.exp(x[0])
    guard isFree else {
      let psi = Portable.exp(x[2])
      return Moves(
        theta: size, rho: rho, psi: psi, thetaBy: SIMD3(size, 0, 0), rhoBy: rhoBy, psiBy: SIMD3(0, 0, psi))
    }
    var theta = size
    var thetaBy = SIMD3(size, 0, 0)
    var low = 0.0
    var lowBy = SIMD3<Double>.zero
    if let near {
      let (rise, fall) = ((1 + near.rho) / (1 + rho), (1 - near.rho) / (1 - rho))
      let widening = max(rise, fall, 1)
      let wideningBy = widening == rise ? -rise / (1 + rho) : widening == fall ? fall / (1 - rho) : 0
      theta += near.theta * widening
      thetaBy[1] = near.theta * wideningBy * turn
      // A hair of room on every side keeps the conditions true after rounding.
      let base = near.theta * near.phi * (1 + 1e-12)
      low = base * widening
      lowBy[1] = base * wideningBy * turn
    }
    let tilt = 1 + abs(rho)
    let tiltBy = rho < 0 ? -turn : turn
    var bound = (4 - 1e-9) / tilt
    var boundBy = SIMD3(0, -bound / tilt * tiltBy, 0)
    let second = 2 * (theta / tilt).squareRoot() * (1 - 1e-12)
    if second < bound {
      bound = second
      boundBy = second / 2 * (thetaBy / theta - SIMD3(0, tiltBy / tilt, 0))
    }
    if let near, near.phi * theta * (1 - 1e-12) < bound {
      bound = near.phi * theta * (1 - 1e-12)
      boundBy = near.phi * thetaBy
    }
    guard bound >= low else {
      return Moves(theta: .nan, rho: .nan, psi: .nan, thetaBy: .zero, rhoBy: .zero, psiBy: .zero)
    }
    let share = Portable.logistic(x[2])
    var psiBy = share * boundBy + (1 - share) * lowBy
    psiBy[2] = (bound - low) * share * (1 - share)
    return Moves(
      theta: theta, rho: rho, psi: low + (bound - low) * share, thetaBy: thetaBy, rhoBy: rhoBy, psiBy: psiBy)
  }

  /// Starts: from the parabola through the volatilities, then with less and more curvature.
  func starts(_ parabola: SmileParabola, years: Double) -> [SIMD3<Double>] {
    // σ√T = √θ (1 + ρφk/4 + (2 - 3ρ²) φ²k²/… ): the curvature of w is θφ²(1 - ρ²)/2 and its slope θρφ/2 · 2.
    let theta = max(parabola.level * parabola.level * years, 1e-12)
    let slope = 2 * parabola.level * parabola.slope * years
    let bend = 2 * years * (parabola.slope * parabola.slope + 2 * parabola.level * parabola.curvature)
    // w'(0) = θρφ and w''(0) = θφ²(1 - ρ²)/2.
    let product = slope / theta
    let square = max(2 * bend / theta + product * product, 1.1 * product * product, 0.04)
    let phi = square.squareRoot()
    let rho = min(max(product / phi, -0.95), 0.95)
    var result = [start(theta, rho, phi), start(theta, 0.3 * rho, 3 * phi)]
    // With the nearer slice's tilt there is always room above it.
    if let near { result.append(start(max(theta, 1.1 * near.theta), near.rho, near.phi)) }
    return result
  }

  /// The coordinates nearest to a slice.
  func start(_ theta: Double, _ rho: Double, _ phi: Double) -> SIMD3<Double> {
    let turn = 0.5 * (Portable.log1p(rho) - Portable.log1p(-rho))
    var x = SIMD3(Portable.log(theta), turn, Portable.log(theta * phi))
    guard isFree else { return x }
    if let near {
      let widening = max((1 + near.rho) / (1 + rho), (1 - near.rho) / (1 - rho), 1)
      x[0] = Portable.log(max(theta - near.theta * widening, 0.02 * theta))
    }
    // The place of ψ between its bounds.
    x[2] = 0
    let middle = parameters(x)
    x[2] = 25
    let top = parameters(x)
    let low = 2 * middle.psi - top.psi
    let share = min(max((theta * phi - low) / (top.psi - low), 0.02), 0.98)
    x[2] = share.isFinite ? Portable.log(share / (1 - share)) : 0
    return x
  }

  /// The best end of the starts.
  func fit(_ quotes: borrowing SVIQuotes, from starts: [SIMD3<Double>]) -> ThreeParameterFit {
    let floor = 1e-29 * quotes.size
    var best = minimum(quotes, from: starts[0], floor: floor)
    // Within 2 % of every quote there is no other valley to look for.
    for start in starts.dropFirst() where !(best.equations.sum <= 4e-4 * quotes.size) {
      let other = minimum(quotes, from: start, floor: floor)
      if other.equations.sum < best.equations.sum || !best.equations.sum.isFinite { best = other }
    }
    return best
  }

  @inline(never)
  private func minimum(_ quotes: borrowing SVIQuotes, from start: SIMD3<Double>, floor: Double) -> ThreeParameterFit {
    ThreeParameterFit(from: start, lower: Self.lower, upper: Self.upper, floor: floor) { equations(quotes, $0) }
  }

  @inline(__always)
  private func equations(_ quotes: borrowing SVIQuotes, _ x: SIMD3<Double>) -> ThreeParameterFit.Equations {
    typealias Lanes = SIMD8<Double>
    let moved = moves(x)
    let (theta, rho, psi) = (moved.theta, moved.rho, moved.psi)
    func along(_ index: Int) -> SIMD3<Double> {
      SIMD3(moved.thetaBy[index], moved.rhoBy[index], moved.psiBy[index])
    }
    let (c0, c1, c2) = (along(0), along(1), along(2))
    var squares = ResidualSquares()
    for block in 0..<quotes.vectors {
      let k = quotes.places[block]
      let reach: Lanes = k * Lanes(all: psi)
      let tilted: Lanes = reach * Lanes(all: rho)
      let square: Lanes = reach * reach + (tilted + tilted + Lanes(all: theta)) * Lanes(all: theta)
      let root: Lanes = square.squareRoot()
      let value: Lanes = Lanes(all: 0.5) * (Lanes(all: theta) + tilted + root)
      let half: Lanes = Lanes(all: 0.5) / root
      let byTheta: Lanes = Lanes(all: 0.5) + half * (tilted + Lanes(all: theta))
      let byRho: Lanes = Lanes(all: 0.5) * reach + half * reach * Lanes(all: theta)
      let byPsi: Lanes = Lanes(all: 0.5 * rho) * k + half * k * (reach + Lanes(all: theta * rho))
      @inline(__always) func by(_ c: SIMD3<Double>) -> Lanes {
        let first: Lanes = byTheta * Lanes(all: c[0]) + byRho * Lanes(all: c[1])
        return first + byPsi * Lanes(all: c[2])
      }
      squares.add(value - quotes.variances[block], by(c0), by(c1), by(c2), weight: quotes.weights[block])
    }
    return squares.equations
  }

  /// The covariance of θ, ρ and φ.
  func summary(_ quotes: borrowing SVIQuotes, _ fit: ThreeParameterFit, count: Int) -> SmileFit {
    let sum = fit.equations.sum
    var covariance: [[Double]]?
    if count > 3, let inverse = fit.equations.inverse {
      let moved = moves(fit.parameters)
      // φ = ψ/θ.
      let phiBy = moved.psiBy / moved.theta - moved.psi / (moved.theta * moved.theta) * moved.thetaBy
      let jacobian = [moved.thetaBy, moved.rhoBy, phiBy]
      covariance = jacobian.map { left in
        jacobian.map { right in
          var total = 0.0
          for i in 0..<3 { for j in 0..<3 { total += left[i] * inverse[i][j] * right[j] } }
          return total * sum / Double(count - 3)
        }
      }
    }
    return SmileFit(
      sumOfSquares: sum, count: count, rootMeanSquareError: (sum / Double(count)).squareRoot(),
      parameters: ["theta", "rho", "phi"], covariance: covariance, iterations: fit.iterations)
  }
}
