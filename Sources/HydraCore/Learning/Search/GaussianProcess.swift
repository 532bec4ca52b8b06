import HydraNumerics

/// A Gaussian process over the unit space: a mean and a variance at every point, given values at some.
///
/// The kernel is Matérn's of order 5/2 with a scale for each parameter,
///
/// ```
/// k(x, y) = a (1 + √5 r + 5 r²/3) exp(-√5 r),   r² = Σ θ_d (x_d - y_d)²
/// ```
/// plus noise on the diagonal; categories are 0 or 1 apart. Matrices are kept in rows of lanes, and all sums run in a
/// fixed order.
///
/// Source: C. Rasmussen, C. Williams, "Gaussian Processes for Machine Learning" (2006), algorithm 2.1 and section 5.4.
struct GaussianProcess {
  typealias Lanes = SIMD8<Double>

  /// What the kernel is made of, in logarithms, as they are fitted: θ for each parameter, a, noise.
  struct Kernel: Hashable, Sendable {
    var values: [Double]

    init(dimensions: Int) { values = Array(repeating: 0, count: dimensions) + [0, Portable.log(1e-3)] }

    init(_ values: [Double]) { self.values = values }

    /// The kernel of a space that is so many times wider.
    func shortened(by factor: Double) -> Kernel {
      Kernel(values.enumerated().map { $0 < values.count - 2 ? $1 + 2 * Portable.log(factor) : $1 })
    }
  }

  /// The points, one column of lanes for each parameter.
  let data: KernelData
  let targets: [Double]
  private let amplitude: Double
  private let scales: [Double]
  /// K⁻¹ and K⁻¹ y.
  private let inverse: LaneMatrix
  private let alpha: [Lanes]

  /// Nil when the kernel is not positive definite to working precision.
  init?(_ data: KernelData, _ targets: [Double], _ kernel: Kernel) {
    self.data = data
    self.targets = targets
    let d = data.dimensions
    scales = (0..<d).map { Portable.exp(kernel.values[$0]) }
    amplitude = Portable.exp(kernel.values[d])
    var matrix = LaneMatrix(data.count)
    matrix.fillKernel(data, scales: scales, amplitude: amplitude, slopes: nil)
    matrix.addDiagonal(GaussianProcessFit.leastNoise + Portable.exp(kernel.values[d + 1]))
    guard matrix.factorize() else { return nil }
    inverse = matrix.inverseOfFactored()
    alpha = inverse.times(LaneMatrix.lanes(targets))
  }

  /// Memory for predictions, used over and over.
  struct Scratch {
    var kernel: [Lanes]
    var slope: [Lanes]
    var solved: [Lanes]

    init(_ data: KernelData) {
      kernel = Array(repeating: .zero, count: data.blocks)
      (slope, solved) = (kernel, kernel)
    }
  }

  /// The mean and the variance without noise at a point.
  func predict(_ point: [Double], _ scratch: inout Scratch) -> (mean: Double, variance: Double) {
    data.kernelRow(point, scales: scales, amplitude: amplitude, kernel: &scratch.kernel, slope: &scratch.slope)
    inverse.multiply(scratch.kernel, into: &scratch.solved)
    let mean = LaneMatrix.dot(scratch.kernel, alpha)
    return (mean, max(amplitude - LaneMatrix.dot(scratch.kernel, scratch.solved), 1e-14))
  }

  /// The derivatives of the last prediction, along each parameter; 0 along categories.
  func slopes(_ point: [Double], _ scratch: Scratch) -> (mean: [Double], variance: [Double]) {
    var (means, variances) = ([Double](repeating: 0, count: point.count), [Double](repeating: 0, count: point.count))
    for d in point.indices where !data.isCategory[d] {
      var (mean, variance) = (Lanes.zero, Lanes.zero)
      for block in 0..<data.blocks {
        // d k / d x = (dk / dr²) 2 θ (x - c)
        let change = scratch.slope[block] * (point[d] - data.columns[d][block])
        mean += change * alpha[block]
        variance += change * scratch.solved[block]
      }
      means[d] = 2 * scales[d] * LaneMatrix.total(mean)
      variances[d] = -4 * scales[d] * LaneMatrix.total(variance)
    }
    return (means, variances)
  }
}

/// The points of a process in columns, padded to whole lanes.
struct KernelData: Sendable {
  typealias Lanes = SIMD8<Double>

  let dimensions: Int
  let isCategory: [Bool]
  private(set) var count = 0
  private(set) var columns: [[Lanes]]

  init(isCategory: [Bool]) {
    dimensions = isCategory.count
    self.isCategory = isCategory
    columns = Array(repeating: [], count: isCategory.count)
  }

  var blocks: Int { (count + Lanes.scalarCount - 1) / Lanes.scalarCount }

  mutating func add(_ point: [Double]) {
    for d in 0..<dimensions {
      if count % Lanes.scalarCount == 0 { columns[d].append(.zero) }
      columns[d][count / Lanes.scalarCount][count % Lanes.scalarCount] = point[d]
    }
    count += 1
  }

  func point(_ index: Int) -> [Double] {
    columns.map { $0[index / Lanes.scalarCount][index % Lanes.scalarCount] }
  }

  /// The squared distance along one parameter to the points of a block.
  @inline(__always)
  func gap(_ d: Int, _ block: Int, _ x: Double) -> Lanes {
    let difference = columns[d][block] - x
    guard isCategory[d] else { return difference * difference }
    return Lanes(repeating: 1).replacing(with: 0, where: difference .== 0)
  }

  /// k and dk/dr² at the points of a block, from r².
  @inline(__always)
  static func matern(_ squares: Lanes, _ amplitude: Double) -> (kernel: Lanes, slope: Lanes) {
    let r = (squares * 5).squareRoot()
    let decay = LaneExponential.exp(-r) * amplitude
    return ((1 + r + squares * (5.0 / 3)) * decay, (1 + r) * decay * (-5.0 / 6))
  }

  /// The kernel between a point and all points, and its derivative by r²; 0 past the last point.
  func kernelRow(
    _ point: [Double], scales: [Double], amplitude: Double, kernel: inout [Lanes], slope: inout [Lanes]
  ) {
    for block in 0..<blocks {
      var squares = Lanes.zero
      for d in 0..<dimensions { squares += gap(d, block, point[d]) * scales[d] }
      (kernel[block], slope[block]) = Self.matern(squares, amplitude)
    }
    if let last = kernel.indices.last, count % Lanes.scalarCount != 0 {
      for lane in count % Lanes.scalarCount..<Lanes.scalarCount {
        kernel[last][lane] = 0
        slope[last][lane] = 0
      }
    }
  }
}
