import Foundation
import HydraLearning
import HydraNumerics
import TestSupport
import Testing

@Suite struct DriftBinaryDetectorTests {
  private static func file() throws -> JSONValue {
    try JSONValue(parsing: [UInt8](Data(contentsOf: TestSupport.vectors("drift/binary_detectors.json"))))
  }

  @Test func detectorsOfErrorStreamsAgreeWithTheGoldenCases() throws {
    let file = try Self.file()
    let cases = try #require(file["cases"]?.array)
    #expect(cases.count == 27)
    for golden in cases {
      let name = try #require(golden["detector"]?.string)
      let parameters = try #require(golden["config"]?.object).map { ($0.key, $0.value.text) }
      let values = try #require(file["streams"]?[golden["stream"]?.string ?? ""]?.doubles)
      var detector = try DriftDetectorKind(name: name).detector(
        parameters: Dictionary(uniqueKeysWithValues: parameters))
      var (drifts, warnings) = ([Int](), [Int]())
      for (i, value) in values.enumerated() {
        switch detector.update(value) {
        case .drift: drifts.append(i)
        case .warning: warnings.append(i)
        case .stable: break
        }
      }
      let expected = try #require(golden["detections"]?.array).compactMap(\.int)
      let first = try #require(golden["warnings_first"]?.array).compactMap(\.int)
      #expect(drifts == expected, "\(name) \(parameters)")
      #expect(Array(warnings.prefix(first.count)) == first, "\(name) \(parameters)")
      #expect(warnings.count == golden["warnings_count"]?.int, "\(name) \(parameters)")
    }
  }

  @Test func namesAndParametersAreCheckedAndTheNearestIsNamed() throws {
    #expect(throws: DriftDetectorError.self) { try DriftDetectorKind(name: "adwinn") }
    #expect(throws: DriftDetectorError.unknownParameter("dleta", detector: "adwin", nearest: "delta")) {
      try DriftDetectorKind.adwin.detector(parameters: ["dleta": "0.1"])
    }
    #expect(throws: DriftDetectorError.badParameter("clock", value: "0", detector: "adwin")) {
      try DriftDetectorKind.adwin.detector(parameters: ["clock": "0"])
    }
    for kind in DriftDetectorKind.allCases { #expect(try kind.detector().notFinite == 0) }
    let cusum = try DriftDetectorKind(name: "CUSUM").detector(parameters: ["arl": "370"]) as? CUSUM
    #expect(abs(try #require(cusum).threshold - 4.774) < 0.001)
  }

  @Test(arguments: DriftDetectorKind.allCases)
  func everyDetectorCountsWhatItCannotUseAndForgetsNothing(kind: DriftDetectorKind) throws {
    var (plain, gapped) = (try kind.detector(), try kind.detector())
    var random = CounterRandom(seed: 1, stream: "hits")
    for i in 0..<1000 {
      let value: Double = random.uniform() < (i < 600 ? 0.2 : 0.7) ? 1 : 0
      if i % 10 == 0, kind != .monitor { _ = gapped.update(.nan) }
      #expect(plain.update(value) == gapped.update(value))
    }
    #expect(gapped.notFinite == (kind == .monitor ? 0 : 100))
  }
}
