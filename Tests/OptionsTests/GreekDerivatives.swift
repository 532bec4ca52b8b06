import HydraOptions
import Testing

/// Every sensitivity against a central difference of the one below it.
///
/// - Parameters:
///   - point: forward, strike, years, volatility, rate.
///   - step: of forward and strike; of the others it is 1e-5.
func expectDerivatives(
  at point: (Double, Double, Double, Double, Double), step: Double,
  of g: (_ forward: Double, _ strike: Double, _ years: Double, _ volatility: Double, _ rate: Double) -> Greeks
) {
  let (f, k, t, v, r) = point
  let at = g(f, k, t, v, r)
  func check(_ value: Double, _ up: Double, _ down: Double, _ step: Double) {
    let difference = (up - down) / (2 * step)
    #expect(abs(value - difference) <= 1e-6 * max(abs(value), 1e-9), "\(value) is not \(difference)")
  }
  let (fu, fd) = (g(f + step, k, t, v, r), g(f - step, k, t, v, r))
  check(at.delta, fu.price, fd.price, step)
  check(at.gamma, fu.delta, fd.delta, step)
  check(at.speed, fu.gamma, fd.gamma, step)
  let (vu, vd) = (g(f, k, t, v + 1e-5, r), g(f, k, t, v - 1e-5, r))
  check(at.vega, vu.price, vd.price, 1e-5)
  check(at.vanna, vu.delta, vd.delta, 1e-5)
  check(at.volga, vu.vega, vd.vega, 1e-5)
  check(at.zomma, vu.gamma, vd.gamma, 1e-5)
  check(at.ultima, vu.volga, vd.volga, 1e-5)
  let (tu, td) = (g(f, k, t + 1e-5, v, r), g(f, k, t - 1e-5, v, r))
  check(-at.theta, tu.price, td.price, 1e-5)
  check(-at.charm, tu.delta, td.delta, 1e-5)
  check(-at.veta, tu.vega, td.vega, 1e-5)
  check(-at.color, tu.gamma, td.gamma, 1e-5)
  let (ru, rd) = (g(f, k, t, v, r + 1e-5), g(f, k, t, v, r - 1e-5))
  check(at.rho, ru.price, rd.price, 1e-5)
  let (ku, kd) = (g(f, k + step, t, v, r), g(f, k - step, t, v, r))
  check(at.dualDelta, ku.price, kd.price, step)
  check(at.dualGamma, ku.dualDelta, kd.dualDelta, step)
}
