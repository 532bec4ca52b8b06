import HydraMarket
import HydraNumerics
import Testing

@Suite struct FeaturesPositionsTests {
  /// Weekly reports (as of Tuesday, out on Friday) and daily bars; `change` edits the reports.
  static func table(weeks: Int = 70, change: (inout [PositionsReport]) -> Void = { _ in }) -> (
    FeatureTable, MarketHistory
  ) {
    var history = RandomWalkMarket.history(
      RandomWalkMarket.oats, days: weeks * 5, seed: 9, hasDaily: false, hasReports: true)
    change(&history.reports)
    return (FeaturesPipelineTests.table(history, []), history)
  }

  static func share(_ report: PositionsReport) -> Double { report.netShare! }

  @Test func `a report informs from its release on`() {
    let (table, history) = Self.table()
    let net = table.column("cot_net_share")!
    for (row, bar) in history.bars.enumerated() {
      let known = history.reports.last { $0.times.available <= bar.times.available }
      if let known { #expect(net[row] == Self.share(known)) } else { #expect(net[row].isNaN) }
    }
    // As of Tuesday, out on Friday 20:00: seen at Friday's close, three days old, ten days old the Friday after.
    let ages = table.column("cot_age")!.suffix(100)
    #expect(ages.min() == 3 && ages.max() == 9)
  }

  @Test func `range, score and changes agree with their definition`() {
    let (table, history) = Self.table()
    let row = table.count - 1
    let known = history.reports.filter { $0.times.available <= table.known[row] }.map(Self.share)
    let window = known.suffix(52)
    let (newest, low, high) = (known.last!, window.min()!, window.max()!)
    let mean = window.reduce(0, +) / 52
    let deviation = (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 51).squareRoot()
    #expect(abs(table.column("cot_range_52")![row] - (newest - low) / (high - low)) < 1e-12)
    #expect(abs(table.column("cot_z_52")![row] - (newest - mean) / deviation) < 1e-9)
    for distance in [1, 4, 13] {
      #expect(table.column("cot_change_\(distance)")![row] == newest - known[known.count - 1 - distance])
    }
  }

  @Test func `withheld reports leave a hole, not a value carried for months`() {
    let (table, history) = Self.table { $0.removeSubrange(40..<52) }
    let (net, age) = (table.column("cot_net_share")!, table.column("cot_age")!)
    for (row, bar) in history.bars.enumerated() where !age[row].isNaN {
      #expect(net[row].isFinite == (age[row] <= 28), "\(bar.date) age \(age[row])")
    }
    #expect(age.contains { $0 > 60 })
    // Across the hole a change of one report is none of a week.
    let after = history.bars.firstIndex { $0.times.available >= history.reports[40].times.available }!
    #expect(net[after].isFinite && table.column("cot_change_1")![after].isNaN)
    #expect(table.column("cot_change_1")![after + 5].isFinite)
  }

  @Test func `a late report takes its place and a revision counts from its own release`() {
    let (plain, history) = Self.table()
    let revisedAt = history.bars[200].times.available
    let (revised, _) = Self.table { reports in
      var late = reports[30]
      late.times.available = reports[31].times.available.adding(seconds: 3_600)
      reports[30] = late
      var revision = reports[38]
      (revision.commercialLong, revision.isRevision) = (revision.commercialLong + 500, true)
      revision.times.available = revisedAt
      reports.append(revision)
    }
    let net = revised.column("cot_change_1")!
    for row in 0..<plain.count {
      let time = plain.known[row]
      let lateGone = time >= history.reports[30].times.available && time < history.reports[31].times.available
      let seen = history.reports.lastIndex { $0.times.available <= time }
      if lateGone || time >= revisedAt && seen == 39 { continue }
      if time < revisedAt { #expect(net[row] == plain.column("cot_change_1")![row] || net[row].isNaN) }
    }
    #expect(revised.column("cot_z_52")![230] != plain.column("cot_z_52")![230])
    #expect(revised.column("cot_z_52")![199] == plain.column("cot_z_52")![199])
  }
}
