import Foundation
import HydraLearning
import HydraNumerics
import Testing

/// What every detector must do, over all of them.
@Suite struct DriftConformanceTests {
  /// Parameters that make each detector small and quick enough to be tried hard.
  static func parameters(_ kind: DriftDetectorKind) -> [String: String] {
    switch kind {
    case .calibrated, .bank: ["warm_up": "60", "capacity": "200", "arl": "2000"]
    case .conformal: ["window": "300", "arl": "1000"]
    case .pageHinkley: ["threshold": "10"]
    case .fhddm: ["sliding_window_size": "50"]
    case .monitor: ["window": "100"]
    default: [:]
    }
  }

  /// Zeros and ones for detectors of those, normal values for the others; then a change.
  static func stream(_ kind: DriftDetectorKind, quiet: Int, changed: Int, seed: UInt64 = 1) -> [Double] {
    var random = CounterRandom(seed: seed, stream: "conformance")
    let isBinary = [.ddm, .eddm, .fhddm, .hddmAverage, .hddmWeighted].contains(kind)
    return (0..<(quiet + changed)).map { i in
      let after = i >= quiet
      // FHDDM counts hits, which become rarer; the others errors, which become more frequent.
      let share = kind == .fhddm ? (after ? 0.3 : 0.9) : (after ? 0.7 : 0.1)
      return isBinary ? (random.uniform() < share ? 1 : 0) : random.normal() + (after ? 3 : 0)
    }
  }

  @Test(arguments: DriftDetectorKind.allCases)
  func aLargeChangeIsReportedAndDatedNear(kind: DriftDetectorKind) throws {
    var detector = try kind.detector(parameters: Self.parameters(kind))
    for (i, value) in Self.stream(kind, quiet: 500, changed: 300).enumerated() {
      guard detector.update(value) == .drift, i >= 500 else { continue }
      let age = try #require(detector.changeAge)
      #expect(age >= 1 && age <= i + 1)
      // Detectors of errors date the change where they were best, which may be long before.
      let isBinary = [.ddm, .eddm, .fhddm, .hddmAverage, .hddmWeighted].contains(kind)
      #expect(abs(i + 1 - age - 500) <= (isBinary ? 450 : 100), "\(kind): reported at \(i), dated \(i + 1 - age)")
      #expect(detector.score.isFinite)
      return
    }
    Issue.record("\(kind) misses a change of three deviations")
  }

