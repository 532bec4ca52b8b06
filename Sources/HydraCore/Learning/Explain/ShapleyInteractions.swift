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
  /// - Complexity: O(leaves × depth³) per row and tree.
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
        parallelFor(features.rows, threads: threads) { row in
          for (index, tree) in trees.enumerated() {
            let target = results + row * columns + index % model.scores * perScore
            tree?.addInteractions(row: rows + row * features.columns, width: width, to: target)
          }
          for score in 0..<model.scores {
            let target = results + row * columns + score * perScore
            for feature in 0..<width {
              var rest = contributions[row, score * (width + 1) + feature]
              for other in 0..<width where other != feature { rest -= target[feature * width + other] }
              target[feature * width + feature] = rest
            }
          }
        }
      }
    }
    return Matrix(rows: features.rows, columns: columns, values: values)
  }
}

extension ShapleyTree {
  /// Adds the interactions of one row, the diagonal left out.
  func addInteractions(row: UnsafePointer<Double>, width: Int, to target: UnsafeMutablePointer<Double>) {
    let scratch = ShapleyScratch(edges: edges.count, blocks: 0)
    edges.withUnsafeBufferPointer { follow(row, $0, scratch.isHot) }
    for (place, edge) in edges.enumerated() where edge.leaf >= 0 {
      // The last edge of each feature on the path.
      var path: [Int] = []
      var above = place
      while above >= 0 {
        if !path.contains(where: { edges[$0].feature == edges[above].feature }) { path.append(above) }
        above = Int(edges[above].parent)
      }
      let value = tree.leafValue[Int(edge.leaf)]
      for block in 0..<blocks {
        let t = points[block]
        let rest: Lanes = 1 - t
        var product: Lanes = weights[block] * value
        var shares: [Lanes] = []
        for edge in path {
          let cover = edges[edge].cover
          let factor: Lanes = scratch.isHot[edge] ? cover * rest + t : cover * rest
          product *= factor
          // (o - z) over the feature's factor, which has a limit where z is 0.
          shares.append(scratch.isHot[edge] ? (1 - cover) / factor : -1 / rest)
        }
        for first in path.indices {
          for second in 0..<first {
            let lanes = product * shares[first] * shares[second]
            let half = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) / 2
            let (i, j) = (Int(edges[path[first]].feature), Int(edges[path[second]].feature))
            target[i * width + j] += half
            target[j * width + i] += half
          }
        }
      }
    }
  }
}
