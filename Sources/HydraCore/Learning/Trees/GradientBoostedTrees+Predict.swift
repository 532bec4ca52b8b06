import HydraNumerics

extension GradientBoostedTrees {
  /// Predictions in the unit of the targets: values, or probabilities for classes.
  ///
  /// Row after row, with one number for a single score, else one per class.
  /// - Precondition: `features` has as many columns as the model has features.
  public func predict(_ features: Matrix, threads: Int = 1) -> [Double] {
    scored(features, rounds: nil, threads: threads, linked: true)
  }

  /// The prediction for one row of a model with a single score.
  public func predict(_ row: [Double]) -> Double {
    precondition(scores == 1, "a prediction with \(scores) scores is not one number; use predict(_:into:)")
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { result in
      row.withUnsafeBufferPointer { predict($0, into: result) }
      return result[0]
    }
  }

  /// The prediction for one row, written to `result`: for streams of rows, without taking memory.
  ///
  /// The same bits as `predict(Matrix)`.
  /// - Precondition: `row` has a value per feature, `result` room for a number per score.
  public func predict(_ row: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>) {
    precondition(row.count == features, "\(row.count) columns for a model of \(features) features")
    precondition(result.count == scores, "room for \(result.count) numbers where \(scores) are needed")
    guard let output = result.baseAddress else { return }
    output.initialize(repeating: 0, count: scores)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { nothing in
      // Trees of a model without columns are leaves and read nothing.
      guard let input = row.baseAddress ?? UnsafePointer(nothing.baseAddress) else { return }
      forest.addScores(input, columns: features, rows: 0..<1, trees: trees.count, width: scores, to: output)
    }
    if averagesRounds, rounds > 0 {
      for score in 0..<scores { output[score] /= Double(rounds) }
    }
    objective.applyLink(result)
  }

  /// Raw scores: sums of leaf values, before the link and, for a random forest, before the division by the rounds.
  ///
  /// Of the first `rounds` rounds when given. Laid out as `predict`.
  public func rawScores(_ features: Matrix, rounds: Int? = nil, threads: Int = 1) -> [Double] {
    scored(features, rounds: rounds, threads: threads, linked: false)
  }

  /// The leaf that each row reaches in each tree, row after row.
  public func leafIndices(_ features: Matrix) -> [Int] {
    check(features)
    guard features.rows > 0, !trees.isEmpty else { return [] }
    var result = [Int](repeating: 0, count: features.rows * trees.count)
    features.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      forest.forEachLeaf(base, columns: features.columns, rows: 0..<features.rows, trees: trees.count) {
        row, tree, leaf in result[row * trees.count + tree] = leaf - Int(forest.firstLeaves[tree])
      }
    }
    return result
  }

  private func check(_ features: Matrix) {
    precondition(
      features.columns == self.features || features.rows == 0,
      "\(features.columns) columns for a model of \(self.features) features")
  }

  private func scored(_ features: Matrix, rounds: Int?, threads: Int, linked: Bool) -> [Double] {
    check(features)
    let width = scores
    let used = min(rounds ?? self.rounds, self.rounds) * width
    // Blocks of rows are independent, so threads do not change any sum.
    let chunk = 256
    return [Double](unsafeUninitializedCapacity: features.rows * width) { buffer, count in
      count = features.rows * width
      buffer.initialize(repeating: 0)
      guard let first = buffer.baseAddress else { return }
      features.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        nonisolated(unsafe) let (input, output) = (base, first)
        parallelFor((features.rows + chunk - 1) / chunk, threads: threads) { index in
          let rows = index * chunk..<min((index + 1) * chunk, features.rows)
          forest.addScores(input, columns: features.columns, rows: rows, trees: used, width: width, to: output)
          for row in rows {
            let scores = UnsafeMutableBufferPointer(start: output + row * width, count: width)
            guard linked else { continue }
            if averagesRounds, used > 0 {
              for score in scores.indices { scores[score] /= Double(used / width) }
            }
            objective.applyLink(scores)
          }
        }
      }
    }
  }
}
