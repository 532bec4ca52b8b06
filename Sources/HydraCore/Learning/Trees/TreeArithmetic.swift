import HydraNumerics

extension RegressionTree {
  /// Multiplies all values by a factor, as the learning rate.
  mutating func scale(by rate: Double) {
    for leaf in leafValue.indices { leafValue[leaf] *= rate }
    for node in internalValue.indices { internalValue[node] *= rate }
    linearLeaves = linearLeaves?.map {
      LinearLeaf(
        constant: $0.constant * rate, features: $0.features, coefficients: $0.coefficients.map { $0 * rate })
    }
    shrinkage *= rate
  }

  /// Adds a constant to all values; the result can no longer be told from a tree without shrinkage.
  mutating func add(_ constant: Double) {
    for leaf in leafValue.indices { leafValue[leaf] += constant }
    for node in internalValue.indices { internalValue[node] += constant }
    linearLeaves = linearLeaves?.map {
      LinearLeaf(constant: $0.constant + constant, features: $0.features, coefficients: $0.coefficients)
    }
    shrinkage = 1
  }

  /// The leaf that a row of a matrix reaches.
  func leaf(of features: Matrix, row: Int) -> Int {
    features.values.withUnsafeBufferPointer { leaf(of: $0.baseAddress.map { $0 + row * features.columns }) }
  }

  /// What a leaf adds to the score of a row of a matrix.
  func value(_ leaf: Int, of features: Matrix, row: Int) -> Double {
    guard let linearLeaves else { return leafValue[leaf] }
    return features.values.withUnsafeBufferPointer { values in
      values.baseAddress.flatMap { linearLeaves[leaf].value(of: $0 + row * features.columns) } ?? leafValue[leaf]
    }
  }

  /// The columns that numerical nodes above each leaf test, ascending.
  func numericalColumnsAboveLeaves() -> [[Int]] {
    var result = [[Int]](repeating: [], count: leaves)
    var open: [(child: Int, columns: Set<Int>)] = [(splitFeature.isEmpty ? ~0 : 0, [])]
    while let (child, columns) = open.popLast() {
      guard child >= 0 else {
        result[~child] = columns.sorted()
        continue
      }
      let below = decision[child].isCategorical ? columns : columns.union([splitFeature[child]])
      open += [(leftChild[child], below), (rightChild[child], below)]
    }
    return result
  }
}

extension TreeObjective {
  /// Turns raw scores, row after row, into predictions.
  func applyLinks(_ values: inout [Double]) {
    let width = scores
    values.withUnsafeMutableBufferPointer { buffer in
      for start in stride(from: 0, to: buffer.count, by: width) {
        applyLink(UnsafeMutableBufferPointer(rebasing: buffer[start..<start + width]))
      }
    }
  }
}
