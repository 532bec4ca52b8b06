/// An objective that a program brings along: derivatives of its loss as a closure.
///
///     let asymmetric = UserObjective { scores, targets in
///       let errors = zip(scores, targets).map { $0 - $1 }
///       return (errors.map { $0 > 0 ? 3 * $0 : $0 }, errors.map { $0 > 0 ? 3 : 1 })
///     }
///     let model = try GradientBoostedTrees.fit(features, targets, objective: asymmetric)
public struct UserObjective: Sendable {
  /// First and second derivatives of the loss by the scores; scores and results stand class after class. Second
  /// derivatives are not negative. Row weights are applied afterwards.
  public typealias Derivatives =
    @Sendable (_ scores: [Double], _ targets: [Double]) throws -> (gradients: [Double], hessians: [Double])

  /// The number of scores of a row.
  public var scores: Int
  /// From score to prediction.
  public var link: TreeObjective.Link
  /// Where the scores start; 0 for those that are not given.
  public var start: [Double]
  /// The derivatives of the loss.
  public var derivatives: Derivatives

  public init(
    scores: Int = 1, link: TreeObjective.Link = .identity, start: [Double] = [], derivatives: @escaping Derivatives
  ) {
    precondition(scores >= 1, "an objective with \(scores) scores")
    self.scores = scores
    self.link = link
    self.start = start
    self.derivatives = derivatives
  }
}

/// A metric that a program brings along, followed on validation rows.
public struct UserMetric: Sendable {
  /// Its name in the history of training.
  public var name: String
  /// Whether larger is better.
  public var isHigherBetter: Bool
  /// The metric of predictions (after the link), row after row.
  public var value: @Sendable (_ predictions: [Double], _ rows: LabelledRows) -> Double

  public init(
    _ name: String, isHigherBetter: Bool = false,
    value: @escaping @Sendable (_ predictions: [Double], _ rows: LabelledRows) -> Double
  ) {
    self.name = name
    self.isHigherBetter = isHigherBetter
    self.value = value
  }
}
