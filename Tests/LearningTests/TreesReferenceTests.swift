import HydraLearning
import HydraNumerics
import Testing

/// Boosting as plainly as it can be written: every cut between two distinct values of every column is tried on the rows
/// themselves, in doubles. Squared error, no missing values.
struct PlainBoosting {
  var settings: GradientBoostedTrees.Settings
  private(set) var start = 0.0
  private(set) var trees: [Node] = []

  indirect enum Node {
    case leaf(Double)
    case split(column: Int, threshold: Double, left: Node, right: Node)

    func value(_ row: [Double]) -> Double {
      switch self {
      case .leaf(let value): value
      case .split(let column, let threshold, let left, let right):
        row[column] <= threshold ? left.value(row) : right.value(row)
      }
    }
  }

  struct Cut {
    var gain: Double
    var column: Int
    var threshold: Double
  }

  init(_ features: Matrix, _ targets: [Double], settings: GradientBoostedTrees.Settings) {
    self.settings = settings
    start = targets.reduce(0, +) / Double(targets.count)
    var scores = [Double](repeating: start, count: targets.count)
    for _ in 0..<settings.rounds {
      let gradients = zip(scores, targets).map { $0 - $1 }
      let tree = grow(features, gradients)
      trees.append(tree)
      for row in scores.indices { scores[row] += tree.value(features.row(row)) }
    }
  }

  func predict(_ row: [Double]) -> Double { trees.reduce(start) { $0 + $1.value(row) } }

  private func score(_ rows: [Int], _ gradients: [Double]) -> Double {
    let sum = rows.map { gradients[$0] }.reduce(0, +)
    let shrunk = max(abs(sum) - settings.l1, 0)
    return shrunk * shrunk / (Double(rows.count) + settings.l2)
  }

  private func bestCut(_ features: Matrix, _ gradients: [Double], _ rows: [Int]) -> Cut? {
    var best: Cut?
    for column in 0..<features.columns {
      let values = Set(rows.map { features[$0, column] }).sorted()
      for (low, high) in zip(values, values.dropFirst()) {
        let threshold = (low + high) / 2
        let left = rows.filter { features[$0, column] <= threshold }
        let right = rows.filter { features[$0, column] > threshold }
        guard min(left.count, right.count) >= settings.minimumLeafRows else { continue }
        let gain = score(left, gradients) + score(right, gradients) - score(rows, gradients)
        if gain > 1e-9, gain > settings.minimumGain, gain > (best?.gain ?? 0) * (1 + 1e-12) {
          best = Cut(gain: gain, column: column, threshold: threshold)
        }
      }
    }
    return best
  }

  /// Splits the leaf with the highest gain until there are enough leaves.
  private func grow(_ features: Matrix, _ gradients: [Double]) -> Node {
    struct Open { var path: [Bool], rows: [Int], cut: Cut? }
    var leaves = [
      Open(path: [], rows: Array(gradients.indices), cut: bestCut(features, gradients, Array(gradients.indices)))
    ]
    var cuts: [[Bool]: Cut] = [:]
    while leaves.count < settings.leaves {
      guard let best = leaves.indices.max(by: { (leaves[$0].cut?.gain ?? 0) < (leaves[$1].cut?.gain ?? 0) }),
        let cut = leaves[best].cut
      else { break }
      let leaf = leaves[best]
      cuts[leaf.path] = cut
      let sides = [true, false].map { isLeft in
        let rows = leaf.rows.filter { (features[$0, cut.column] <= cut.threshold) == isLeft }
        let isDeep = leaf.path.count + 1 >= settings.maximumDepth ?? .max
        return Open(path: leaf.path + [isLeft], rows: rows, cut: isDeep ? nil : bestCut(features, gradients, rows))
      }
      leaves[best] = sides[0]
      leaves.append(sides[1])
    }
    func build(_ path: [Bool]) -> Node {
      if let cut = cuts[path] {
        return .split(
          column: cut.column, threshold: cut.threshold, left: build(path + [true]), right: build(path + [false]))
      }
      let rows = leaves.first { $0.path == path }?.rows ?? []
      let sum = rows.map { gradients[$0] }.reduce(0, +)
      let shrunk = sum > 0 ? max(sum - settings.l1, 0) : min(sum + settings.l1, 0)
      return .leaf(-shrunk / (Double(rows.count) + settings.l2) * settings.learningRate)
    }
    return build([])
  }
}

@Suite struct TreesReferenceTests {
  @Test(arguments: 0..<12)
  func `Histograms with a bin per value find the cuts of an exact search`(seed: Int) throws {
    var random = CounterRandom(seed: UInt64(seed), stream: "reference")
    let rows = 40 + random.below(80)
    let columns = 1 + random.below(5)
    var features = Matrix(rows: rows, columns: columns, repeating: 0)
    for row in 0..<rows { for column in 0..<columns { features[row, column] = Double(random.below(30)) / 4 } }
    let targets = (0..<rows).map { features[$0, 0] + (features[$0, columns - 1] > 4 ? 3 : 0) + random.normal() }
    var settings = GradientBoostedTrees.Settings()
    settings.rounds = 6
    settings.leaves = 2 + random.below(7)
    settings.minimumLeafRows = 1 + random.below(4)
    settings.minimumBinRows = 1
    settings.learningRate = 0.5
    if seed % 3 == 1 { settings.l2 = 1.5 }
    if seed % 3 == 2 { settings.l1 = 0.7 }
    if seed % 4 == 3 { settings.maximumDepth = 2 }
    if seed % 5 == 4 { settings.minimumGain = 0.5 }
    let model = try GradientBoostedTrees.fit(features, targets, settings: settings)
    let plain = PlainBoosting(features, targets, settings: settings)
    for row in 0..<rows {
      #expect(abs(model.predict(features.row(row)) - plain.predict(features.row(row))) < 1e-9)
    }
  }
}
