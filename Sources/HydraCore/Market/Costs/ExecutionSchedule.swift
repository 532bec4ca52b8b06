import HydraNumerics

/// How to slice an order in time when trading fast costs impact and trading slowly costs risk.
///
/// ```
/// η̃ = η − γτ/2      κ̃² = λσ²/η̃      κ = arcosh(κ̃²τ²/2 + 1)/τ
/// n_j = X · 2 sinh(κτ/2)/sinh(κT) · cosh(κ(T − (j − ½)τ))                 j = 1 … N,  T = Nτ
/// E = ½γX² + ε Σ|n_j| + η̃/τ Σ n_j²          V = σ²τ Σ x_j²               x_j what is left after slice j
/// ```
/// `η` temporary impact per rate, `γ` permanent impact per lot, `ε` fixed cost per lot, `σ` per √time, `λ` aversion to
/// risk. As λ goes to 0 the slices become equal.
///
///     ExecutionSchedule(lots: 60, slices: 6, interval: 0.2, volatility: 6.45, temporaryImpact: 0.103,
///                       permanentImpact: 0.0063, fixedCost: 1, riskAversion: 0.01)?.trades.first     // 20.21
///
/// Source: R. Almgren, N. Chriss, "Optimal execution of portfolio transactions", J. Risk 3 (2001), equations 15–20.
public struct ExecutionSchedule: Hashable, Codable, Sendable {
  /// κ, per unit of time.
  public var urgency: Double
  /// Lots of each slice.
  public var trades: [Double]
  /// E, in price units × lots.
  public var expectedShortfall: Double
  /// V, in (price units × lots)².
  public var variance: Double

  /// Nil when η̃ is not positive: permanent impact then outweighs temporary impact within a slice.
  ///
  /// - Complexity: O(slices).
  public init?(
    lots: Double, slices: Int, interval: Double, volatility: Double, temporaryImpact: Double, permanentImpact: Double,
    fixedCost: Double, riskAversion: Double
  ) {
    let impact = temporaryImpact - permanentImpact * interval / 2
    guard impact > 0, slices > 0, interval > 0, riskAversion >= 0 else { return nil }
    let excess = riskAversion * volatility * volatility / impact * interval * interval / 2
    // arcosh(1 + u) without cancellation for small u.
    urgency = Portable.log1p(excess + (excess * (excess + 2)).squareRoot()) / interval
    let step = urgency * interval
    trades = []
    for slice in 1...slices {
      guard step > 0 else {
        trades.append(lots / Double(slices))
        continue
      }
      // The hyperbolic functions divided by their common exponential, which would overflow for urgent orders.
      let elapsed = (Double(slice) - 0.5) * step
      let total = Double(slices) * step
      let shape =
        Portable.exp(step / 2 - elapsed) * -Portable.expm1(-step) * (1 + Portable.exp(-2 * (total - elapsed)))
        / -Portable.expm1(-2 * total)
      trades.append(lots * shape)
    }
    var left = lots
    var (squares, absolute, risk) = (0.0, 0.0, 0.0)
    for trade in trades {
      left -= trade
      squares += trade * trade
      absolute += abs(trade)
      risk += left * left
    }
    expectedShortfall = 0.5 * permanentImpact * lots * lots + fixedCost * absolute + impact / interval * squares
    variance = volatility * volatility * interval * risk
  }
}
