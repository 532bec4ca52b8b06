import HydraNumerics

/// Runs a `SelfHealingModel` over a stream row by row, each forecast before its label, and counts.
///
///     let trial = try HealingTrial(features: names, rows: matrix, labels: labels, classes: 2, arm: .selfHealing, seed: 1)
///     trial.accuracy          // share of the rows after the warm-up whose most probable class was the label
public struct HealingTrial: Hashable, Codable, Sendable {
  public let arm: HealingArm
  public let seed: UInt64
  /// Rows that were forecast after the warm-up.
  public let rows: Int
  /// Share of them that were right.
  public let accuracy: Double
  /// Cohen's: 0 for chance with the same frequencies, 1 for no error.
  public let kappa: Double
  /// Share that was right of the forecast that the next label is the latest known one.
  public let noChange: Double
  /// Fits of whole ensembles, the first one included.
  public let retrainings: Int
  /// Leaves refitted, trees added.
  public let repairs: Int
  public let alarms: [HealingAlarm]

  /// Runs over all rows; the first `warmUpShare` of them are not counted.
  ///
  /// - Parameters:
  ///   - rows: of the stream in order; missing values are NaN.
  ///   - labels: 0 ..< `classes`, one per row.
  ///   - delay: the label of a row is known when the row this many later is forecast; 1 is the next one.
  ///   - settings: its arm and its warm-up are set by the trial.
  ///   - progress: called now and then; an error that it throws ends the run.
  public init(
    features: [String], rows: Matrix, labels: [Int], classes: Int, arm: HealingArm, warmUpShare: Double = 0.1,
    delay: Int = 1, settings: SelfHealingModel.Settings = SelfHealingModel.Settings(), seed: UInt64, threads: Int = 1,
    progress: ((WorkProgress) throws -> Void)? = nil
  ) throws {
    precondition(labels.count == rows.rows, "\(labels.count) labels for \(rows.rows) rows")
    precondition(delay >= 1, "a delay of \(delay) rows")
    precondition(warmUpShare > 0 && warmUpShare < 1, "a warm-up of \(warmUpShare) of all rows")
    var settings = settings
    let warmUp = Int(warmUpShare * Double(rows.rows))
    // Labels that are late do not make the warm-up longer.
    settings.warmUpRows = max(20, warmUp - delay + 1)
    settings.capacity = max(settings.capacity, settings.warmUpRows)
    settings.arm = arm
    var model = SelfHealingModel(features: features, classes: classes, settings: settings, seed: seed)
    var confusion = Array(repeating: 0.0, count: classes * classes)
    var same = 0
    for t in 0..<rows.rows {
      if t >= delay { try model.learn(label: labels[t - delay], threads: threads) }
      let probabilities = model.predict(rows.row(t))
      if t >= warmUp {
        let forecast = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        confusion[forecast * classes + labels[t]] += 1
        if t >= delay, labels[t - delay] == labels[t] { same += 1 }
      }
      if t % 256 == 0 { try progress?(WorkProgress(done: t, total: rows.rows)) }
    }
    try progress?(WorkProgress(done: rows.rows, total: rows.rows))
    let counted = rows.rows - warmUp
    (self.arm, self.seed, self.rows) = (arm, seed, counted)
    let n = Double(max(1, counted))
    let right = (0..<classes).reduce(0) { $0 + confusion[$1 * classes + $1] } / n
    let chance = (0..<classes).reduce(0.0) { sum, k in
      let forecast = (0..<classes).reduce(0) { $0 + confusion[k * classes + $1] }
      let actual = (0..<classes).reduce(0) { $0 + confusion[$1 * classes + k] }
      return sum + forecast * actual / (n * n)
    }
    accuracy = right
    kappa = chance < 1 ? (right - chance) / (1 - chance) : 1
    noChange = Double(same) / n
    (retrainings, repairs, alarms) = (model.retrainings, model.repairs, model.alarms)
  }
}
