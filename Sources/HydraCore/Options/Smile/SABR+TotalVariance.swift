import HydraNumerics

extension SABR {
  /// w = σ² T at k = ln((K + s)/(F + s)), with exact derivatives by k.
  ///
  /// With a shift everything is about the shifted prices; Durrleman's condition reads the same in them.
  public func totalVariance(atLogMoneyness k: Double) -> TotalVariance {
    let x = SmoothValue.variable(k)
    let power = exponential(x, (1 - beta) / 2, times: Portable.pow(forward + shift, 1 - beta))
    let leading: SmoothValue
    let spread: SmoothValue
    switch formula {
    case .hagan:
      let square = x * x * ((1 - beta) * (1 - beta))
      leading = SmoothValue(value: alpha) / (power * (square * (square * (1.0 / 1920) + 1.0 / 24) + 1))
      spread = SmoothValue(value: 1)
    case .obloj:
      spread = Self.spread(x * ((1 - beta) / 2))
      leading = SmoothValue(value: alpha) / (power * spread)
    }
    let z = power * x * spread * (-nu / alpha)
    let correlation = SABRCorrelation(rho)
    let ratio = correlation.ratio(.shared, z.value)
    let chi = z.mapped(ratio.value, ratio.slope, correlation.curvature(z.value, chi: ratio.value))
    let inverse = SmoothValue(value: alpha) / power
    let terms =
      inverse * inverse * ((1 - beta) * (1 - beta) / 24) + inverse * (rho * beta * nu / 4)
      + (2 - 3 * rho * rho) / 24 * nu * nu
    let volatility = leading * chi * (terms * years + 1)
    let variance = volatility * volatility * years
    return TotalVariance(value: variance.value, slope: variance.slope, curvature: variance.curvature)
  }

  private func exponential(_ x: SmoothValue, _ rate: Double, times factor: Double) -> SmoothValue {
    let value = factor * Portable.exp(rate * x.value)
    return x.mapped(value, rate * value, rate * rate * value)
  }

  /// sinh(y)/y.
  private static func spread(_ y: SmoothValue) -> SmoothValue {
    let (t, s) = (y.value, hyperbolicSineRatio(y.value))
    // With c = cosh y: the slope is (c - s)/y and the curvature s - 2 (c - s)/y².
    let square = t * t
    guard abs(t) >= 0.3 else {
      let third = 1.0 / 3 + square * (1.0 / 30 + square * (1.0 / 840 + square * (1.0 / 45360 + square / 3_991_680)))
      return y.mapped(s, t * third, s - 2 * third)
    }
    let third = ((1 + square * s * s).squareRoot() - s) / square
    return y.mapped(s, t * third, s - 2 * third)
  }
}
