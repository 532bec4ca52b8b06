import HydraNumerics

/// Annual volatility from daily ranges over a window, as a share of the price.
///
/// ```
/// parkinson       (ln H/L)² / (4 ln 2)
/// garman_klass    ½ (ln H/L)² − (2 ln 2 − 1)(ln C/O)²
/// rogers_satchell ln(H/C) ln(H/O) + ln(L/C) ln(L/O)
/// yang_zhang      V_overnight + k V_open-close + (1 − k) V_rogers_satchell,  k = 0.34 / (1.34 + (n+1)/(n−1))
/// ```
/// each the square root of 252 times the mean over the window; the first three leave the night out. The last one's
/// overnight returns ln(O / yesterday's C) never span a change of contract (``SecondNearbySeries``).
/// A bar with high = low says nothing about its range (88 % of the oat bars of 2012 are such) and is left out, as is
/// one with high < low; open and settlement outside high–low widen it. With less than half of the window the value is
/// missing.
///
/// Source: D. Yang and Q. Zhang, "Drift-independent volatility estimation based on high, low, open, and close
/// prices", Journal of Business 73 (2000) 477–491, where the earlier three are reviewed too.
struct RangeFeatures: Sendable {
  let names: [String]
  private let window: Int
  private var parkinson: TrailingWindow
  private var garmanKlass: TrailingWindow
  private var rogersSatchell: TrailingWindow
  private var openToClose: TrailingWindow
  private var overnight: TrailingWindow
  private static let ln2 = Portable.log(2)

  init(_ settings: FeatureSettings) {
    window = settings.rangeWindow
    names = ["parkinson", "garman_klass", "rogers_satchell", "yang_zhang"].map { "\($0)_\(settings.rangeWindow)" }
    parkinson = TrailingWindow(capacity: window)
    garmanKlass = parkinson
    rogersSatchell = parkinson
    openToClose = parkinson
    overnight = parkinson
  }

  mutating func update(_ step: SecondNearbySeries.Step) {
    let bar = step.bar
    let (high, low) = (max(bar.high, bar.open, bar.settle), min(bar.low, bar.open, bar.settle))
    guard bar.high > bar.low, low > 0, high.isFinite else {
      for keyPath in [\Self.parkinson, \.garmanKlass, \.rogersSatchell, \.openToClose, \.overnight] {
        self[keyPath: keyPath].append(.nan)
      }
      return
    }
    let range = Portable.log(high / low)
    let day = Portable.log(bar.settle / bar.open)
    parkinson.append(range * range / (4 * Self.ln2))
    garmanKlass.append(range * range / 2 - (2 * Self.ln2 - 1) * day * day)
    rogersSatchell.append(
      Portable.log(high / bar.settle) * Portable.log(high / bar.open)
        + Portable.log(low / bar.settle) * Portable.log(low / bar.open))
    openToClose.append(day)
    overnight.append(step.previousSettle.map { Portable.log(bar.open / $0) } ?? .nan)
  }

  func write(to values: inout [Double], isFresh: Bool) {
    guard isFresh else {
      values.append(contentsOf: repeatElement(.nan, count: 4))
      return
    }
    values.append(annual(parkinson.moments(newest: window)))
    values.append(annual(garmanKlass.moments(newest: window)))
    values.append(annual(rogersSatchell.moments(newest: window)))
    let (night, day) = (overnight.moments(newest: window), openToClose.moments(newest: window))
    let rest = rogersSatchell.moments(newest: window)
    guard 2 * night.count >= window, 2 * day.count >= window else {
      values.append(.nan)
      return
    }
    let n = Double(day.count)
    let k = 0.34 / (1.34 + (n + 1) / (n - 1))
    let variance = night.deviation * night.deviation + k * day.deviation * day.deviation + (1 - k) * rest.mean
    values.append(variance > 0 ? (DailyVolatility.daysPerYear * variance).squareRoot() : .nan)
  }

  private func annual(_ moments: (count: Int, mean: Double, deviation: Double)) -> Double {
    guard 2 * moments.count >= window, moments.mean > 0 else { return .nan }
    return (DailyVolatility.daysPerYear * moments.mean).squareRoot()
  }
}
