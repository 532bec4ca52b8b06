/// Which losses dominate which.
enum ParetoRanks {
  /// Whether `a` is nowhere larger than `b`, and somewhere smaller.
  static func dominates(_ a: [Double], _ b: [Double]) -> Bool {
    var isSmaller = false
    for (x, y) in zip(a, b) {
      if x > y { return false }
      if x < y { isSmaller = true }
    }
    return isSmaller
  }

  /// The fronts one after the other: 0 for what nothing dominates, 1 for what only these do, and so on.
  ///
  /// - Complexity: O(points² × objectives).
  static func ranks(_ losses: [[Double]]) -> [Int] {
    var ranks = [Int](repeating: 0, count: losses.count)
    var above = losses.map { loss in losses.count { dominates($0, loss) } }
    var rank = 0
    var open = Array(losses.indices)
    while !open.isEmpty {
      let front = open.filter { above[$0] == 0 }
      for index in front { ranks[index] = rank }
      open.removeAll { above[$0] == 0 }
      for index in open { for other in front where dominates(losses[other], losses[index]) { above[index] -= 1 } }
      rank += 1
    }
    return ranks
  }

  /// How far the neighbours of each point in its front are, summed over objectives; infinite at the ends.
  static func crowding(_ losses: [[Double]]) -> [Double] {
    var distances = [Double](repeating: 0, count: losses.count)
    for objective in losses.first?.indices ?? 0..<0 {
      let order = losses.indices.sorted { (losses[$0][objective], $0) < (losses[$1][objective], $1) }
      guard let low = order.first, let high = order.last else { continue }
      let width = losses[high][objective] - losses[low][objective]
      (distances[low], distances[high]) = (.infinity, .infinity)
      guard width > 0, width.isFinite else { continue }
      for place in 1..<max(order.count - 1, 1) {
        distances[order[place]] += (losses[order[place + 1]][objective] - losses[order[place - 1]][objective]) / width
      }
    }
    return distances
  }
}
