import HydraNumerics

/// A square matrix in rows of lanes, for symmetric positive definite systems of up to some hundred unknowns.
///
/// Sums run in a fixed order with plain products, so that the same matrix gives the same bits everywhere, which LAPACK
/// does not promise. Past the last column the lanes are 0.
struct LaneMatrix: Sendable {
  typealias Lanes = SIMD8<Double>

  let size: Int
  let blocks: Int
  private var rows: [Lanes]

  init(_ size: Int) {
    self.size = size
    blocks = (size + Lanes.scalarCount - 1) / Lanes.scalarCount
    rows = Array(repeating: .zero, count: size * blocks)
  }

  subscript(row: Int, column: Int) -> Double {
    get { rows[row * blocks + column / Lanes.scalarCount][column % Lanes.scalarCount] }
    set { rows[row * blocks + column / Lanes.scalarCount][column % Lanes.scalarCount] = newValue }
  }

  /// The lanes of a row.
  func block(_ row: Int, _ block: Int) -> Lanes { rows[row * blocks + block] }

  mutating func addDiagonal(_ value: Double) { for i in 0..<size { self[i, i] += value } }

  /// Values as lanes, 0 past the last.
  static func lanes(_ values: [Double]) -> [Lanes] {
    var result = [Lanes](repeating: .zero, count: (values.count + Lanes.scalarCount - 1) / Lanes.scalarCount)
    for (place, value) in values.enumerated() { result[place / Lanes.scalarCount][place % Lanes.scalarCount] = value }
    return result
  }

  @inline(__always)
  static func total(_ lanes: Lanes) -> Double {
    let quarters = lanes.lowHalf + lanes.highHalf
    let halves = quarters.lowHalf + quarters.highHalf
    return halves[0] + halves[1]
  }

  static func dot(_ a: [Lanes], _ b: [Lanes]) -> Double {
    var sum = Lanes.zero
    for block in a.indices { sum += a[block] * b[block] }
    return total(sum)
  }

  /// Fills the lower triangle with the kernel of all pairs; `slopes` with its derivative by r², 0 on the diagonal.
  mutating func fillKernel(
    _ data: KernelData, scales: [Double], amplitude: Double, slopes: UnsafeMutablePointer<Lanes>?
  ) {
    let (blocks, size) = (blocks, size)
    rows.withUnsafeMutableBufferPointer { rows in
      for i in 0..<size {
        let point = data.point(i)
        for block in 0...i / Lanes.scalarCount {
          var squares = Lanes.zero
          for d in 0..<data.dimensions { squares += data.gap(d, block, point[d]) * scales[d] }
          var (kernel, slope) = KernelData.matern(squares, amplitude)
          if block == i / Lanes.scalarCount {
            for lane in i % Lanes.scalarCount..<Lanes.scalarCount {
              slope[lane] = 0
              if lane > i % Lanes.scalarCount { kernel[lane] = 0 }
            }
          }
          rows[i * blocks + block] = kernel
          if let slopes { slopes[i * blocks + block] = slope }
        }
      }
    }
  }

  /// L with L Lᵀ in the lower triangle, in place; false when the matrix is not positive definite.
  mutating func factorize() -> Bool {
    let (size, blocks) = (size, blocks)
    return rows.withUnsafeMutableBufferPointer { rows in
      rows.withMemoryRebound(to: Double.self) { values in
        let stride = blocks * Lanes.scalarCount
        for i in 0..<size {
          for j in 0...i {
            // Whole lanes first; in both rows what stands right of column j is not L yet.
            let whole = j / Lanes.scalarCount
            var sum = Lanes.zero
            for block in 0..<whole {
              sum += Self.load(values, i * stride + block * 8) * Self.load(values, j * stride + block * 8)
            }
            var value = values[i * stride + j] - Self.total(sum)
            for k in whole * Lanes.scalarCount..<j { value -= values[i * stride + k] * values[j * stride + k] }
            if j < i {
              values[i * stride + j] = value / values[j * stride + j]
            } else {
              guard value > 0 else { return false }
              values[i * stride + i] = value.squareRoot()
            }
          }
        }
        return true
      }
    }
  }

  @inline(__always)
  private static func load(_ values: UnsafeMutableBufferPointer<Double>, _ place: Int) -> Lanes {
    UnsafeRawPointer(values.baseAddress! + place).loadUnaligned(as: Lanes.self)
  }

  /// Σ ln L_ii, half the logarithm of the determinant, of a factored matrix.
  var halfLogDeterminant: Double { (0..<size).reduce(0) { $0 + Portable.log(self[$1, $1]) } }

  /// The inverse of the matrix whose factor this is, all of it.
  func inverseOfFactored() -> LaneMatrix {
    var lower = LaneMatrix(size)
    var result = LaneMatrix(size)
    let (size, blocks) = (size, blocks)
    lower.rows.withUnsafeMutableBufferPointer { lower in
      rows.withUnsafeBufferPointer { factor in
        for i in 0..<size {
          for k in 0..<i {
            let share = factor[i * blocks + k / 8][k % 8]
            for block in 0...k / 8 { lower[i * blocks + block] -= share * lower[k * blocks + block] }
          }
          let scale = 1 / factor[i * blocks + i / 8][i % 8]
          lower[i * blocks + i / 8][i % 8] += 1
          for block in 0...i / 8 { lower[i * blocks + block] *= scale }
        }
      }
      result.rows.withUnsafeMutableBufferPointer { result in
        for k in 0..<size {
          for i in 0...k {
            let share = lower[k * blocks + i / 8][i % 8]
            for block in 0...i / 8 { result[i * blocks + block] += share * lower[k * blocks + block] }
          }
        }
        for i in 0..<size {
          for j in i + 1..<max(size, i + 1) { result[i * blocks + j / 8][j % 8] = result[j * blocks + i / 8][i % 8] }
        }
      }
    }
    return result
  }

  /// This matrix, which must be symmetric, times a vector.
  func multiply(_ vector: [Lanes], into result: inout [Lanes]) {
    let (size, blocks) = (size, blocks)
    result.withUnsafeMutableBufferPointer { result in
      vector.withUnsafeBufferPointer { vector in
        rows.withUnsafeBufferPointer { rows in
          for block in 0..<blocks { result[block] = .zero }
          for row in 0..<size {
            let share = vector[row / 8][row % 8]
            for block in 0..<blocks { result[block] += share * rows[row * blocks + block] }
          }
        }
      }
    }
  }

  func times(_ vector: [Lanes]) -> [Lanes] {
    var result = [Lanes](repeating: .zero, count: blocks)
    multiply(vector, into: &result)
    return result
  }
}
