// Watches a stream of numbers for drift: one number a line on standard input.
import HydraCore

/// A detector of one's own is one function: this one wants two opinions.
struct Ensemble: DriftDetector {
  var fast = CUSUM(target: 0, slack: 0.5, threshold: 5)
  var slow = ADWIN()

  mutating func update(_ value: Double) -> DriftState {
    let states = (fast.update(value), slow.update(value))
    return states == (.drift, .drift) ? .drift : states == (.stable, .stable) ? .stable : .warning
  }
}

var detector = ADWIN(delta: 0.002)
var ensemble = Ensemble()
var index = 0
while let line = readLine(), let value = Double(line) {
  if detector.update(value) == .drift {
    print("drift at \(index): the mean is now \(detector.mean) over \(detector.width) values")
  }
  if ensemble.update(value) == .drift { print("both detectors agree at \(index)") }
  index += 1
}
