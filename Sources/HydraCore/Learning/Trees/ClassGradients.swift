import HydraNumerics

/// With p = 1 / (1 + exp(-σ s)): gradient σ (p - y), hessian σ² p (1 - p).
func binaryDerivatives(
  _ range: Range<Int>, _ scores: UnsafePointer<Double>, _ targets: UnsafePointer<Double>, positive: Double,
  _ sigmoid: Double, _ gradients: UnsafeMutablePointer<Double>, _ hessians: UnsafeMutablePointer<Double>?
) {
  for row in range {
    let sign = targets[row] == positive ? 1.0 : -1.0
    // σ times the probability of the other label.
    let response = sigmoid / (1 + Portable.exp(sign * sigmoid * scores[row]))
    gradients[row] = -sign * response
    hessians?[row] = response * (sigmoid - response)
  }
}

/// Gradient p_k - [y = k], hessian K / (K - 1) p_k (1 - p_k); the factor makes two classes agree with binary loss.
func softmaxDerivatives(
  _ range: Range<Int>, _ rows: Int, _ classes: Int, _ scores: UnsafePointer<Double>, _ targets: UnsafePointer<Double>,
  _ gradients: UnsafeMutablePointer<Double>, _ hessians: UnsafeMutablePointer<Double>?
) {
  let factor = Double(classes) / Double(classes - 1)
  withUnsafeTemporaryAllocation(of: Double.self, capacity: classes) { shares in
    for row in range {
      for label in 0..<classes { shares[label] = scores[label * rows + row] }
      softmax(shares)
      for label in 0..<classes {
        gradients[label * rows + row] = shares[label] - (targets[row] == Double(label) ? 1 : 0)
        hessians?[label * rows + row] = factor * shares[label] * (1 - shares[label])
      }
    }
  }
}
