import HydraNumerics

/// The logarithm of the expected improvement on a best loss.
struct ExpectedImprovement {
  let process: GaussianProcess
  let best: Double

  func value(_ point: [Double], _ scratch: inout GaussianProcess.Scratch) -> Double {
    let (mean, variance) = process.predict(point, &scratch)
    let sigma = variance.squareRoot()
    return Portable.log(sigma) + Self.logarithm((best - mean) / sigma).value
  }

  /// The value and its gradient.
  func value(_ point: [Double], _ scratch: inout GaussianProcess.Scratch, gradient: inout [Double]) -> Double {
    let (mean, variance) = process.predict(point, &scratch)
    let sigma = variance.squareRoot()
    let z = (best - mean) / sigma
    let (value, slope) = Self.logarithm(z)
    let slopes = process.slopes(point, scratch)
    for d in point.indices {
      let sigmaSlope = slopes.variance[d] / (2 * sigma)
      gradient[d] = sigmaSlope / sigma + slope * (-slopes.mean[d] - z * sigmaSlope) / sigma
    }
    return Portable.log(sigma) + value
  }

  /// ln h and its derivative, h(z) = φ(z) + z Φ(z).
  ///
  /// Below -1 both terms nearly cancel: with Mills' ratio Φ(z) = φ(z) √(π/2) erfcx(-z/√2), h = φ(z) (1 + z √(π/2) erfcx);
  /// far down 1 + z √(π/2) erfcx goes to 1/z² (1 - 3/z²).
  static func logarithm(_ z: Double) -> (value: Double, slope: Double) {
    let logDensity = -0.5 * z * z - 0.9189385332046727
    if z > -1 {
      let h = Portable.exp(logDensity) + z * Portable.normalCDF(z)
      return (Portable.log(h), Portable.normalCDF(z) / h)
    }
    let mills = 1.2533141373155003 * Portable.erfcx(-z / 1.4142135623730951)
    let rest = z > -300 ? 1 + z * mills : 1 / (z * z) * (1 - 3 / (z * z))
    return (logDensity + Portable.log(rest), mills / rest)
  }
}

/// The search for the point of the largest acquisition.
struct AcquisitionSearch {
  let space: UnitSpace
  let settings: GaussianProcessSearch
  let acquisition: ExpectedImprovement

  func best(_ random: inout CounterRandom) -> [Double] {
    let data = acquisition.process.data
    var scratch = GaussianProcess.Scratch(data)
    var found: [(point: [Double], value: Double)] = []
    for index in 0..<settings.candidates {
      let point = index % 3 == 2 ? near(index, &random) : space.random(&random)
      found.append((point, acquisition.value(point, &scratch)))
    }
    // Ties, as where nothing is to be gained anywhere, are broken by the order of the draws.
    let order = found.indices.sorted { (found[$1].value, $0) < (found[$0].value, $1) }
    var minimizer = BoxMinimizer()
    minimizer.mostEvaluations = 40
    var best = found[order[0]]
    for start in order.prefix(settings.starts) {
      let point = found[start].point
      let isFixed = space.axes.indices.map { space.axes[$0].categories != nil }
      let low = zip(point, isFixed).map { $1 ? $0 : 0 }
      let high = zip(point, isFixed).map { $1 ? $0 : 1 }
      let end = minimizer.minimize(from: point, low: low, high: high) { x, gradient in
        let value = acquisition.value(x, &scratch, gradient: &gradient)
        for d in gradient.indices { gradient[d] = -gradient[d] }
        return -value
      }
      var snapped = end.point
      for index in snapped.indices { snapped[index] = space.snapped(index, snapped[index]) }
      let value = acquisition.value(snapped, &scratch)
      if value > best.value { best = (snapped, value) }
    }
    return best.point
  }

  /// A point near one of the best trials, at one of several distances.
  private func near(_ index: Int, _ random: inout CounterRandom) -> [Double] {
    let (data, targets) = (acquisition.process.data, acquisition.process.targets)
    let order = targets.indices.sorted { (targets[$0], $0) < (targets[$1], $1) }
    var point = data.point(order[random.below(min(5, order.count))])
    let width = [0.2, 0.05, 0.01][index / 3 % 3]
    for d in point.indices {
      if let words = space.axes[d].categories {
        if random.uniform() < 0.2 { point[d] = Double(random.below(words)) }
      } else {
        point[d] = min(max(point[d] + width * random.normal(), 0), 1)
      }
    }
    return point
  }
}
