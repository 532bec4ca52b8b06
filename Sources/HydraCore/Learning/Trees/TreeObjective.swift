import HydraNumerics

/// What a boosted ensemble is trained for, and how its raw scores become predictions.
///
/// The description is the objective line of LightGBM's text format, as in `binary sigmoid:1`, and is what is coded.
public enum TreeObjective: Hashable, Sendable {
  /// ½ (y - s)².
  case squaredError
  /// |y - s|; leaves hold weighted medians.
  case absoluteError
  /// Squared up to `delta` away from the target, linear beyond.
  case huber(delta: Double)
  /// The pinball loss; leaves hold weighted quantiles of `level`.
  case quantile(level: Double)
  /// The pinball losses of several ascending levels, a score each; predictions are in ascending order, whatever the
  /// scores. Sorting never raises the sum of the losses.
  ///
  /// Source: V. Chernozhukov, I. Fernandez-Val, A. Galichon, "Quantile and probability curves without crossing",
  /// Econometrica 78 (2010).
  case quantiles(levels: [Double])
  /// c |y - s| - c² log(1 + |y - s| / c): between absolute and squared error, with two derivatives everywhere.
  case fair(scale: Double)
  /// |y - s| / max(1, |y|); leaves hold weighted medians.
  case absolutePercentageError
  /// Counts with mean exp(s).
  case poisson
  /// Positive numbers with mean exp(s) and a standard deviation in proportion to it.
  case gamma
  /// Numbers from 0 with mean m = exp(s) and variance in proportion to m^power, 1 < power < 2.
  case tweedie(power: Double)
  /// Labels 0 and 1; the probability of 1 is 1 / (1 + exp(-sigmoid s)).
  case binary(sigmoid: Double)
  /// Shares in 0...1; the prediction is 1 / (1 + exp(-s)).
  case crossEntropy
  /// Labels 0..<classes; softmax of one score per class.
  case multiclass(classes: Int)
  /// Labels 0..<classes; a binary model per class.
  case multiclassOneVersusAll(classes: Int, sigmoid: Double)
  /// Grades 0, 1, 2, … of rows within queries; scores put the rows of a query in order.
  case lambdaRank(RankingLoss)
  /// What a user's closures say (`UserObjective`); models keep its link and its number of scores.
  case userDefined(link: Link, scores: Int)
  /// An objective that is only read from files; `link` gives its predictions.
  case loaded(name: String, link: Link)

  /// The function from raw score to prediction.
  public enum Link: String, Hashable, Codable, Sendable, CaseIterable {
    case identity, exponential, logistic, softplus, signedSquare
  }

  /// The number of scores per row, and of trees per round.
  public var scores: Int {
    switch self {
    case .multiclass(let classes), .multiclassOneVersusAll(let classes, _): classes
    case .quantiles(let levels): levels.count
    case .userDefined(_, let scores): scores
    default: 1
    }
  }

  /// Whether `fit` knows its gradients.
  public var isTrainable: Bool {
    switch self {
    case .loaded, .userDefined: false
    default: true
    }
  }

  /// Turns the raw scores of one row into predictions, in place.
  func applyLink(_ scores: UnsafeMutableBufferPointer<Double>) {
    switch self {
    case .squaredError, .absoluteError, .absolutePercentageError, .huber, .fair, .quantile, .lambdaRank: break
    case .quantiles: sortAscending(scores)
    case .poisson, .gamma, .tweedie: Link.exponential.apply(scores, sharpness: 1)
    case .crossEntropy: Link.logistic.apply(scores, sharpness: 1)
    case .binary(let sigmoid), .multiclassOneVersusAll(_, let sigmoid): Link.logistic.apply(scores, sharpness: sigmoid)
    case .multiclass: softmax(scores)
    case .loaded(_, let link), .userDefined(let link, _): link.apply(scores, sharpness: 1)
    }
  }
}

/// Sorts a few numbers in place, by insertion; NaN stays where it is.
private func sortAscending(_ values: UnsafeMutableBufferPointer<Double>) {
  for end in values.indices.dropFirst() {
    var place = end
    while place > 0, values[place] < values[place - 1] {
      values.swapAt(place, place - 1)
      place -= 1
    }
  }
}

extension TreeObjective.Link {
  func apply(_ scores: UnsafeMutableBufferPointer<Double>, sharpness: Double) {
    for index in scores.indices {
      let score = scores[index]
      switch self {
      case .identity: break
      case .exponential: scores[index] = Portable.exp(score)
      case .logistic: scores[index] = 1 / (1 + Portable.exp(-sharpness * score))
      case .softplus: scores[index] = Portable.log1p(Portable.exp(score))
      case .signedSquare: scores[index] = score < 0 ? -score * score : score * score
      }
    }
  }
}

/// exp(s_k) / Σ exp(s_j), shifted by the largest score so that nothing overflows.
func softmax(_ scores: UnsafeMutableBufferPointer<Double>) {
  guard var largest = scores.first else { return }
  for score in scores where score > largest { largest = score }
  var sum = 0.0
  for index in scores.indices {
    scores[index] = Portable.exp(scores[index] - largest)
    sum += scores[index]
  }
  for index in scores.indices { scores[index] /= sum }
}
