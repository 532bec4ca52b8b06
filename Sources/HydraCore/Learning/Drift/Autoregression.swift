import HydraNumerics

/// A forecast of the next value of a series from the latest one and from the means of the latest 5, 22 and 66.
///
/// ```
/// forecast - level = Σ φ_s (mean of the latest s - level),   s = 1, 5, 22, 66
/// ```
/// Which of the four are used is decided by Schwarz's criterion over all sixteen choices; short memory takes the first, the
/// long memory of volatility or of a season several. A shift δ of the level is a shift δ (1 - Σφ) of what is left.
///
/// Source: F. Corsi, "A simple approximate long-memory model of realized volatility", J. Financial Econometrics 7 (2009)
/// for the spans; G. Schwarz, Annals of Statistics 6 (1978) for the choice.
struct Autoregression: Hashable, Codable, Sendable {
  static let spans = [1, 5, 22, 66]

  /// A forecast of the level, whatever came before.
  static func constant(_ level: Double) -> Autoregression { Autoregression(level: level, weights: .zero) }

  private(set) var level: Double
  private(set) var weights: SIMD4<Double>

  private init(level: Double, weights: SIMD4<Double>) { (self.level, self.weights) = (level, weights) }

  /// Fitted by least squares; the level is the mean unless it is given. Weights that are known from before compete with
  /// those fitted here, and need no parameters.
  init(_ series: [Double], level given: Double? = nil, known: SIMD4<Double> = .zero) {
    let n = series.count
    level = given ?? (n == 0 ? 0 : series.reduce(0, +) / Double(n))
    weights = known
    guard n > 30 else { return }
    var (products, targets, square) = ([SIMD4<Double>](repeating: .zero, count: 4), SIMD4<Double>.zero, 0.0)
    var means = LaggedMeans(level: level)
    for value in series {
      let x = means.deviations
      let y = value - level
      for i in 0..<4 { products[i] += x[i] * x }
      targets += y * x
      square += y * y
      means.append(value)
    }
    guard square > 0, square.isFinite else { return }
    var best = (criterion: Double(n) * Portable.log(square), weights: SIMD4<Double>.zero)
    if known != .zero {
      let explained = (known * (2 * targets - products.indices.reduce(.zero) { $0 + known[$1] * products[$1] })).sum()
      let criterion = Double(n) * Portable.log(max(square - explained, 1e-12 * square))
      if criterion < best.criterion { best = (criterion, known) }
    }
    for choice in 1..<16 {
      let chosen = (0..<4).filter { choice >> $0 & 1 == 1 }
      guard let solution = Self.solve(products, targets, chosen) else { continue }
      let rest = square - (solution * targets).sum()
      let penalty = Double(chosen.count) * Portable.log(Double(n))
      let criterion = Double(n) * Portable.log(max(rest, 1e-12 * square)) + penalty
      if criterion < best.criterion { best = (criterion, solution) }
    }
    weights = best.weights
    // A forecast that follows the level entirely could never see it move.
    let sum = weights.sum()
    if sum > 0.98 { weights *= 0.98 / sum }
  }

  func forecast(_ means: LaggedMeans) -> Double { level + (weights * means.deviations).sum() }

  /// What the forecasts leave of a series, from its first value on.
  func residuals(_ series: [Double]) -> [Double] {
    var means = LaggedMeans(level: level)
    return series.map { value in
      defer { means.append(value) }
      return value - forecast(means)
    }
  }

  /// The weights of the chosen spans by elimination; nil where they are not determined.
  private static func solve(
    _ products: [SIMD4<Double>], _ targets: SIMD4<Double>, _ chosen: [Int]
  ) -> SIMD4<Double>? {
    var rows = chosen.map { i in chosen.map { products[i][$0] } + [targets[i]] }
    let k = chosen.count
    for p in 0..<k {
      guard rows[p][p] > 1e-9 * products[chosen[p]][chosen[p]] else { return nil }
      for i in 0..<k where i != p {
        let factor = rows[i][p] / rows[p][p]
        for j in p...k { rows[i][j] -= factor * rows[p][j] }
      }
    }
    var result = SIMD4<Double>.zero
    for p in 0..<k { result[chosen[p]] = rows[p][k] / rows[p][p] }
    return result
  }
}

/// The means of the latest 1, 5, 22 and 66 values of a series, of fewer while there are fewer.
struct LaggedMeans: Hashable, Codable, Sendable {
  private let level: Double
  private var ring = [Double](repeating: 0, count: 128)
  private var count = 0
  private var sums = SIMD4<Double>.zero

  init(level: Double) { self.level = level }

  /// Differences from the level.
  var deviations: SIMD4<Double> {
    let n = Double(count)
    return count == 0 ? .zero : sums / SIMD4(1, min(5, n), min(22, n), min(66, n))
  }

  mutating func append(_ value: Double) {
    let deviation = value - level
    sums += deviation
    // What has left each span; places not yet filled hold zero.
    sums -= SIMD4(
      ring[(count + 127) & 127], ring[(count + 123) & 127], ring[(count + 106) & 127], ring[(count + 62) & 127])
    ring[count & 127] = deviation
    count += 1
    if count & 127 == 0 { refresh() }
  }

  /// Sums afresh, so that rounding does not pile up.
  private mutating func refresh() {
    for (i, span) in Autoregression.spans.enumerated() {
      sums[i] = (0..<span).reduce(0) { $0 + ring[(count + 127 - $1) & 127] }
    }
  }
}
