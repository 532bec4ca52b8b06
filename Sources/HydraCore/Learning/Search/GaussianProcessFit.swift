import HydraNumerics

/// Fits a kernel to values: the maximum of the likelihood times a prior.
///
/// The prior keeps θ between values that say nothing and values that explain nothing: -0.1 (1/θ + θ) in the logarithm;
/// the amplitude is about 1, the noise small (gamma distributions of shape 2 and rate 1, shape 1.1 and rate 30). Values
/// are expected to be standardised.
///
/// - Complexity: O(n³ + n² parameters) an evaluation.
struct GaussianProcessFit {
  typealias Lanes = SIMD8<Double>

  static let leastNoise = 1e-6

  let data: KernelData
  let targets: [Double]

  /// The best of the local maxima reached from the given starts.
  func fitted(from starts: [GaussianProcess.Kernel], evaluations: Int) -> GaussianProcess.Kernel {
    let d = data.dimensions
    let low = [Double](repeating: -7, count: d) + [-5, -14]
    let high = [Double](repeating: 7, count: d) + [5, 1]
    var minimizer = BoxMinimizer()
    minimizer.mostEvaluations = evaluations
    minimizer.slopeTolerance = 1e-3
    var slopes = [Lanes](repeating: .zero, count: data.count * data.blocks)
    var best: (kernel: GaussianProcess.Kernel, value: Double)?
    for start in starts {
      let (point, value) = minimizer.minimize(from: start.values, low: low, high: high) { values, gradient in
        loss(values, &gradient, &slopes)
      }
      if best == nil || value < best!.value { best = (GaussianProcess.Kernel(point), value) }
    }
    return best?.kernel ?? GaussianProcess.Kernel(dimensions: d)
  }

  /// The negative logarithm of likelihood times prior, and its gradient.
  func loss(_ values: [Double], _ gradient: inout [Double], _ slopes: inout [Lanes]) -> Double {
    let d = data.dimensions
    let scales = (0..<d).map { Portable.exp(values[$0]) }
    let (amplitude, noise) = (Portable.exp(values[d]), Portable.exp(values[d + 1]))
    var matrix = LaneMatrix(data.count)
    slopes.withUnsafeMutableBufferPointer {
      matrix.fillKernel(data, scales: scales, amplitude: amplitude, slopes: $0.baseAddress)
    }
    matrix.addDiagonal(Self.leastNoise + noise)
    guard matrix.factorize() else {
      for index in gradient.indices { gradient[index] = 0 }
      return .infinity
    }
    let inverse = matrix.inverseOfFactored()
    let y = LaneMatrix.lanes(targets)
    let alpha = inverse.times(y)
    var loss = LaneMatrix.dot(y, alpha) / 2 + matrix.halfLogDeterminant
    // -½ tr((α αᵀ - K⁻¹) dK), the lower triangle counted twice.
    let sums = pairSums(inverse, alpha, slopes)
    var (trace, squares) = (0.0, 0.0)
    for i in 0..<data.count {
      trace += inverse[i, i]
      let a = alpha[i / 8][i % 8]
      squares += a * a
    }
    for k in 0..<d { gradient[k] = -scales[k] * sums[k] }
    // Σ W K without the noise: tr(W K) - noise tr W, with tr(W (K + noise)) = yᵀα - n.
    let trueNoise = Self.leastNoise + noise
    gradient[d] = -0.5 * (LaneMatrix.dot(y, alpha) - Double(data.count) - trueNoise * (squares - trace))
    gradient[d + 1] = -0.5 * noise * (squares - trace)
    for k in 0..<d {
      loss += 0.1 * (1 / scales[k] + scales[k])
      gradient[k] += 0.1 * (scales[k] - 1 / scales[k])
    }
    loss += amplitude - values[d] + 30 * noise - 0.1 * values[d + 1]
    gradient[d] += amplitude - 1
    gradient[d + 1] += 30 * noise - 0.1
    return loss
  }

  /// For each parameter Σ over pairs of W dk/dr² gap².
  private func pairSums(_ inverse: LaneMatrix, _ alpha: [Lanes], _ slopes: [Lanes]) -> [Double] {
    let blocks = data.blocks
    var sums = [Lanes](repeating: .zero, count: data.dimensions)
    for i in 0..<data.count {
      let point = data.point(i)
      let own = alpha[i / 8][i % 8]
      for block in 0...i / 8 {
        let weight = (own * alpha[block] - inverse.block(i, block)) * slopes[i * blocks + block]
        for d in 0..<data.dimensions { sums[d] += weight * data.gap(d, block, point[d]) }
      }
    }
    return sums.map { LaneMatrix.total($0) }
  }
}
