import HydraNumerics

/// A sum of kernels and a prior, made for many evaluations.
///
/// The density of a candidate x is Σ w exp(-Σ (x - c)² / 2σ² - ln mass + Σ categories), with the same σ for all kernels, so
/// that a kernel costs a few operations a parameter and one exponential, and none where all kernels of a block are too
/// far away to count. Sums are taken in eight lanes of fixed order.
struct ParzenMixture {
  typealias Lanes = SIMD8<Double>

  let count: Int
  let sigmas: [Double]
  /// The weight of all kernels with the prior.
  let total: Double
  /// For each block of eight kernels the lanes of each parameter, numbers first.
  private let lanes: [Lanes]
  /// What is added to each exponent: ln weight - ln mass, the same for all candidates.
  private let offsets: [Lanes]
  private let words: [Int]
  /// ln of the density of a trial's own word, and of another, for each category.
  private let match: [Double]
  private let mismatch: [Double]
  /// The density of the prior apart from the position, and its weight.
  private let prior: Double
  /// -1 / 2σ² of each number.
  private let shrinks: [Double]

  /// e to this is too small to be seen beside the prior.
  private static let leastExponent = -60.0

  /// - Parameter absent: kernels that do not count.
  init(lanes: [Lanes], logMass: [Double], absent: [Int], count: Int, sigmas: [Double], group: ParzenGroup) {
    self.lanes = lanes
    self.count = count
    self.sigmas = sigmas
    let layout = group.layout
    words = layout.words
    total = Double(count - absent.count) + layout.priorWeight
    let blend = layout.priorWeight / total
    match = words.map { Portable.log((1 + blend / Double($0)) / (1 + blend)) }
    mismatch = words.map { Portable.log(blend / Double($0) / (1 + blend)) }
    var offsets = [Lanes](repeating: Lanes(repeating: -800), count: (count + Lanes.scalarCount - 1) / Lanes.scalarCount)
    // (σ √2π)^-1 of every number is common to all kernels.
    let common = sigmas.reduce(0) { $0 - Portable.log($1 * 2.5066282746310002) }
    offsets.withUnsafeMutableBufferPointer { offsets in
      for kernel in 0..<count {
        offsets[kernel / Lanes.scalarCount][kernel % Lanes.scalarCount] = common - logMass[kernel]
      }
      for kernel in absent { offsets[kernel / Lanes.scalarCount][kernel % Lanes.scalarCount] = -800 }
    }
    self.offsets = offsets
    // A normal distribution of width 1 around the middle has .3829 of its mass inside.
    var prior = layout.priorWeight
    for _ in sigmas { prior /= 2.5066282746310002 * 0.38292492254802624 }
    for count in words { prior /= Double(count) }
    self.prior = prior
    shrinks = sigmas.map { -0.5 / ($0 * $0) }
  }

  /// Whether any of eight kernels is near enough, without a look at each lane.
  @inline(__always)
  private static func anyCounts(_ exponent: Lanes) -> Bool {
    let mask = unsafeBitCast(exponent .> leastExponent, to: SIMD8<Int64>.self)
    let four = mask.lowHalf | mask.highHalf
    let two = four.lowHalf | four.highHalf
    return (two[0] | two[1]) != 0
  }

  func coordinate(_ column: Int, _ kernel: Int) -> Double {
    lanes[kernel / Lanes.scalarCount * (sigmas.count + words.count) + column][kernel % Lanes.scalarCount]
  }

  /// The densities at some candidates, times a constant that depends on the number of kernels only.
  func densities(_ candidates: [[Double]]) -> [Double] {
    let (numbers, width) = (sigmas.count, sigmas.count + words.count)
    let points = candidates.flatMap { $0 }
    var sums = [Lanes](repeating: .zero, count: candidates.count)
    lanes.withUnsafeBufferPointer { lanes in
      points.withUnsafeBufferPointer { points in
        shrinks.withUnsafeBufferPointer { shrinks in
          sums.withUnsafeMutableBufferPointer { sums in
            for block in offsets.indices {
              let (first, offset) = (block * width, offsets[block])
              for candidate in 0..<sums.count {
                let place = candidate * width
                var exponent = offset
                for column in 0..<numbers {
                  let gap = lanes[first + column] - points[place + column]
                  exponent += gap * gap * shrinks[column]
                  // It only falls: what is too far away after some numbers need not be followed to the last.
                  if column & 1 == 1, !Self.anyCounts(exponent) { break }
                }
                for column in numbers..<width {
                  let isSame = lanes[first + column] .== points[place + column]
                  exponent += Lanes(repeating: mismatch[column - numbers])
                    .replacing(with: match[column - numbers], where: isSame)
                }
                if Self.anyCounts(exponent) { sums[candidate] += LaneExponential.exp(exponent) }
              }
            }
          }
        }
      }
    }
    return candidates.indices.map { candidate in
      var squares = 0.0
      for column in 0..<numbers {
        squares += (candidates[candidate][column] - 0.5) * (candidates[candidate][column] - 0.5)
      }
      return (LaneMatrix.total(sums[candidate]) + prior * Portable.exp(-0.5 * squares)) / total
    }
  }
}
