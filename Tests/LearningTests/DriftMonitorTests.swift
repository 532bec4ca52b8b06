import Foundation
import HydraLearning
import HydraNumerics
import Testing

@Suite struct DriftMonitorTests {
  /// Streams that never change, of unit variance.
  enum Quiet: String, CaseIterable, Sendable {
    case independent, persistent, veryPersistent, alternating, clustered, squares, seasonal, heavyTailed, skewed, hits

    func values(_ n: Int, seed: UInt64) -> [Double] {
      var random = CounterRandom(seed: seed, stream: rawValue)
      var (state, variance) = (0.0, 1.0)
      return (-200..<n).map { t in
        let z = random.normal()
        switch self {
        case .independent: state = z
        case .persistent: state = 0.5 * state + 0.75.squareRoot() * z
        case .veryPersistent: state = 0.9 * state + 0.19.squareRoot() * z
        case .alternating: state = -0.5 * state + 0.75.squareRoot() * z
        case .clustered:
          variance = 0.03 + 0.09 * state * state + 0.88 * variance
          state = variance.squareRoot() * z
        case .squares:
          // The state stays the return, whose square is the value.
          variance = 0.02 + 0.08 * state * state + 0.90 * variance
          state = variance.squareRoot() * z
          return state * state
        case .seasonal: state = sin(2 * .pi * Double(t) / 350) + 0.7 * z
        case .heavyTailed: state = random.studentT(3) / 3.0.squareRoot()
        case .skewed: state = random.exponential()
        case .hits: state = random.uniform() < 0.55 ? 1 : 0
        }
        return state
      }.suffix(n)
    }
  }

  /// The budget below is one false alarm in five years of 252 values: 0.79 in 1000 values. Over 15,000 values 12 are
  /// allowed, and a few more by chance; a stream that cries wolf gives hundreds.
  @Test(arguments: Quiet.allCases)
  func falseAlarmsStayWithinTheBudget(stream: Quiet) {
    var settings = DriftMonitor.Settings()
    settings.falseAlarmsPerYear = 0.2
    var alarms = 0
    for seed in 0..<5 {
      var monitor = DriftMonitor(streams: ["stream"], settings: settings)
      for value in stream.values(3000, seed: UInt64(seed)) where monitor.update("stream", value) != nil { alarms += 1 }
    }
    #expect(alarms <= 16, "\(alarms) alarms in 15,000 values")
  }

  @Test func aShiftOfOneDeviationIsFoundWithinAMonthAndDated() throws {
    var delays: [Int] = []
    var datings: [Int] = []
    for seed in 0..<21 {
      var settings = DriftMonitor.Settings()
      settings.falseAlarmsPerYear = 0.2
      var monitor = DriftMonitor(streams: ["stream"], settings: settings)
      let values = Quiet.independent.values(1250, seed: UInt64(seed)).enumerated().map { $1 + ($0 < 1000 ? 0 : 1) }
      for value in values {
        guard let alarm = monitor.update("stream", value), alarm.index >= 1000 else { continue }
        delays.append(alarm.index - 1000)
        datings.append(abs(alarm.changePoint - 1000))
        #expect(alarm.direction == .up && alarm.statistic > 1 && alarm.changePoint <= alarm.index)
        #expect(try #require(alarm.levelBefore) < alarm.levelAfter)
        break
      }
    }
    #expect(delays.count >= 19)
    #expect(delays.sorted()[delays.count / 2] <= 21, "\(delays.sorted())")
    #expect(datings.sorted()[datings.count / 2] <= 8, "\(datings.sorted())")
  }

  @Test func twentyStreamsShareOneBudget() {
    let names = (0..<20).map { "stream \($0)" }
    var monitor = DriftMonitor(streams: names)
    let streams = names.indices.map { Quiet.independent.values(1260, seed: UInt64(100 + $0)) }
    var alarms = 0
    for day in 0..<1260 { alarms += monitor.update(streams.map { $0[day] }).count }
    // Five years at one a year.
    #expect(alarms <= 10, "\(alarms)")
  }

  @Test func aMissingValueKeepsItsPlaceAndChangesNothing() {
    var monitor = DriftMonitor(streams: ["a", "b"])
    var found: [DriftAlarm] = []
    for (i, value) in Quiet.independent.values(600, seed: 3).enumerated() {
      let shifted = value + (i < 500 ? 0 : 3)
      if let alarm = monitor.update("a", i % 5 == 4 ? .nan : shifted) { found.append(alarm) }
    }
    #expect(monitor.notFinite(in: "a") == 120 && monitor.notFinite(in: "b") == 0)
    #expect(found.first.map { (500...512).contains($0.index) } == true, "\(found)")
  }

  @Test func aConstantStreamIsQuietUntilItMoves() {
    var monitor = DriftMonitor(streams: ["settled"])
    for _ in 0..<300 { #expect(monitor.update("settled", 4.25) == nil) }
    #expect(monitor.score(of: "settled") == 0)
    let alarms = (0..<20).compactMap { _ in monitor.update("settled", 4.5) }
    #expect(alarms.count == 1 && alarms[0].direction == .up && alarms[0].changePoint == 300)
    #expect(alarms[0].levelBefore == 4.25 && alarms[0].levelAfter == 4.5)
  }

  @Test func aStreamIsLearntAnewAfterAnAlarm() {
    var settings = DriftMonitor.Settings()
    settings.falseAlarmsPerYear = 0.05
    var monitor = DriftMonitor(streams: ["stream"], settings: settings)
    var learning: [Bool] = []
    var alarms = 0
    for (i, value) in Quiet.independent.values(800, seed: 5).enumerated() {
      if monitor.update("stream", value + (i < 400 ? 0 : 5)) != nil { alarms += 1 }
      learning.append(monitor.isLearning("stream"))
    }
    #expect(alarms == 1)
    #expect(learning[..<99].allSatisfy { $0 } && !learning[99] && !learning[399])
    #expect(learning[410...450].allSatisfy { $0 } && !learning[520])
  }

  @Test func aMonitorContinuesFromItsCode() throws {
    let values = Quiet.clustered.values(900, seed: 7)
    var monitor = DriftMonitor(streams: ["a", "b"])
    for value in values[..<600] { _ = monitor.update([value, value * value]) }
    var copy = try JSONDecoder().decode(DriftMonitor.self, from: JSONEncoder().encode(monitor))
    for value in values[600...] {
      let shifted = value + (value > 0 ? 2 : 0)
      #expect(copy.update([shifted, shifted * shifted]) == monitor.update([shifted, shifted * shifted]))
    }
    #expect(copy.score(of: "a") == monitor.score(of: "a"))
  }
}