  @Test(arguments: DriftDetectorKind.allCases)
  func valuesThatAreNotFiniteAreCountedAndChangeNothing(kind: DriftDetectorKind) throws {
    var plain = try kind.detector(parameters: Self.parameters(kind))
    var gapped = plain
    for (i, value) in Self.stream(kind, quiet: 400, changed: 200, seed: 2).enumerated() {
      if i % 10 == 0 {
        for bad in [Double.nan, .infinity, -.infinity] { #expect(gapped.update(bad) == .stable) }
      }
      #expect(plain.update(value) == gapped.update(value), "\(kind) at \(i)")
    }
    #expect(plain.notFinite == 0 && gapped.notFinite == 180)
  }

  @Test(arguments: DriftDetectorKind.allCases)
  func emptyAndConstantStreamsAreQuiet(kind: DriftDetectorKind) throws {
    var detector = try kind.detector(parameters: Self.parameters(kind))
    #expect(detector.detections(in: []).isEmpty && detector.notFinite == 0)
    #expect(detector.detections(in: Array(repeating: 0, count: 3000)).isEmpty)
    #expect(detector.score.isFinite && detector.internals.allSatisfy { $0.value.isFinite })
  }

  @Test(arguments: DriftDetectorKind.allCases)
  func monstrousValuesLeaveADefinedState(kind: DriftDetectorKind) throws {
    var detector = try kind.detector(parameters: Self.parameters(kind))
    let quiet = Self.stream(kind, quiet: 300, changed: 0, seed: 3)
    for value in quiet { _ = detector.update(value) }
    let monsters = [1e300, -1e300, 1.7e308, -1.7e308, .leastNonzeroMagnitude, -0.0, 1e150]
    for value in monsters { _ = detector.update(value) }
    for value in quiet + quiet { _ = detector.update(value) }
    for value in Self.stream(kind, quiet: 0, changed: 100, seed: 3) { _ = detector.update(value) }
    // Sums of squares of such values overflow by nature: infinity or NaN may be shown, but nothing traps.
    #expect(detector.notFinite <= 7)
  }

  /// Continues a copy made from the code of a detector at several places and compares every step and the final code.
  private static func roundTrip(_ kind: DriftDetectorKind, _ detector: some DriftDetector & Codable) throws {
    let values = stream(kind, quiet: 350, changed: 200, seed: 4)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for stop in [0, 37, 200, 371, 450] {
      var original = detector
      for value in values[..<stop] { _ = original.update(value) }
      var copy = try JSONDecoder().decode(type(of: original), from: encoder.encode(original))
      for value in values[stop...] {
        #expect(copy.update(value) == original.update(value), "\(kind) from \(stop)")
        #expect(copy.score == original.score && copy.changeAge == original.changeAge)
      }
      #expect(try encoder.encode(copy) == encoder.encode(original), "\(kind) from \(stop)")
    }
  }

  @Test(arguments: DriftDetectorKind.allCases)
  func aDetectorContinuesFromItsCodeAsIfNothingHadHappened(kind: DriftDetectorKind) throws {
    let detector = try kind.detector(parameters: Self.parameters(kind))
    let codable = try #require(detector as? any DriftDetector & Codable)
    try Self.roundTrip(kind, codable)
  }

  @Test(arguments: DriftDetectorKind.allCases)
  func whatADetectorRemembersIsBounded(kind: DriftDetectorKind) throws {
    func size(after n: Int) throws -> Int {
      var detector = try kind.detector(parameters: Self.parameters(kind))
      for value in Self.stream(kind, quiet: n, changed: 0, seed: 5) { _ = detector.update(value) }
      let codable = try #require(detector as? any DriftDetector & Codable)
      return try JSONEncoder().encode(codable).count
    }
    // Logarithmic growth is allowed, and digits vary; anything that keeps the values would be eight times as large.
    #expect(try size(after: 8000) < 2 * size(after: 1000) + 200, "\(kind)")
  }

  @Test func warningsComeBeforeDriftWhereTheyAreAskedFor() throws {
    for kind in DriftDetectorKind.allCases where kind != .monitor {
      guard (try? kind.detector(parameters: ["warning": "0.5"])) != nil else { continue }
      var parameters = Self.parameters(kind)
      parameters["warning"] = "0.5"
      var warned = try kind.detector(parameters: parameters)
      var plain = try kind.detector(parameters: Self.parameters(kind))
      var warnings = 0
      for value in Self.stream(kind, quiet: 400, changed: 150, seed: 6) {
        let (a, b) = (warned.update(value), plain.update(value))
        if a == .warning { warnings += 1 }
        #expect((a == .drift) == (b == .drift))
      }
      #expect(warnings > 0, "\(kind)")
    }
  }
}

@Suite struct DriftPictureTests {
  @Test func alarmsAndChangePointsAreDrawnWhereTheyAre() throws {
    let values = DriftConformanceTests.stream(.cusum, quiet: 2000, changed: 500)
    let picture = try DriftPicture(kind: .calibrated, values: values, title: "a < b & c")
    let alarm = try #require(picture.alarms.first)
    #expect(picture.alarms.count == 1 && (2000..<2050).contains(alarm) && picture.changePoints.count == 1)
    let svg = picture.svg
    #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n") && svg.contains("a &lt; b &amp; c"))
    #expect(svg.contains(">\(alarm)</text>") && svg.contains("stroke-dasharray"))
    #expect(svg.utf8.count < 60_000 && !svg.contains("nan"))
    #expect(try DriftPicture(kind: .adwin, values: []).svg.contains("0 alarms"))
    #expect(try DriftPicture(kind: .adwin, values: [.nan, 1, .infinity]).alarms.isEmpty)
  }
}
