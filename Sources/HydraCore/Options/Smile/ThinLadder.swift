import HydraNumerics

/// How a smile is fitted to a ladder of few, wide and sometimes wrong quotes.
///
/// Three parameters x minimise
///
/// ```
/// ½ Σ 3 L((σ(K_i; x) - mid_i)/h_i) + ½ Σ ((x_j - prior_j)/deviation_j)²
/// ```
/// h is half the width of a quote in volatility (at least `leastHalfWidth`), times 2^(age / (2 `ageHalfLife`)): an old
/// quote counts as a wide one. The factor 3 makes the middle of a quote uncertain by h/√3, as if the truth lay anywhere
/// between bid and ask. L is e² inside the quote, steeper outside (so that the smile passes between bid and ask where it
/// can), and levels off beyond `outlierDistance`: one crazy quote hardly pulls. Where that leaves several minima, the
/// search starts from fits that each leave one quote out.
///
/// Without a prior the parameters are still held to the smiles that markets have: five quotes that are wider than the
/// smile is curved determine a level and say little else, and which of two quotes at the end of a ladder is the crazy
/// one is decided by nothing else. The standard errors say how little is known.
public struct ThinLadder: Hashable, Codable, Sendable {
  /// The least half-width that a quote is believed to have, in volatility.
  public var leastHalfWidth = 0.002
  /// Seconds after which a quote counts half.
  public var ageHalfLife = 3600.0
  /// Half-widths from the middle beyond which a quote counts as mistaken.
  public var outlierDistance = 3.0
  /// How much more a distance outside the quote costs than one inside.
  public var outsideFactor = 8.0

  public init() {}

  /// Two sides of one strike, as volatilities per √year.
  public struct Quote: Hashable, Codable, Sendable {
    public var strike: Double
    /// The volatility of the best bid; nil when nobody bids.
    public var bid: Double?
    /// The volatility of the best ask; nil when nobody offers.
    public var ask: Double?
    /// Seconds since the quote was made; nil counts as new.
    public var ageSeconds: Double?

    public init(strike: Double, bid: Double?, ask: Double?, ageSeconds: Double? = nil) {
      (self.strike, self.bid, self.ask, self.ageSeconds) = (strike, bid, ask, ageSeconds)
    }
  }

  /// What is believed of the parameters before the quotes are seen: independent normal beliefs in coordinates that have
  /// no bounds (ln α, artanh ρ, ln ν for SABR; ln θ, artanh ρ, ln φ for SSVI).
  public struct Prior: Hashable, Codable, Sendable {
    /// The centre in each coordinate.
    public var centre: [Double]
    /// The standard deviation in each coordinate; infinite where nothing is believed.
    public var deviations: [Double]

    /// - Precondition: three of each, the deviations positive.
    public init(centre: [Double], deviations: [Double]) {
      precondition(centre.count == 3 && deviations.count == 3, "a smile has three coordinates")
      precondition(deviations.allSatisfy { $0 > 0 }, "a deviation is not positive")
      (self.centre, self.deviations) = (centre, deviations)
    }
  }

  /// A smile fitted to a ladder.
  public struct Fit<Smile: VolatilitySmile & Hashable & Codable>: Hashable, Codable, Sendable {
    public var smile: Smile
    /// The parameters in coordinates without bounds, and their standard errors there.
    public var coordinates, coordinateErrors: [Double]
    /// Standard errors of the parameters themselves (α, ρ, ν or θ, ρ, φ).
    public var standardErrors: [Double]
    /// Quotes (by index) that the smile passes between, bounds included.
    public var inside: [Int]
    /// Quotes (by index) that were found mistaken.
    public var suspects: [Int]

    /// What tomorrow's fit may believe: today's parameters, and a day's change of 10 % in level, 0.1 in artanh ρ and
    /// 15 % in curvature.
    public var priorForNextDay: Prior { prior(adding: [0.1, 0.1, 0.15]) }

    /// Today's parameters with wider errors.
    public func prior(adding changes: [Double]) -> Prior {
      Prior(
        centre: coordinates,
        deviations: zip(coordinateErrors, changes).map { ($0 * $0 + $1 * $1).squareRoot() })
    }
  }
}

/// A three-parameter smile at the strikes of a ladder.
protocol LadderCurve {
  var lower: SIMD3<Double> { get }
  var upper: SIMD3<Double> { get }
  /// The volatility at quote `index` with its gradient by the coordinates.
  func point(_ x: SIMD3<Double>, _ index: Int) -> (volatility: Double, gradient: SIMD3<Double>)
}

/// The robust fit behind `ThinLadder`.
struct LadderSearch<Curve: LadderCurve> {
  let curve: Curve
  let settings: ThinLadder
  let quotes: [ThinLadder.Quote]
  let centre, precision: SIMD3<Double>
  private let middles, halves: [Double]

  init(_ curve: Curve, _ quotes: [ThinLadder.Quote], settings: ThinLadder, prior: ThinLadder.Prior) {
    (self.curve, self.quotes, self.settings) = (curve, quotes, settings)
    centre = SIMD3(prior.centre[0], prior.centre[1], prior.centre[2])
    let d = prior.deviations.map { 1 / ($0 * $0) }
    precision = SIMD3(d[0], d[1], d[2])
    let sides = quotes.map { LadderQuoteShape($0, settings: settings) }
    (middles, halves) = (sides.map(\.middle), sides.map(\.half))
  }

