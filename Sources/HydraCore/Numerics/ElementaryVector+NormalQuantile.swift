extension ElementaryVector {
  /// The standard normal quantile, the x with `normalCDF(x) == p`.
  ///
  /// Largest error found against 50-digit references: 6 units in the last place for p ≤ 1/2; above, the spacing of p
  /// itself is the limit, and the quantile of the complement is better. ∓infinity at 0 and 1, NaN outside 0...1.
  /// `Normal.quantile` is slower and exact to about one unit.
  ///
  /// Source: M. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
  /// (1988), PPND16.
  public static func normalQuantile(_ p: Lanes) -> Lanes {
    let q = p - 0.5
    let central = q * ratio(quantileCentral, 0.180625 - q * q)
    let tail = p.replacing(with: 1 - p, where: q .> 0)
    let root = (-log(tail)).squareRoot()
    let size = ratio(quantileTail, root - 1.6).replacing(with: ratio(quantileFarTail, root - 5), where: root .> 5)
    var result = (-size).replacing(with: size, where: q .> 0)
    result.replace(with: central, where: (q .<= 0.425) .& (q .>= -0.425))
    result.replace(with: -.infinity, where: p .== 0)
    result.replace(with: .infinity, where: p .== 1)
    result.replace(with: .nan, where: .!((p .>= 0) .& (p .<= 1)))
    return result
  }

  /// The standard normal quantile of every value.
  public static func normalQuantile(_ values: [Double]) -> [Double] {
    [Double](unsafeUninitializedCapacity: values.count) { output, count in
      values.withUnsafeBufferPointer { input in
        for start in stride(from: 0, to: input.count, by: 8) {
          normalQuantile(Lanes(loading: input, from: start, padding: 0.5)).store(to: output, from: start)
        }
      }
      count = values.count
    }
  }

  @inline(__always)
  private static func ratio(_ table: RationalTable, _ x: Lanes) -> Lanes {
    table.withUnsafeBufferPointer { table in
      var above = Lanes(repeating: table[0][0])
      var below = Lanes(repeating: table[0][1])
      for index in 1..<table.count {
        above = above * x + table[index][0]
        below = below * x + table[index][1]
      }
      return above / below
    }
  }
}
