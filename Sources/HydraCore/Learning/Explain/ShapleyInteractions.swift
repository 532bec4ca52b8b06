import HydraNumerics

extension TreeExplainer {
  /// What each pair of features contributes to the raw score of each row beyond what both contribute alone.
  ///
  /// The matrix of a row is symmetric. An interaction is shared equally between (i, j) and (j, i); the diagonal holds
  /// what remains of a feature's contribution, so that row i sums to the contribution of feature i. A row of the result
  /// holds features × features numbers, row after row of the matrix; with several scores, those of the first score,
  /// then of the second, and so on.
  ///
  /// With the notation of `ShapleyTree`, a leaf adds ½ v (o_i - z_i)(o_j - z_j) ∫ Π_{k≠i,j} (o_k t + z_k (1-t)) dt.
  ///
  /// - Complexity: O(leaves × depth³) per row and tree, eight rows at a time.
  ///
  /// Source: S. Lundberg et al., arXiv:1802.03888 (2018), section 4.
  public func interactions(_ features: Matrix, threads: Int = 1) -> Matrix {
    precondition(
      features.columns == model.features || features.rows == 0,
      "\(features.columns) columns for a model of \(model.features) features")
    let width = model.features
    let perScore = width * width
    let contributions = contributions(features, threads: threads)
    let columns = perScore * model.scores
    var values = [Double](repeating: 0, count: features.rows * columns)
    values.withUnsafeMutableBufferPointer { values in
      features.values.withUnsafeBufferPointer { input in
        guard let input = input.baseAddress, let output = values.baseAddress else { return }
        nonisolated(unsafe) let (rows, results) = (input, output)
        parallelFor((features.rows + 7) / 8, threads: threads) { block in
          let count = min(8, features.rows - 8 * block)
          let scratch = ShapleyScratch(for: trees)
          let lanes = UnsafeMutablePointer<ShapleyTree.Lanes>.allocate(capacity: width)
          let pairs = UnsafeMutablePointer<ShapleyTree.Lanes>.allocate(capacity: perScore)
          defer {
            lanes.deallocate()
            pairs.deallocate()
          }
          fill(lanes, rows + 8 * block * width, columns: width, count: count)
          for score in 0..<model.scores {
            pairs.initialize(repeating: .zero, count: perScore)
            for tree in stride(from: score, to: trees.count, by: model.scores) {
              trees[tree]?.addInteractions(lanes, scratch, width: width, to: pairs)
            }
            for lane in 0..<count {
              let row = 8 * block + lane
              let target = results + row * columns + score * perScore
              // Below the diagonal each pair stands once.
              for i in 0..<width {
                for j in 0..<i {
                  target[i * width + j] = pairs[i * width + j][lane]
                  target[j * width + i] = pairs[i * width + j][lane]
                }
              }
              for feature in 0..<width {
                var rest = contributions[row, score * (width + 1) + feature]
                for other in 0..<width where other != feature { rest -= target[feature * width + other] }
                target[feature * width + feature] = rest
              }
            }
          }
        }
      }
    }
    return Matrix(rows: features.rows, columns: columns, values: values)
  }
}

extension ShapleyTree {
  /// Adds the interactions of eight rows to the lower triangle of a matrix.
  func addInteractions(
    _ rows: UnsafePointer<Lanes>, _ scratch: borrowing ShapleyScratch, width: Int,
    to target: UnsafeMutablePointer<Lanes>
  ) {
    follow(rows, scratch)
    var path: [Int] = []
    var shares: [Lanes] = []
    for place in edges.indices where edges[place].leaf >= 0 {
      // The last edge of each feature on the path.
      path.removeAll(keepingCapacity: true)
      var above = place
      while above >= 0 {
        if !path.contains(where: { edges[$0].feature == edges[above].feature }) { path.append(above) }
        above = edges[above].parent
      }
      let value = tree.leafValue[edges[place].leaf] / 2
      for (t, weight) in zip(points, weights) {
        var product = Lanes(repeating: weight * value)
        shares.removeAll(keepingCapacity: true)
        for edge in path {
          let (cover, isHot) = (edges[edge].cover, scratch.hot[edge])
          let cold = cover * (1 - t)
          product *= Self.pick(isHot, cold + t, cold)
          // (o - z) over the feature's factor, which has a limit where z is 0.
          shares.append(Self.pick(isHot, (1 - cover) / (cold + t), -1 / (1 - t)))
        }
        for first in path.indices {
          let once = product * shares[first]
          let i = edges[path[first]].feature
          for second in 0..<first {
            let j = edges[path[second]].feature
            target[max(i, j) * width + min(i, j)] += once * shares[second]
          }
        }
      }
    }
  }

  @inline(__always)
  private static func pick(_ mask: Mask, _ set: Double, _ other: Double) -> Lanes {
    let bits = (Mask(repeating: set.bitPattern) & mask) | (Mask(repeating: other.bitPattern) & ~mask)
    return unsafeBitCast(bits, to: Lanes.self)
  }
}
