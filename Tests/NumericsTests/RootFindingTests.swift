import HydraNumerics
import Testing

@Suite struct RootFindingTests {
  static let cases: [(ClosedRange<Double>, Double, @Sendable (Double) -> Double)] = [
    (0...2, 2.0.squareRoot(), { $0 * $0 - 2 }),
    (-1...4, 0, { $0 * $0 * $0 }),
    (0...1, 0.5671432904097838, { $0 - Portable.exp(-$0) }),
    (0...10, 1e-3, { $0 - 1e-3 }),
    (-10...10, 3, { Portable.atan($0 - 3) }),
    (0.01...1e6, 1e3, { Portable.log($0) - Portable.log(1e3) }),
    (-5...20, 7, { $0 < 7 ? -1 : 1 }),
  ]

  @Test func brentFindsRootsOfEveryShape() throws {
    for (interval, root, function) in Self.cases {
      let found = try RootFinding.brent(in: interval, function)
      #expect(abs(found.x - root) <= 1e-17 + 4e-15 * abs(root), "\(found) instead of \(root)")
      #expect(found.evaluations < 190)
    }
    #expect(try RootFinding.brent(in: 0...2, Self.cases[0].2).evaluations <= 12)
  }

  @Test func newtonFindsThemInFewerCallsAndSurvivesBadDerivatives() throws {
    let easy = try RootFinding.newton(in: 0...2, from: 1) { ($0 * $0 - 2, 2 * $0) }
    #expect(abs(easy.x - 2.0.squareRoot()) < 1e-15 && easy.evaluations <= 9)
    // From 3 Newton alone diverges on the arc tangent.
    let steep = try RootFinding.newton(in: -10...10, from: 3) { (Portable.atan($0), 1 / (1 + $0 * $0)) }
    #expect(abs(steep.x) < 1e-15)
    let flat = try RootFinding.newton(in: 0...2) { ($0 * $0 - 2, 0) }
    #expect(abs(flat.x - 2.0.squareRoot()) < 1e-15)
  }

  @Test func impossibleTasksThrowTheirReason() {
    #expect(throws: RootFindingError.notBracketed(atLower: 1, atUpper: 2)) {
      try RootFinding.brent(in: 0...1) { $0 + 1 }
    }
    #expect(throws: RootFindingError.notFinite(at: 1)) { try RootFinding.brent(in: 0...1) { $0 == 1 ? .nan : -1 } }
    #expect(throws: RootFindingError.notBracketed(atLower: 1, atUpper: 2)) {
      try RootFinding.newton(in: 0...1) { ($0 + 1, 1) }
    }
    #expect(throws: RootFindingError.self) {
      try RootFinding.brent(in: 0...1, maximumEvaluations: 3) { $0 < 0.3 ? -1 : 1 }
    }
  }

  @Test func rootsAtTheEndsAreTaken() throws {
    #expect(try RootFinding.brent(in: 0...1) { $0 }.x == 0)
    #expect(try RootFinding.brent(in: 0...1) { $0 - 1 }.x == 1)
    #expect(try RootFinding.newton(in: 0...1) { ($0, 1) }.x == 0)
  }
}
