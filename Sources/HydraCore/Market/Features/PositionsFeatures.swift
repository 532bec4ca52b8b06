import HydraNumerics

/// Commercial traders' net share of their open positions, from reports known at the date.
///
/// ```
/// cot_net_share      x = (long − short) / (long + short), in −1…1
/// cot_range_n        (x − min) / (max − min) of the newest n reports, at least half of them, within three years
/// cot_z_n            (x − mean) / deviation of the same
/// cot_change_k       x − x of k reports before, when that one is at most 28 k days older
/// cot_age            days from the newest report's as-of date
/// ```
/// A report informs from its release, never from its as-of date. One that comes late takes its place by as-of date; a
/// revision replaces its forerunner from then on. When the newest report is older than `maximumPositionsAge`, all but
/// the age are missing: oats are withheld in weeks with fewer than 20 large traders, and no value is carried through
/// such a time.
struct PositionsFeatures: Sendable {
  let names: [String]
  private let window: Int
  private let distances: [Int]
  private let maximumAge: Int
  private let kept: Int
  private var reports: [(asOf: CivilDate, netShare: Double)] = []

  init(_ settings: FeatureSettings) {
    window = settings.positionsWindow
    distances = settings.positionsChanges
    maximumAge = settings.maximumPositionsAge
    kept = max(window, (distances.max() ?? 0) + 1)
    names =
      ["cot_net_share", "cot_range_\(window)", "cot_z_\(window)"] + distances.map { "cot_change_\($0)" } + ["cot_age"]
  }

  mutating func update(_ report: PositionsReport) {
    guard let netShare = report.netShare, netShare.isFinite else { return }
    let index = reports.lastIndex { $0.asOf <= report.asOf }
    if let index, reports[index].asOf == report.asOf {
      reports[index].netShare = netShare
    } else {
      reports.insert((report.asOf, netShare), at: index.map { $0 + 1 } ?? 0)
    }
    if reports.count > kept { reports.removeFirst(reports.count - kept) }
  }

  func write(to values: inout [Double], date: CivilDate) {
    guard let newest = reports.last else {
      values.append(contentsOf: repeatElement(.nan, count: names.count))
      return
    }
    let age = date - newest.asOf
    guard age <= maximumAge else {
      values.append(contentsOf: repeatElement(.nan, count: names.count - 1))
      values.append(Double(age))
      return
    }
    values.append(newest.netShare)
    let recent = reports.suffix(window).filter { newest.asOf - $0.asOf <= 3 * 366 }.map(\.netShare)
    if 2 * recent.count >= window, let low = recent.min(), let high = recent.max(), high > low {
      let n = Double(recent.count)
      let mean = recent.reduce(0, +) / n
      let deviation = (recent.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
      values.append((newest.netShare - low) / (high - low))
      values.append((newest.netShare - mean) / deviation)
    } else {
      values.append(contentsOf: [.nan, .nan])
    }
    for distance in distances {
      let index = reports.count - 1 - distance
      let isNear = index >= 0 && newest.asOf - reports[index].asOf <= 28 * distance
      values.append(isNear ? newest.netShare - reports[index].netShare : .nan)
    }
    values.append(Double(age))
  }
}
