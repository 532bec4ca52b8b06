import HydraNumerics

/// Turns a stream of any distribution and persistence into standardised scores of its `DriftAspect`s, which stay near
/// independent and of unit long-run variance until the stream changes.
///
/// 1. A forecast of each value (`Autoregression`), and what it leaves.
/// 2. A forecast of the size of that, and the one divided by the other: volatility that comes in clusters goes.
/// 3. The rank of the quotient among those before it: any distribution becomes uniform.
/// 4. For each aspect the score of the rank, and what a third autoregression leaves of it.
/// 5. Its long-run standard deviation, never below the plain one and raised by its own error, by which it is divided.
///
/// All are found anew from the whole history, at most `capacity` values, whenever it has doubled and then every half
/// `capacity`; in between they stay, so that a change cannot teach itself to the calibration, for which the latest
/// `heldBack` values are not used either.
struct CalibratedScores: Hashable, Codable, Sendable {
  /// What is learnt of one aspect.
  struct Channel: Hashable, Codable, Sendable {
    var forecast: Autoregression
    var means: LaggedMeans
    var deviation: Double
    /// By slack: how much longer than with normal scores the way of the upper and the lower sum must be.
    var stretch: [SIMD2<Double>]
  }

  private struct Known: Hashable, Codable, Sendable {
    var values = SIMD4<Double>.zero
    var sizes = SIMD4<Double>.zero
    var scores: [SIMD4<Double>] = []
  }

  static let heldBack = 50

  let aspects: [DriftAspect]
  let slacks: [Double]
  let capacity: Int
  private(set) var history: [Double] = []
  private var nextCalibration: Int
  private var sinceCalibration = 0
  private var forecast = Autoregression.constant(0)
  private var means = LaggedMeans(level: 0)
  /// How far from the level a value may be to the forecasts.
  private var reach = 0.0
  private var scale = Autoregression.constant(1)
  private var sizes = LaggedMeans(level: 1)
  private var ranks: TrailingRanks
  private var ties: CounterRandom
  private var previous = 0.5
  private(set) var channels: [Channel] = []
  /// The scores of the latest value, in the order of `aspects`.
  private(set) var latest: [Double]
  /// Weights learnt before the latest restart: of the values, of their sizes, of the scores by aspect.
  private var known = Known()

  init(aspects: [DriftAspect], slacks: [Double], warmUp: Int, capacity: Int) {
    precondition(warmUp >= 40 && capacity >= 2 * warmUp, "a warm-up of \(warmUp) values, a capacity of \(capacity)")
    (self.aspects, self.slacks, self.capacity) = (aspects, slacks, capacity)
    nextCalibration = warmUp
    latest = Array(repeating: 0, count: aspects.count)
    ranks = TrailingRanks(capacity: capacity)
    ties = CounterRandom(seed: 0, stream: "ties of ranks")
  }

  var isLearning: Bool { channels.isEmpty }

  /// Starts again after a change: level, scale and ranks are forgotten, the weights of the forecasts are remembered.
  mutating func restart(warmUp: Int) {
    history.removeAll(keepingCapacity: true)
    (sinceCalibration, nextCalibration, previous) = (0, warmUp, 0.5)
    known = Known(values: forecast.weights, sizes: scale.weights, scores: channels.map(\.forecast.weights))
    channels = []
  }

  /// Takes the next value, which must be finite; whether `latest` are now its scores, which there are none of while
  /// learning.
  mutating func update(_ value: Double) -> Bool {
    history.append(value)
    sinceCalibration += 1
    let isJudged = !channels.isEmpty
    if isJudged { judge(value) }
    if sinceCalibration >= nextCalibration { calibrate() }
    return isJudged
  }

  private mutating func judge(_ value: Double) {
    let rest = standardised(value)
    let (below, equal) = ranks.counts(rest)
    let n = Double(ranks.count + 1)
    let middle = (Double(below) + 0.5 * Double(equal) + 0.5) / n
    let u = isTied(equal) ? (Double(below) + Double(equal + 1) * ties.uniformOpen()) / n : middle
    ranks.insert(rest)
    for i in aspects.indices {
      let score = aspects[i].score(aspects[i] == .level ? middle : u, after: previous)
      latest[i] = (score - channels[i].forecast.forecast(channels[i].means)) / channels[i].deviation
      channels[i].means.append(score)
    }
    previous = u
  }

  /// Whether ranks are to be drawn at random: where some of the remembered values are equal to one, but not all, as in a
  /// stream that has never moved.
  private func isTied(_ equal: Int) -> Bool { equal > 0 && equal + 1 < ranks.count }

  /// What the forecast leaves of a value, as a share of the size forecast for it.
  private mutating func standardised(_ value: Double) -> Double {
    let rest = value - forecast.forecast(means)
    means.append(max(forecast.level - reach, min(forecast.level + reach, value)))
    let size = max(0.2 * scale.level, scale.forecast(sizes))
    sizes.append(min(abs(rest), 6 * scale.level))
    return size > 0 ? rest / size : rest
  }

