import Foundation
import HydraNumerics
import TestSupport
import Testing

/// References of the elementary functions: rows of x and the value as a pair of doubles.
struct ElementaryReferences: Decodable {
  var exp, log, erf, erfc, erfcx, normalCDF, normalQuantile: [[Double]]

  static let shared = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("numerics/elementary.json")))
}

/// The largest error over reference rows in units in the last place of the reference, with the argument it occurs at.
func worstError(_ rows: [[Double]], _ values: [Double]) -> (ulps: Double, at: Double) {
  var worst = (ulps: 0.0, at: 0.0)
  for (row, value) in zip(rows, values) {
    guard value.sign == row[1].sign || row[1] == 0, value.isFinite else { return (.infinity, row[0]) }
    let unit = max(row[1].ulp, Double.leastNonzeroMagnitude)
    let error = abs((value - row[1]) / unit - row[2] / unit)
    if error > worst.ulps { worst = (error, row[0]) }
  }
  return worst
}

@Suite struct ElementaryVectorTests {
  @Test func valuesAgreeWithTheReferencesToTheStatedUlps() {
    let r = ElementaryReferences.shared
    func check(_ name: String, _ rows: [[Double]], _ bound: Double, _ f: ([Double]) -> [Double]) {
      let worst = worstError(rows, f(rows.map { $0[0] }))
      #expect(worst.ulps <= bound, "\(name) is \(worst.ulps) ulp off at \(worst.at)")
    }
    check("exp", r.exp, 0.515, ElementaryVector.exp)
    check("log", r.log, 0.515, ElementaryVector.log)
    check("erf", r.erf, 0.55, ElementaryVector.erf)
    check("erfc", r.erfc, 0.53, ElementaryVector.erfc)
    check("erfcx", r.erfcx, 1.2, ElementaryVector.erfcx)
    check("normalCDF", r.normalCDF, 0.53, ElementaryVector.normalCDF)
    check("normalQuantile", r.normalQuantile.filter { $0[0] <= 0.5 }, 6, ElementaryVector.normalQuantile)
  }

  @Test func specialValuesGiveTheLimits() {
    let inf = Double.infinity
    #expect(ElementaryVector.exp([-inf, -746, -0.0, 0, 709.79, inf]) == [0, 0, 1, 1, inf, inf])
    #expect(ElementaryVector.exp([.leastNonzeroMagnitude, -1e-300]) == [1, 1])
    #expect(ElementaryVector.log([0, -0.0, 1, inf]) == [-inf, -inf, 0, inf])
    #expect(ElementaryVector.erf([-inf, -30, 0, 6, inf]) == [-1, -1, 0, 1, 1])
    #expect(ElementaryVector.erf([-0.0])[0].sign == .minus)
    #expect(ElementaryVector.erfc([-inf, -6, 0, 30, inf]) == [2, 2, 1, 0, 0])
    #expect(ElementaryVector.erfcx([-inf, -27, 0, inf]) == [inf, inf, 1, 0])
    #expect(ElementaryVector.normalCDF([-inf, -40, 0, 9, inf]) == [0, 0, 0.5, 1, 1])
    #expect(ElementaryVector.normalQuantile([0, 0.5, 1]) == [-inf, 0, inf])
    for value in ElementaryVector.normalQuantile([-0.1, 1.1, .nan]) { #expect(value.isNaN) }
    let functions: [([Double]) -> [Double]] = [
      ElementaryVector.exp, ElementaryVector.log, ElementaryVector.erf, ElementaryVector.erfc,
      ElementaryVector.erfcx, ElementaryVector.normalCDF,
    ]
    for function in functions { #expect(function([.nan])[0].isNaN) }
    #expect(ElementaryVector.log([-1])[0].isNaN && ElementaryVector.log([-inf])[0].isNaN)
  }

  @Test func subnormalResultsOfExpAreRight() {
    for x in stride(from: -745.0, through: -708.5, by: 0.37) {
      #expect(abs(ElementaryVector.exp([x])[0] - Foundation.exp(x)) <= Double.leastNonzeroMagnitude * 1.5)
    }
  }

  @Test func oneLaneAndEightLanesAgreeBitForBit() {
    var random = CounterRandom(seed: 1, stream: "lanes")
    let values = (0..<1003).map { _ in (random.uniform() - 0.5) * 60 }
    let tables = ElementaryTables.shared
    #expect(ElementaryVector.exp(values) == values.map { tables.exp($0) })
    #expect(ElementaryVector.erf(values) == values.map { tables.erf($0) })
    #expect(ElementaryVector.erfcx(values) == values.map { tables.erfcx($0) })
    #expect(ElementaryVector.normalCDF(values) == values.map { tables.normalCDF($0) })
    #expect(ElementaryVector.log(values.map(abs)) == values.map { tables.log(abs($0)) })
  }

  @Test func theNormalDistributionIsMonotone() {
    var random = CounterRandom(seed: 2, stream: "monotone")
    let values = (0..<20000).map { _ in random.normal() * 6 }.sorted()
    let result = ElementaryVector.normalCDF(values)
    for index in 1..<result.count { #expect(result[index - 1] <= result[index]) }
  }
}
