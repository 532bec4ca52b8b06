import HydraNumerics

/// Fast Hoeffding drift detection method: reports when the share of ones in a sliding window falls below its greatest
/// by more than Hoeffding's bound.
///
/// ```
/// drift when u_max - u > √(ln(1/confidence) / (2 window))
/// ```
/// The ones are hits, not errors. With `shortWindow` the same is also asked of the latest part of the window.
/// Values outside 0...1 are counted and left out.
///
/// - Complexity: O(1) time and O(window) memory.
///
/// Source: A. Pesaranghader, H. L. Viktor, ECML-PKDD 2016; steps as in river 0.26 (`drift.binary.FHDDM`).
public struct FHDDM: DriftDetector, Hashable, Codable {
  public let window: Int
  public let confidence: Double
  public let shortWindow: Int?
  public private(set) var notFinite = 0

  private var ring: [Double] = []
  private var next = 0
  private var ones = 0
  private var shortSum = 0.0
  private var most = 0.0
  private var shortMost = 0.0
  private var restarts = false

  public init(window: Int = 100, confidence: Double = 1e-6, shortWindow: Int? = nil) {
    precondition(window > 0 && (shortWindow ?? 1) > 0 && (shortWindow ?? 1) <= window, "impossible window lengths")
    precondition(confidence > 0 && confidence < 1, "confidence outside (0, 1): \(confidence)")
    (self.window, self.confidence, self.shortWindow) = (window, confidence, shortWindow)
  }

  public var changeAge: Int? { ring.count }
  public var internals: [(name: String, value: Double)] { [("u", share), ("u_max", most)] }

  private var share: Double { Double(ones) / Double(window) }

  /// Takes the next value and says whether the stream has changed.
  public mutating func update(_ value: Double) -> DriftState {
    guard value >= 0, value <= 1 else {
      notFinite += 1
      return .stable
    }
    if restarts {
      ring.removeAll(keepingCapacity: true)
      (next, ones, shortSum, most, shortMost, restarts) = (0, 0, 0, 0, 0, false)
    }
    insert(value)
    guard ring.count == window else { return .stable }
    most = max(most, share)
    restarts = most - share > bound(window)
    if let shortWindow {
      let shortShare = shortSum / Double(shortWindow)
      shortMost = max(shortMost, shortShare)
      restarts = restarts || shortMost - shortShare > bound(shortWindow)
    }
    return restarts ? .drift : .stable
  }

  private func bound(_ n: Int) -> Double { (-Portable.log(confidence) / (2 * Double(n))).squareRoot() }

  private mutating func insert(_ value: Double) {
    if let shortWindow {
      shortSum += value
      if ring.count >= shortWindow { shortSum -= ring[(next + window - shortWindow) % window] }
    }
    ones += value == 1 ? 1 : 0
    if ring.count < window {
      ring.append(value)
    } else {
      ones -= ring[next] == 1 ? 1 : 0
      ring[next] = value
    }
    next = next + 1 == window ? 0 : next + 1
  }
}
