import HydraNumerics

/// Bayesian optimisation: a Gaussian process over the trials so far, and the point where the expected improvement is
/// largest.
///
/// The first trials are spread evenly. Losses that spread over orders of magnitude are taken by their logarithm. The
/// kernel is fitted anew after every few trials; the acquisition is searched at random, around the best trials, and from
/// the best of these by its gradient. Parallel trials count with their expected loss until they are finished. Pruned
/// trials count with their last report, failed ones as the worst.
///
/// - Complexity: O(trials²) a suggestion with some hundred evaluations, O(trials³) for a fit; up to about 500 trials.
///
/// Source: D. Jones, M. Schonlau, W. Welch, J. Global Optimization 13 (1998); S. Ament et al., "Unexpected improvements
/// to expected improvement", NeurIPS 36 (2023) for its logarithm.
public struct GaussianProcessSearch: Hashable, Codable, Sendable {
  /// Trials spread evenly before the first fit; nil takes three for each parameter, and at least ten.
  public var startupTrials: Int?
  /// Points at which the acquisition is looked at for a start.
  public var candidates = 200
  /// How many of them are followed up by gradient.
  public var starts = 3
  /// After so many trials without a better one, every third trial is chosen as if distances were two or four times as
  /// far, which sends it to where less is known.
  public var patience = 8

  public init() {}

  func checked() throws(SearchError) -> GaussianProcessSearch {
    for (name, value, least) in [
      ("startupTrials", startupTrials ?? 2, 2), ("candidates", candidates, 1), ("starts", starts, 1),
      ("patience", patience, 1),
    ]
    where value < least {
      throw .badSetting(name: "gp.\(name)", value: "\(value)", allowed: "at least \(least)")
    }
    return self
  }
}

/// The search at work.
struct GaussianProcessEngine: SearchEngine {
  let space: UnitSpace
  private let settings: GaussianProcessSearch
  private var data: KernelData
  /// NaN for failed trials.
  private var losses: [Double] = []
  private var kernel: GaussianProcess.Kernel
  private let startup: Int
  private var nextFit: Int
  private var running: [Int: [Double]] = [:]
  private var bestLoss = Double.infinity
  private var sinceBest = 0

  init(_ space: UnitSpace, _ settings: GaussianProcessSearch) {
    self.space = space
    self.settings = settings
    data = KernelData(isCategory: space.axes.map { $0.categories != nil })
    kernel = GaussianProcess.Kernel(dimensions: space.axes.count)
    startup = settings.startupTrials ?? max(10, 3 * space.axes.count)
    nextFit = startup
  }

  /// What a trial lacks counts as the middle of its range.
  private func filled(_ trial: Trial) -> [Double] {
    zip(space.point(trial), space.axes).map { $0.isNaN ? ($1.categories == nil ? 0.5 : 0) : $0 }
  }

  mutating func begin(_ trial: Trial) { running[trial.number] = filled(trial) }

  mutating func learn(_ trial: Trial, losses found: [Double]) {
    running[trial.number] = nil
    data.add(filled(trial))
    losses.append(found.first ?? .nan)
    sinceBest += 1
    if let loss = found.first, loss < bestLoss {
      // Polishing the last digits is no progress.
      if bestLoss - loss > 1e-3 * abs(loss) { sinceBest = 0 }
      bestLoss = loss
    }
    guard losses.count >= nextFit, let targets = standardised() else { return }
    let starts = [kernel, GaussianProcess.Kernel(dimensions: space.axes.count)]
    kernel = GaussianProcessFit(data: data, targets: targets).fitted(from: starts, evaluations: 25)
    nextFit = losses.count + 1 + losses.count / 12
  }

  /// Losses of mean 0 and variance 1; nil when they tell nothing.
  private func standardised() -> [Double]? {
    let known = losses.filter(\.isFinite)
    guard let low = known.min(), let high = known.max(), low < high else { return nil }
    // Infinite and failed ones are as bad as the worst.
    var values = losses.map { $0.isFinite ? $0 : $0 == -.infinity ? low : high }
    let sorted = values.sorted()
    let middle = Statistics.quantile(sorted: sorted, 0.5) - low
    if high - low > 10 * middle, middle > 0 {
      let scale = 0.1 * middle
      values = values.map { Portable.log1p(($0 - low) / scale) }
    }
    let mean = Statistics.mean(values)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    guard deviation > 0 else { return nil }
    return values.map { ($0 - mean) / deviation }
  }

  func suggest(number: Int, random: inout CounterRandom) -> SearchChoice? {
    guard losses.count >= startup else { return SearchChoice(spread(number, &random)) }
    let looksAround = number % 3 == 1 && sinceBest >= settings.patience
    let kernel = looksAround ? self.kernel.shortened(by: number % 2 == 1 ? 2 : 4) : self.kernel
    guard var targets = standardised(), var process = GaussianProcess(data, targets, kernel) else {
      return SearchChoice(space.random(&random))
    }
    let best = targets.min() ?? 0
    if !running.isEmpty {
      var all = data
      var scratch = GaussianProcess.Scratch(data)
      for point in running.keys.sorted().compactMap({ running[$0] }) {
        targets.append(process.predict(point, &scratch).mean)
        all.add(point)
      }
      guard let with = GaussianProcess(all, targets, kernel) else { return SearchChoice(space.random(&random)) }
      process = with
    }
    let acquisition = ExpectedImprovement(process: process, best: best)
    return SearchChoice(AcquisitionSearch(space: space, settings: settings, acquisition: acquisition).best(&random))
  }

  /// Points that fill the space evenly: multiples of powers of the root of x^(d+1) = x + 1, from a random start.
  ///
  /// Source: M. Roberts, "The unreasonable effectiveness of quasirandom sequences" (2018).
  private func spread(_ number: Int, _ random: inout CounterRandom) -> [Double] {
    var shifts = CounterRandom(seed: random.seed, stream: "spread")
    let d = Double(space.axes.count)
    var root = 2.0
    for _ in 0..<60 { root = Portable.pow(1 + root, 1 / (d + 1)) }
    var power = 1.0
    return space.axes.map { axis in
      power /= root
      let position = shifts.uniform() + Double(number + 1) * power
      let u = position - position.rounded(.down)
      return axis.categories.map { Double(min(Int(u * Double($0)), $0 - 1)) } ?? u
    }
  }
}