  /// Distance from the middle in half-widths; zero where a one-sided quote is kept.
  func distance(_ volatility: Double, _ index: Int) -> Double {
    let distance = (volatility - middles[index]) / halves[index]
    if quotes[index].ask == nil && distance > 0 { return 0 }
    if quotes[index].bid == nil && distance < 0 { return 0 }
    return distance
  }

  /// What a distance costs, and the weight that gives its slope.
  private func loss(_ distance: Double) -> (cost: Double, weight: Double) {
    let size = abs(distance)
    func inner(_ size: Double) -> Double {
      let outside = max(size - 1, 0)
      return size * size + settings.outsideFactor * outside * outside
    }
    let bound = settings.outlierDistance
    guard size > bound else {
      return (inner(size), size > 1 ? 1 + settings.outsideFactor * (size - 1) / size : 1)
    }
    let slope = bound + settings.outsideFactor * max(bound - 1, 0)
    let share = bound / size
    return (inner(bound) + slope * bound * (1 - share * share), slope / bound * share * share * share * share)
  }

  private func believed(_ x: SIMD3<Double>) -> Double {
    let change = x - centre
    return dot(precision, change * change)
  }

  /// The whole objective, doubled.
  private func cost(_ x: SIMD3<Double>) -> Double {
    quotes.indices.reduce(believed(x)) { $0 + 3 * loss(distance(curve.point(x, $1).volatility, $1)).cost }
  }

  /// Normal equations with given weights.
  private func equations(_ x: SIMD3<Double>, weights: [Double]) -> ThreeParameterFit.Equations {
    var e = ThreeParameterFit.Equations()
    let change = x - centre
    e.sum = dot(precision, change * change)
    e.gradient = precision * change
    e.diagonal = precision
    for index in quotes.indices where weights[index] > 0 {
      let (volatility, slope) = curve.point(x, index)
      let g = slope / halves[index]
      let r = distance(volatility, index)
      let w = 3 * weights[index]
      e.sum += w * r * r
      e.gradient += w * r * g
      e.diagonal += w * g * g
      e.mixed += w * SIMD3(g[0] * g[1], g[0] * g[2], g[1] * g[2])
    }
    return e
  }

  private func solve(_ start: SIMD3<Double>, weights: [Double], tolerance: Double) -> SIMD3<Double> {
    ThreeParameterFit(from: start, lower: curve.lower, upper: curve.upper, floor: 0, tolerance: tolerance) {
      equations($0, weights: weights)
    }.parameters
  }

  /// The best coordinates from a start and from each quote left out, by reweighted least squares.
  func best(from start: SIMD3<Double>) -> SIMD3<Double> {
    let plain = [Double](repeating: 1, count: quotes.count)
    var best = solve(start, weights: plain, tolerance: 1e-6)
    var least = cost(best)
    if quotes.count > 2 {
      for left in quotes.indices {
        var weights = plain
        weights[left] = 0
        let trial = solve(start, weights: weights, tolerance: 1e-6)
        let value = cost(trial)
        if value < least { (best, least) = (trial, value) }
      }
    }
    for _ in 0..<50 {
      let weights = quotes.indices.map { loss(distance(curve.point(best, $0).volatility, $0)).weight }
      let next = solve(best, weights: weights, tolerance: 1e-8)
      let value = cost(next)
      guard value < least else { break }
      let gain = least - value
      (best, least) = (next, value)
      if gain <= 1e-9 * least { break }
    }
    return best
  }

  /// The covariance of the coordinates: quotes count as uncertain by h/√3, those found mistaken not at all.
  func covariance(_ x: SIMD3<Double>) -> [[Double]]? {
    let weights = quotes.indices.map { index -> Double in
      abs(distance(curve.point(x, index).volatility, index)) > settings.outlierDistance ? 0 : 1
    }
    return equations(x, weights: weights).inverse
  }

  /// The fit with its errors; `jacobian` is ∂parameter/∂coordinate of each (a diagonal).
  func result<Smile>(_ smile: Smile, _ x: SIMD3<Double>, jacobian: [Double]) -> ThinLadder.Fit<Smile> {
    let errors =
      covariance(x).map { rows in (0..<3).map { max(rows[$0][$0], 0).squareRoot() } }
      ?? Array(repeating: .infinity, count: 3)
    let distances = quotes.indices.map { abs(distance(curve.point(x, $0).volatility, $0)) }
    let inside = quotes.indices.filter { index in
      let volatility = curve.point(x, index).volatility
      return volatility >= quotes[index].bid ?? 0 && volatility <= quotes[index].ask ?? .infinity
    }
    return ThinLadder.Fit(
      smile: smile, coordinates: [x[0], x[1], x[2]], coordinateErrors: errors,
      standardErrors: zip(errors, jacobian).map { $0 * $1 }, inside: inside,
      suspects: quotes.indices.filter { distances[$0] > settings.outlierDistance })
  }
}

/// The middle and the half-width with which a quote enters.
struct LadderQuoteShape {
  let middle, half: Double

  init(_ quote: ThinLadder.Quote, settings: ThinLadder) {
    let ageing = Portable.exp(0.34657359027997264 * (quote.ageSeconds ?? 0) / settings.ageHalfLife)
    switch (quote.bid, quote.ask) {
    case (let bid?, let ask?):
      middle = 0.5 * (bid + ask)
      half = max(0.5 * (ask - bid), settings.leastHalfWidth) * ageing
    case (let bid?, nil): (middle, half) = (bid, settings.leastHalfWidth * ageing)
    case (nil, let ask?): (middle, half) = (ask, settings.leastHalfWidth * ageing)
    case (nil, nil): (middle, half) = (0, .infinity)
    }
  }
}
