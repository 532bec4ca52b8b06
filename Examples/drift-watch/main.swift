// Watches a stream of numbers for drift: one number a line on standard input.
import HydraCore

/// A detector of one's own is one function: this one wants two opinions within fifty values.
struct Ensemble: DriftDetector {
  var fast = CUSUM(target: 0, slack: 0.5, threshold: 5)
  var slow = ADWIN()
  private var fastLeft = 0
  private var slowLeft = 0

  mutating func update(_ value: Double) -> DriftState {
    fastLeft = fast.update(value) == .drift ? 50 : max(0, fastLeft - 1)
    slowLeft = slow.update(value) == .drift ? 50 : max(0, slowLeft - 1)
    guard fastLeft > 0, slowLeft > 0 else { return fastLeft + slowLeft > 0 ? .warning : .stable }
    (fastLeft, slowLeft) = (0, 0)
    return .drift
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