  private mutating func calibrate() {
    if history.count > capacity { history.removeFirst(history.count - capacity) }
    let learnt = history.count - (history.count >= 4 * Self.heldBack ? Self.heldBack : 0)
    let ordered = history[..<learnt].sorted()
    let median = ordered[learnt / 2]
    let spread = history[..<learnt].reduce(0) { $0 + abs($1 - median) } / Double(learnt)
    let calm = history[..<learnt].map { max(median - 6 * spread, min(median + 6 * spread, $0)) }
    forecast = Autoregression(calm, known: known.values)
    reach = 6 * spread + abs(median - forecast.level)
    let errors = forecast.residuals(calm).map { abs($0) }
    let size = errors.reduce(0, +) / Double(learnt)
    scale = Autoregression(errors.map { min($0, 6 * size) }, known: known.sizes)
    means = LaggedMeans(level: forecast.level)
    sizes = LaggedMeans(level: scale.level)
    let rests = history.map { standardised($0) }
    ranks = TrailingRanks(capacity: capacity, values: rests)
    let places = rests.map { ranks.counts($0) }
    let n = Double(rests.count)
    let middles = places.map { (Double($0.below) + 0.5 * Double($0.equal)) / n }
    let shares = places.map {
      (Double($0.below) + Double($0.equal) * (isTied($0.equal - 1) ? ties.uniformOpen() : 0.5)) / n
    }
    channels = aspects.indices.map { i in
      let known = i < known.scores.count ? known.scores[i] : .zero
      return channel(aspects[i], aspects[i] == .level ? middles : shares, learnt: learnt, known: known)
    }
    previous = shares[shares.count - 1]
    sinceCalibration = 0
    nextCalibration = min(history.count, capacity / 2)
  }

  private func channel(_ aspect: DriftAspect, _ shares: [Double], learnt: Int, known: SIMD4<Double>) -> Channel {
    let scores = shares.indices.map { aspect.score(shares[$0], after: $0 == 0 ? 0.5 : shares[$0 - 1]) }
    let past = Array(scores[..<learnt])
    var level: Double?
    if aspect == .dependence {
      // The mean of all other scores is known from the ranks. Of this one it is zero where the forecast is right, unless
      // the history says clearly that it is not.
      let mean = past.reduce(0, +) / Double(learnt)
      level = mean * mean * Double(learnt) < Portable.log(Double(learnt)) ? 0 : mean
    }
    let forecast = Autoregression(past, level: level, known: known)
    var means = LaggedMeans(level: forecast.level)
    for score in scores { means.append(score) }
    let left = forecast.residuals(past)
    let deviation = Self.longRunDeviation(left)
    let standard = left.map { $0 / deviation }
    let stretch = slacks.map { slack in
      aspect.stretch
        * SIMD2(Self.stretch(standard, slack: slack, sign: 1), Self.stretch(standard, slack: slack, sign: -1))
    }
    return Channel(forecast: forecast, means: means, deviation: deviation, stretch: stretch)
  }

  /// 2 slack / θ with θ > 0 the root of mean exp(θ (±z - slack)) = 1, which is 2 slack for normal z; within 1...4.
  private static func stretch(_ values: [Double], slack: Double, sign: Double) -> Double {
    func excess(_ theta: Double) -> Double {
      values.reduce(0) { $0 + Portable.exp(min(50, theta * (sign * $1 - slack))) } / Double(values.count) - 1
    }
    var (low, high) = (0.5 * slack, 2 * slack)
    if excess(high) <= 0 { return 1 }
    if excess(low) > 0 { return 4 }
    for _ in 0..<12 {
      let middle = (low + high) / 2
      if excess(middle) > 0 { high = middle } else { low = middle }
    }
    return 2 * slack / low
  }

  /// The square root of the larger of variance and long-run variance (Bartlett weights) plus three of its standard errors,
  /// and at least 0.1: a stream that never moved has no scale of its own.
  private static func longRunDeviation(_ values: [Double]) -> Double {
    let n = values.count
    let mean = values.reduce(0, +) / Double(n)
    let lags = min(66, n / 6)
    let centred = values.map { $0 - mean }
    let variance = centred.reduce(0) { $0 + $1 * $1 } / Double(n)
    var longRun = variance
    for lag in 1...max(1, lags) {
      var sum = 0.0
      for i in lag..<n { sum += centred[i] * centred[i - lag] }
      longRun += 2 * (1 - Double(lag) / Double(lags + 1)) * sum / Double(n)
    }
    return max(0.1, max(variance, longRun).squareRoot()) * (1 + 3 / Double(n).squareRoot())
  }
}
