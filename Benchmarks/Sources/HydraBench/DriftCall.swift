import HydraLearning
import HydraNumerics

/// `hydra-bench drift`: one detector over the numbers of a file.
enum DriftCall {
  static let usage = "drift FILE --detector NAME [--param key=value…] [--repeat R]"

  static func run(_ words: ArraySlice<String>) throws {
    let arguments = try Arguments(words, call: "drift", positional: 1, options: ["detector", "param", "repeat"])
    let kind = try DriftDetectorKind(name: arguments.required("detector"))
    var parameters: [String: String] = [:]
    for pair in arguments.all("param") {
      guard let place = pair.firstIndex(of: "=") else {
        throw BenchError.usage("drift: '\(pair)' is not key=value")
      }
      parameters[String(pair[..<place])] = String(pair[pair.index(after: place)...])
    }
    let detector = try kind.detector(parameters: parameters)
    let repeats = try arguments.whole("repeat", default: 5)
    let values = try numbers(in: arguments[0])

    let scan = try DriftScan(kind: kind, parameters: parameters, values: values)
    let expected = scan.reports.filter { $0.state == .drift }.map(\.index)
    let alarms = Self.alarms(of: detector, in: values)
    try check(alarms == expected, "\(alarms.count) alarms, \(expected.count) in a scan of the same values")
    let measurement = Measurement(repeats: repeats) { Self.alarms(of: detector, in: values) }
    for index in alarms { print(index) }
    print("ns_per_update \(NumberText.text(measurement.seconds * 1e9 / Double(max(values.count, 1))))")
  }

  /// The alarms of a detector whose type is only known now; the usual ones as a program that names them has them.
  private static func alarms(of detector: any DriftDetector, in values: [Double]) -> [Int] {
    switch detector {
    case let detector as ADWIN: return indices(detector, values)
    case let detector as CUSUM:
      var detector = detector
      return detector.detections(in: values)
    case let detector as KSWIN: return indices(detector, values)
    case let detector as DriftBank: return indices(detector, values)
    default: return indices(detector, values)
    }
  }

  /// 0-based indices of the values at which a copy of the detector reports drift.
  static func indices<Detector: DriftDetector>(_ detector: Detector, _ values: [Double]) -> [Int] {
    var detector = detector
    var indices: [Int] = []
    for index in values.indices where detector.update(values[index]) == .drift { indices.append(index) }
    return indices
  }

  /// One number a line; an empty line and `nan` are missing values.
  private static func numbers(in path: String) throws -> [Double] {
    let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return try lines.enumerated().map { index, line in
      let word = String(line.hasSuffix("\r") ? line.dropLast() : line)
      if word.isEmpty || word.lowercased() == "nan" { return .nan }
      guard let value = NumberText.number(word) else {
        throw BenchError.badData("\(path):\(index + 1): '\(word)' is not a number")
      }
      return value
    }
  }
}
