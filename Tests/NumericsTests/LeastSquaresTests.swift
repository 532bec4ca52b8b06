import HydraNumerics
import Testing

@Suite struct LeastSquaresTests {
  @Test func aLineIsRecovered() throws {
    let fit = try LinearLeastSquares(Matrix([[1, 0], [1, 1], [1, 2]]), [1, 3, 5])
    #expect(abs(fit.coefficients[0] - 1) < 1e-14 && abs(fit.coefficients[1] - 2) < 1e-14)
    #expect(fit.rank == 2 && fit.sumOfSquares < 1e-27)
  }

  /// The Longley data's condition in small: the polynomial of NIST's Wampler1, exact coefficients 1.
  @Test func aBadlyConditionedPolynomialIsRecovered() throws {
    let xs = (0...20).map(Double.init)
    let powers = { (x: Double) in (0...5).map { k in (0..<k).reduce(1.0) { y, _ in y * x } } }
    let fit = try LinearLeastSquares(
      Matrix(xs.map(powers)), xs.map { powers($0).reduce(0, +) }, tolerance: 1e-16)
    #expect(fit.coefficients.allSatisfy { abs($0 - 1) < 1e-7 })
  }

  @Test func weightsAreThoseOfRepeatedRows() throws {
    let a = Matrix([[1, 0], [1, 1], [1, 2], [1, 3]])
    let weighted = try LinearLeastSquares(a, [1, 2, 2, 5], weights: [1, 2, 1, 0])
    let repeated = try LinearLeastSquares(a.selecting(rows: [0, 1, 1, 2]), [1, 2, 2, 2])
    #expect(zip(weighted.coefficients, repeated.coefficients).allSatisfy { abs($0 - $1) < 1e-14 })
    #expect(abs(weighted.sumOfSquares - repeated.sumOfSquares) < 1e-14)
  }

  @Test func dependentColumnsGiveTheShortestSolution() throws {
    let fit = try LinearLeastSquares(Matrix([[1, 1], [2, 2], [3, 3]]), [2, 4, 6])
    #expect(fit.rank == 1 && fit.coefficients.allSatisfy { abs($0 - 1) < 1e-14 })
    let wide = try LinearLeastSquares(Matrix([[1, 1, 1]]), [3])
    #expect(wide.coefficients.allSatisfy { abs($0 - 1) < 1e-14 })
    #expect(throws: FactorizationError.notFinite) { try LinearLeastSquares(Matrix([[1]]), [.nan]) }
  }
}

@Suite struct LevenbergMarquardtTests {
  /// NIST StRD, Misra1a (lower difficulty), from its farther start.
  @Test func misra1aHasItsCertifiedValues() throws {
    let x = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0]
    let y = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78]
    let fit = try LevenbergMarquardt().minimize(from: [500, 0.0001]) { p in
      x.indices.map { p[0] * (1 - Portable.exp(-p[1] * x[$0])) - y[$0] }
    }
    #expect(abs(fit.parameters[0] / 2.3894212918e02 - 1) < 1e-7)
    #expect(abs(fit.parameters[1] / 5.5015643181e-04 - 1) < 1e-7)
    #expect(abs(fit.sumOfSquares / 1.2455138894e-01 - 1) < 1e-9)
  }

  @Test func rosenbrocksValleyIsFollowedToItsEnd() throws {
    let fit = try LevenbergMarquardt().minimize(
      from: [-1.2, 1], jacobian: { p in Matrix([[-20 * p[0], 10], [-1, 0]]) },
      { p in [10 * (p[1] - p[0] * p[0]), 1 - p[0]] })
    #expect(abs(fit.parameters[0] - 1) < 1e-12 && abs(fit.parameters[1] - 1) < 1e-12)
    #expect(fit.iterations < 60)
  }

  @Test func boundsHoldAndTheConstrainedMinimumIsFound() throws {
    let residuals = { (p: [Double]) in [10 * (p[1] - p[0] * p[0]), 1 - p[0]] }
    let fit = try LevenbergMarquardt().minimize(
      from: [-1.2, 1], lower: [-2, -2], upper: [0.5, 2], residuals)
    #expect(fit.parameters[0] == 0.5 && abs(fit.parameters[1] - 0.25) < 1e-9)
  }

  @Test func aFailingRegionOnlyShortensSteps() throws {
    // √p is undefined left of 0: NaN residuals must not end the search.
    let fit = try LevenbergMarquardt().minimize(from: [9]) { p in [p[0] < 0 ? .nan : p[0].squareRoot() - 0.1] }
    #expect(abs(fit.parameters[0] - 0.01) < 1e-9)
    #expect(throws: FactorizationError.notFinite) { try LevenbergMarquardt().minimize(from: [-1]) { _ in [.nan] } }
  }

  @Test func unitsOfTheParametersDoNotMatter() throws {
    func fit(_ unit: Double) throws -> LevenbergMarquardt.Fit {
      try LevenbergMarquardt().minimize(
        from: [-1.2 * unit, 1], jacobian: { p in Matrix([[-20 * p[0] / unit / unit, 10], [-1 / unit, 0]]) },
        { p in [10 * (p[1] - p[0] * p[0] / unit / unit), 1 - p[0] / unit] })
    }
    let (one, million) = (try fit(1), try fit(0x1p20))
    #expect(one.iterations == million.iterations && one.parameters[0] == million.parameters[0] / 0x1p20)
  }
}
