import HydraNumerics

/// The mean loss of a model on rows whose labels are not known yet, with an interval.
public struct LossEstimate: Hashable, Codable, Sendable {
  public let mean: Double
  /// The interval that the realised mean loss of these rows should fall into with the probability asked for.
  public let interval: ClosedRange<Double>

  init(mean: Double, variance: Double, coverage: Double) {
    let reach = Portable.normalQuantile((1 + coverage) / 2) * max(0, variance).squareRoot()
    self.mean = mean
    interval = (mean - reach)...(mean + reach)
  }
}

/// The loss of a binary classifier without labels, from its own probabilities.
///
/// Labelled rows that the classifier was not trained on say what its probabilities are worth: a monotone calibration
/// c(p) (`IsotonicCalibration`). On new rows the expected loss is that of labels drawn with probability c(p):
/// ```
/// Σ c loss(1, p) + (1 - c) loss(0, p) / n
/// ```
/// The interval allows for the labels' own chance and for the error of the calibration. It holds as long as P(label | p)
/// stays: rows may become harder or easier, but not mean something else. `DriftBank` over the realised losses finds the
/// rest, when the labels are there.
///
/// Source: J. Bialek et al., "Estimating model performance under covariate shift without labels", arXiv:2401.08348.
public struct ConfidenceLoss: Hashable, Codable, Sendable {
  /// What a probability p of label 1 costs.
  public enum Loss: String, Hashable, Codable, Sendable, CaseIterable {
    /// 1 when the likelier label is wrong.
    case error
    /// (label - p)²
    case squared
    /// -ln of the probability given to the label, at most 27.6.
    case logarithmic

    func cost(_ label: Double, _ p: Double) -> Double {
      switch self {
      case .error: (p >= 0.5) == (label > 0.5) ? 0 : 1
      case .squared: (label - p) * (label - p)
      case .logarithmic: -Portable.log(max(1e-12, label > 0.5 ? p : 1 - p))
      }
    }
  }

  /// The calibration.
  public let calibration: IsotonicCalibration
  /// By corner of the calibration: how many labelled rows share its value.
  private let weights: [Double]

  /// - Parameters:
  ///   - probabilities: of label 1, by the model.
  ///   - labels: 0 or 1.
  /// - Throws: `MetricError` where these are not as many, none, or not finite.
  public init(probabilities: [Double], labels: [Double]) throws(MetricError) {
    calibration = try IsotonicCalibration(scores: probabilities, labels: labels)
    var counts: [Double: Double] = [:]
    for p in probabilities { counts[calibration.calibrated(p), default: 0] += 1 }
    weights = calibration.values.map { max(1, counts[$0] ?? 0) }
  }

  /// The last corner that is not above a probability; the first when all are.
  private func corner(_ p: Double) -> Int {
    var (low, high) = (0, calibration.thresholds.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if calibration.thresholds[middle] <= p { low = middle } else { high = middle }
    }
    return low
  }

  /// The value at a corner drawn towards a half by one row each: never exactly 0 or 1.
  private func guarded(_ corner: Int) -> Double {
    (calibration.values[corner] * weights[corner] + 1) / (weights[corner] + 2)
  }

  /// The expected mean loss on rows with these probabilities; nil without rows.
  public func estimate(_ probabilities: [Double], loss: Loss = .error, coverage: Double = 0.95) -> LossEstimate? {
    guard !probabilities.isEmpty else { return nil }
    let n = Double(probabilities.count)
    var (mean, variance) = (0.0, 0.0)
    var slopes = [Double](repeating: 0, count: weights.count)
    for p in probabilities {
      let c = calibration.calibrated(p)
      var corner = corner(p)
      // Both corners of a step are one value, known from the same rows.
      if corner > 0, calibration.values[corner - 1] == calibration.values[corner] { corner -= 1 }
      let (one, zero) = (loss.cost(1, p), loss.cost(0, p))
      mean += (c * one + (1 - c) * zero) / n
      let chance = guarded(corner)
      variance += chance * (1 - chance) * (one - zero) * (one - zero) / (n * n)
      slopes[corner] += (one - zero) / n
    }
    for (corner, slope) in slopes.enumerated() {
      let chance = guarded(corner)
      variance += slope * slope * chance * (1 - chance) / weights[corner]
    }
    return LossEstimate(mean: mean, variance: variance, coverage: coverage)
  }
}

/// The loss of any model without labels, from a second model that has learnt the losses of the first.
///
/// Trees learn the loss from the features (and what else is given as a column, such as the prediction) on half of the
/// labelled rows; the other half says by how much they are off on average and how far single rows scatter. On new rows
/// ```
/// mean of predicted losses + mean residual of the held-out half
/// ```
/// It holds as long as the loss given the features stays.
public struct DirectLoss: Sendable {
  private let model: GradientBoostedTrees
  private let offset: Double
  private let scatter: Double
  private let heldOut: Double

  /// - Parameters:
  ///   - features: of labelled rows that the first model was not trained on, in any order.
  ///   - losses: what it lost on each.
  /// - Precondition: as many losses as rows, at least 20, all finite.
  public init(_ features: Matrix, losses: [Double], rounds: Int = 60, seed: UInt64, threads: Int = 1) throws {
    precondition(features.rows == losses.count, "\(losses.count) losses for \(features.rows) rows")
    precondition(losses.count >= 20 && losses.allSatisfy(\.isFinite), "fewer than 20 losses, or some not finite")
    var order = Array(losses.indices)
    var random = CounterRandom(seed: seed, stream: "loss halves")
    random.shuffle(&order)
    let (fitted, held) = (order[..<(order.count / 2)].sorted(), order[(order.count / 2)...].sorted())
    var settings = GradientBoostedTrees.Settings()
    settings.rounds = rounds
    settings.leaves = 8
    settings.minimumLeafRows = max(5, fitted.count / 50)
    settings.seed = seed
    model = try GradientBoostedTrees.fit(
      features.selecting(rows: fitted), fitted.map { losses[$0] }, settings: settings, threads: threads)
    let predicted = model.predict(features.selecting(rows: held), threads: threads)
    let residuals = zip(held, predicted).map { losses[$0] - $1 }
    offset = Statistics.mean(residuals)
    scatter = Statistics.variance(residuals)
    heldOut = Double(held.count)
  }

  /// The expected mean loss on these rows; nil without rows.
  public func estimate(_ features: Matrix, coverage: Double = 0.95, threads: Int = 1) -> LossEstimate? {
    guard features.rows > 0 else { return nil }
    let mean = Statistics.mean(model.predict(features, threads: threads)) + offset
    return LossEstimate(
      mean: mean, variance: scatter * (1 / Double(features.rows) + 1 / heldOut), coverage: coverage)
  }
}
