import HydraNumerics

/// Volume and open interest against what is usual at this stage of the contract's life.
///
/// ```
/// volume_surprise          ln(1 + volume) − usual of the phase
/// open_interest_surprise   ln(1 + open interest) − usual of the phase
/// volume_trend             ln of the mean volume of 20 recorded days over that of 250
/// ```
/// The volume of one contract month rises about fourfold from the day on which it becomes the second-nearby to the
/// expiry of the front month. The usual level is therefore kept apart for 0–9, 10–19, 20–29, ≥ 30 bars since the change
/// of contract, and for a time before the first change was seen: an exponential mean of the phase's earlier days
/// (span 60), after 20 of them.
struct ActivityFeatures: Sendable {
  static let names = ["volume_surprise", "open_interest_surprise", "volume_trend"]

  private struct Usual: Sendable {
    var mean = 0.0
    var count = 0

    /// The surprise of `value`, by the mean before it; then the mean takes it in.
    mutating func surprise(_ value: Double) -> Double {
      let surprise = count >= 20 ? value - mean : .nan
      count += 1
      mean += (value - mean) * max(2 / 61, 1 / Double(count))
      return surprise
    }
  }

  private var volumes = [Usual](repeating: Usual(), count: 5)
  private var interests = [Usual](repeating: Usual(), count: 5)
  private var recorded = TrailingWindow(capacity: 250)
  private var newest = (volume: Double.nan, interest: Double.nan)

  mutating func update(_ step: SecondNearbySeries.Step) {
    let phase = step.daysSinceChange.map { min($0 / 10, 3) } ?? 4
    newest = (.nan, .nan)
    if let volume = step.bar.volume, volume >= 0 {
      newest.volume = volumes[phase].surprise(Portable.log1p(volume))
      recorded.append(volume)
    }
    if let interest = step.bar.previousOpenInterest, interest >= 0 {
      newest.interest = interests[phase].surprise(Portable.log1p(interest))
    }
  }

  /// Mean contracts a day over the newest 20 recorded days; NaN without any.
  var meanVolume: Double { recorded.moments(newest: 20).mean }

  func write(to values: inout [Double], isFresh: Bool) {
    let (short, long) = (recorded.moments(newest: 20), recorded.moments(newest: 250))
    let trend = long.count >= 125 && short.mean > 0 ? Portable.log(short.mean / long.mean) : .nan
    values.append(contentsOf: isFresh ? [newest.volume, newest.interest, trend] : [.nan, .nan, .nan])
  }
}
