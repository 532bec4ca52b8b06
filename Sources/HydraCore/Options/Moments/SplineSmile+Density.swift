import HydraNumerics

extension SplineSmile {
  /// Breeden and Litzenberger's density of the price at expiry at many prices, eight at a time.
  ///
  /// The raw second derivative of the spline's prices: negative where the volatilities admit butterfly arbitrage, and not
  /// normalised. `RiskNeutralDensity.init(_:strikes:)` makes a proper density of it.
  ///
  /// - Parameter strikes: prices, fastest in rising order; those that are not positive give 0, NaN gives NaN.
  /// - Complexity: O(1) for a price near the one before, otherwise O(number of the smile's strikes).
  public func densities(atStrikes strikes: [Double]) -> [Double] {
    let pieces = CubicPieces(self)
    let tables = ElementaryTables.shared
    return [Double](unsafeUninitializedCapacity: strikes.count) { output, count in
      strikes.withUnsafeBufferPointer { input in
        pieces.coefficients.withUnsafeBufferPointer { table in
          withUnsafeTemporaryAllocation(of: SIMD8<Int64>.self, capacity: 1) { rows in
            var piece: Int64 = 0
            for start in stride(from: 0, to: input.count, by: 8) {
              let block = SIMD8<Double>(loading: input, from: start, padding: forward)
              Self.densities(block, forward, years, tables, table, &piece, rows).store(to: output, from: start)
            }
          }
        }
      }
      count = strikes.count
    }
  }

  /// - Parameter rows: scratch for the piece of each lane; lanes that are written one by one would pass through memory
  ///   once each.
  @inline(__always)
  private static func densities(
    _ strikes: SIMD8<Double>, _ forward: Double, _ years: Double, _ tables: ElementaryTables,
    _ table: UnsafeBufferPointer<Double>, _ piece: inout Int64, _ rows: UnsafeMutableBufferPointer<SIMD8<Int64>>
  ) -> SIMD8<Double> {
    typealias Lanes = SIMD8<Double>
    let inside = strikes .> Lanes(repeating: 0) .& strikes .< Lanes(repeating: .infinity)
    let safe = Lanes(repeating: forward).replacing(with: strikes, where: inside)
    let ratio: Lanes = safe / forward
    let k: Lanes = tables.log(ratio)
    guard let base = table.baseAddress, let memory = rows.baseAddress else { return k }
    let width = CubicPieces.width
    let last = Int64(table.count / width - 1)
    memory.withMemoryRebound(to: Int64.self, capacity: 8) { row in
      for lane in 0..<8 {
        let x = k[lane]
        while piece < last, x >= base[Int(piece + 1) &* width] { piece += 1 }
        while piece > 0, x < base[Int(piece) &* width] { piece -= 1 }
        row[lane] = piece
      }
    }
    let row = memory.pointee
    let t = k - Lanes.gather(base, row: row, width: width, column: 1)
    let a = Lanes.gather(base, row: row, width: width, column: 2)
    let b = Lanes.gather(base, row: row, width: width, column: 3)
    let c = Lanes.gather(base, row: row, width: width, column: 4)
    let d = Lanes.gather(base, row: row, width: width, column: 5)
    // σ and its derivatives by ln K, then s = σ√T.
    let root = years.squareRoot()
    let cubic: Lanes = c + t * d
    let s: Lanes = (a + t * (b + t * cubic)) * root
    let bend: Lanes = 2 * c + 3 * t * d
    let slope: Lanes = (b + t * bend) * root
    let curvature: Lanes = (2 * c + 6 * t * d) * root
    // g = (1 - k s'/s)² - s² s'²/4 + s s'', which is Durrleman's function in s instead of w = s².
    let lean: Lanes = 1 - k * slope / s
    let tilt: Lanes = 0.5 * s * slope
    let butterfly: Lanes = lean * lean - tilt * tilt + s * curvature
    let d2: Lanes = -k / s - 0.5 * s
    let exponent: Lanes = -0.5 * d2 * d2
    let height: Lanes = tables.exp(exponent) * 0.3989422804014327
    let density: Lanes = butterfly * height / (s * safe)
    let edge = Lanes(repeating: 0).replacing(with: strikes, where: strikes .!= strikes)
    return edge.replacing(with: density, where: inside)
  }
}

/// The pieces of a spline, with one flat piece at each end: rows of start, origin and four coefficients.
private struct CubicPieces {
  static let width = 6
  var coefficients: [Double] = []

  init(_ smile: SplineSmile) {
    let (x, y, slopes) = (smile.logStrikes, smile.volatilities, smile.slopes)
    coefficients.reserveCapacity((x.count + 1) * Self.width)
    func add(_ values: Double...) { coefficients += values }
    add(-.infinity, x[0], y[0], 0, 0, 0)
    for i in 0..<(x.count - 1) {
      let width = x[i + 1] - x[i]
      let secant: Double = (y[i + 1] - y[i]) / width
      let second: Double = (3 * secant - 2 * slopes[i] - slopes[i + 1]) / width
      let third: Double = (slopes[i] + slopes[i + 1] - 2 * secant) / (width * width)
      add(x[i], x[i], y[i], slopes[i], second, third)
    }
    add(x[x.count - 1], x[x.count - 1], y[x.count - 1], 0, 0, 0)
  }
}
