import HydraNumerics
import Testing

/// A seeded matrix of standard normal numbers.
private func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
  var random = CounterRandom(seed: seed, stream: "matrix")
  return Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in random.normal() })
}

private func largestDifference(_ a: Matrix, _ b: Matrix) -> Double {
  zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}

@Suite struct FactorizationTests {
  @Test func productsAgreeWithTheDefinition() {
    let (a, b) = (randomMatrix(7, 5, seed: 1), randomMatrix(5, 9, seed: 2))
    var expected = Matrix(rows: 7, columns: 9, repeating: 0)
    for r in 0..<7 { for c in 0..<9 { expected[r, c] = (0..<5).reduce(0.0) { $0 + a[r, $1] * b[$1, c] } } }
    #expect(largestDifference(a * b, expected) < 1e-14)
    #expect(largestDifference(a.transposed.transposedTimes(b), expected) < 1e-14)
    #expect(largestDifference(a.timesTransposed(b.transposed), expected) < 1e-14)
    #expect((Matrix([[1, 2], [3, 4]]) * [1, 1]) == [3, 7])
    #expect((Matrix(rows: 0, columns: 3, values: []) * randomMatrix(3, 2, seed: 3)).rows == 0)
  }

  @Test func luSolvesInvertsAndKnowsTheDeterminant() throws {
    let a = Matrix([[2, 1, 1], [4, -6, 0], [-2, 7, 2]])
    let lu = try LUFactorization(a)
    #expect(abs(lu.determinant - -16) < 1e-13)
    #expect(zip(lu.solve([5, -2, 9]), [1.0, 1, 2]).allSatisfy { abs($0 - $1) < 1e-14 })
    #expect(largestDifference(a * lu.inverse, .identity(3)) < 1e-14)
    let large = randomMatrix(60, 60, seed: 4)
    let right = randomMatrix(60, 3, seed: 5)
    #expect(largestDifference(large * (try LUFactorization(large).solve(right)), right) < 1e-11)
  }

  @Test func conditionTellsNearlySingularFromHealthy() throws {
    #expect(try LUFactorization(.identity(4)).reciprocalCondition == 1)
    let hilbert = Matrix((1...8).map { r in (1...8).map { 1 / Double(r + $0 - 1) } })
    // ‖H₈‖₁ ‖H₈⁻¹‖₁ = 3.387e10 (Higham, Accuracy and Stability, section 28.1).
    #expect(abs(1 / (try LUFactorization(hilbert).reciprocalCondition) / 3.387e10 - 1) < 1e-3)
    #expect(abs(1 / (try CholeskyFactorization(hilbert).reciprocalCondition) / 3.387e10 - 1) < 1e-3)
    // κ₂(H₈) = 1.526e10 (the same table).
    #expect(abs(try SingularValueDecomposition(hilbert).condition / 1.526e10 - 1) < 1e-3)
  }

  @Test func badMatricesThrowTheirReason() {
    #expect(throws: FactorizationError.notSquare(rows: 2, columns: 3)) {
      try LUFactorization(randomMatrix(2, 3, seed: 6))
    }
    #expect(throws: FactorizationError.notFinite) { try LUFactorization(Matrix([[.nan]])) }
    #expect(throws: FactorizationError.singular(pivot: 1)) { try LUFactorization(Matrix([[1, 2], [2, 4]])) }
    #expect(throws: FactorizationError.notPositiveDefinite(order: 2)) {
      try CholeskyFactorization(Matrix([[1, 2], [2, 1]]))
    }
    #expect(throws: FactorizationError.rankDeficient(rank: 1, columns: 2)) {
      try QRFactorization(Matrix([[1, 2], [2, 4], [3, 6]])).solve([1, 2, 3])
    }
    #expect(throws: FactorizationError.notFinite) { try SingularValueDecomposition(Matrix([[.infinity]])) }
  }

  @Test func emptyMatricesAreFactorised() throws {
    let empty = Matrix(rows: 0, columns: 0, values: [])
    #expect(try LUFactorization(empty).determinant == 1)
    #expect(try CholeskyFactorization(empty).logarithmOfDeterminant == 0)
    #expect(try SymmetricEigendecomposition(empty).values.isEmpty)
    #expect(try SingularValueDecomposition(Matrix(rows: 3, columns: 0, values: [])).rank() == 0)
  }

  @Test func choleskyRebuildsTheMatrix() throws {
    let b = randomMatrix(12, 12, seed: 7)
    let a = b.timesTransposed(b)
    let c = try CholeskyFactorization(a)
    #expect(largestDifference(c.lower.timesTransposed(c.lower), a) < 1e-13)
    let x = c.solve((0..<12).map(Double.init))
    #expect(zip(a * x, 0..<12).allSatisfy { abs($0 - Double($1)) < 1e-10 })
    #expect(abs(c.determinant / (try LUFactorization(a).determinant) - 1) < 1e-10)
    #expect(c.lower[0, 5] == 0)
  }

  @Test func qrHasOrthonormalColumnsAndSolves() throws {
    let a = randomMatrix(20, 6, seed: 8)
    let qr = try QRFactorization(a)
    #expect(largestDifference(qr.q.transposedTimes(qr.q), .identity(6)) < 1e-14)
    #expect(largestDifference(qr.q * qr.r, a) < 1e-14)
    let x = try qr.solve(a * [1, 2, 3, 4, 5, 6])
    #expect(zip(x, 1...6).allSatisfy { abs($0 - Double($1)) < 1e-13 })
  }

  @Test func singularValuesRebuildTheMatrix() throws {
    for (rows, columns) in [(8, 5), (5, 8)] {
      let a = randomMatrix(rows, columns, seed: 9)
      let svd = try SingularValueDecomposition(a)
      var scaled = svd.u
      for r in 0..<rows { for c in 0..<5 { scaled[r, c] *= svd.singularValues[c] } }
      #expect(largestDifference(scaled * svd.vTransposed, a) < 1e-13)
      #expect(svd.singularValues == svd.singularValues.sorted(by: >) && svd.rank() == 5)
    }
    #expect(try SingularValueDecomposition(Matrix([[1, 2], [2, 4], [3, 6]])).rank() == 1)
  }

  @Test func eigenvectorsAreOrderedAndSigned() throws {
    let e = try SymmetricEigendecomposition(Matrix([[2, 1], [1, 2]]))
    #expect(abs(e.values[0] - 1) < 1e-15 && abs(e.values[1] - 3) < 1e-15)
    #expect(e.vectors[0, 0] > 0 && e.vectors[1, 0] < 0 && e.vectors[0, 1] > 0 && e.vectors[1, 1] > 0)
    let b = randomMatrix(15, 15, seed: 10)
    let a = b.timesTransposed(b)
    let full = try SymmetricEigendecomposition(a)
    var scaled = full.vectors
    for r in 0..<15 { for c in 0..<15 { scaled[r, c] *= full.values[c] } }
    #expect(largestDifference(scaled.timesTransposed(full.vectors), a) < 1e-12)
  }
}
