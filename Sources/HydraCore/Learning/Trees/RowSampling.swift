import HydraNumerics

/// The rows that trees see: bags, drawn anew every so many rounds, or gradient-based one-sided samples.
struct RowSampling {
  private let settings: GradientBoostedTrees.Settings
  private let targets: [Double]
  private var random: CounterRandom
  private var bag: [UInt32]?
  /// Whether each row is outside the bag; empty without one.
  private(set) var isOutside: [Bool] = []

  init(_ targets: [Double], settings: GradientBoostedTrees.Settings) {
    self.settings = settings
    self.targets = targets
    random = CounterRandom(seed: settings.seed, stream: "bagging")
  }

  /// The rows of a round, ascending; nil for all.
  ///
  /// - Parameters:
  ///   - isKept: the derivatives are used again in later rounds and must not be changed.
  ///   - startsLate: one-sided samples begin at this round, when gradients tell rows apart.
  mutating func draw(
    round: Int, gradients: inout [Double], hessians: inout [Double], isKept: Bool, startsLate: Int
  ) -> [UInt32]? {
    if let sampling = settings.oneSidedSampling {
      guard round >= startsLate, !isKept else { return nil }
      drawBySize(sampling, &gradients, &hessians)
    } else if settings.drawsRows, round % settings.baggingInterval == 0 {
      drawBag()
    }
    return bag
  }

  /// Goes through the rows once, so that those drawn come in ascending order.
  private mutating func drawBag() {
    let rows = targets.count
    let fractions = (
      settings.negativeBaggingFraction ?? settings.baggingFraction,
      settings.positiveBaggingFraction ?? settings.baggingFraction
    )
    let isByLabel = settings.positiveBaggingFraction != nil || settings.negativeBaggingFraction != nil
    var left = [isByLabel ? targets.count { $0 == 0 } : rows, isByLabel ? targets.count { $0 != 0 } : 0]
    var needed = [
      max(1, Int((Double(left[0]) * fractions.0).rounded(.down))), Int((Double(left[1]) * fractions.1).rounded(.down)),
    ]
    var drawn: [UInt32] = []
    drawn.reserveCapacity(needed[0] + needed[1])
    isOutside = [Bool](repeating: true, count: rows)
    for row in 0..<rows {
      let kind = isByLabel && targets[row] != 0 ? 1 : 0
      defer { left[kind] -= 1 }
      guard needed[kind] > 0, random.below(left[kind]) < needed[kind] else { continue }
      drawn.append(UInt32(row))
      isOutside[row] = false
      needed[kind] -= 1
    }
    bag = drawn
  }

  private mutating func drawBySize(
    _ sampling: OneSidedSampling, _ gradients: inout [Double], _ hessians: inout [Double]
  ) {
    let rows = targets.count
    let width = gradients.count / max(rows, 1)
    var sizes = [Double](repeating: 0, count: rows)
    for index in gradients.indices { sizes[index % rows] += abs(gradients[index] * hessians[index]) }
    let top = max(1, Int(Double(rows) * sampling.top))
    let others = max(1, Int(Double(rows) * sampling.other))
    let bound = sizes.sorted(by: >)[top - 1]
    let factor = Double(rows - top) / Double(others)
    var topLeft = top
    var (otherLeft, needed) = (rows - top, others)
    var drawn: [UInt32] = []
    isOutside = [Bool](repeating: true, count: rows)
    for row in 0..<rows {
      if sizes[row] >= bound, topLeft > 0 {
        topLeft -= 1
      } else {
        defer { otherLeft -= 1 }
        guard needed > 0, random.below(otherLeft) < needed else { continue }
        needed -= 1
        for label in 0..<width {
          gradients[label * rows + row] *= factor
          hessians[label * rows + row] *= factor
        }
      }
      drawn.append(UInt32(row))
      isOutside[row] = false
    }
    bag = drawn
  }
}
