/// Tells which of the oldest position reports are in another unit than contracts.
///
/// The exchange's grain reports were in thousands of bushels before 1998, five to a contract. The change shows as a
/// level shift: from one report to the next the total falls by a factor near five, and so does the median of the eight
/// reports on either side. Where a file ends before the shift, the old unit shows in its last digit: thousands of
/// bushels come in multiples of five.
enum PositionUnits {
  /// Reports on either side whose medians are compared.
  static let reports = 8
  /// The step must lie within this factor of the expected one.
  static let tolerance = 1.7
  /// Without a step, at least so many reports must all but a few be multiples of the unit.
  static let minimumReports = 26
  static let multipleShare = 0.95

  /// How many reports from the first on are in the old unit; 0 when none is.
  ///
  /// - Parameter sides: long and short of each report, oldest first.
  static func oldUnitRows(_ sides: [(Double, Double)], oldUnitsPerContract factor: Double) -> Int {
    let totals = sides.map { $0.0 + $0.1 }
    var best: (row: Int, distance: Double)?
    for row in totals.indices.dropFirst() {
      guard totals[row] > 0 else { continue }
      let step = totals[row - 1] / totals[row]
      let before = median(totals[max(0, row - reports)..<row])
      let after = median(totals[row..<min(totals.count, row + reports)])
      guard after > 0, isNear(step, factor), isNear(before / after, factor) else { continue }
      let distance = max(step / factor, factor / step)
      if best == nil || distance < best!.distance { best = (row, distance) }
    }
    if let best { return best.row }
    let values = sides.flatMap { [$0.0, $0.1] }
    let multiples = values.count { $0.remainder(dividingBy: factor) == 0 }
    let isOld = sides.count >= minimumReports && Double(multiples) >= multipleShare * Double(values.count)
    return isOld && values.contains { $0 > 0 } ? sides.count : 0
  }

  private static func isNear(_ a: Double, _ b: Double) -> Bool { a <= b * tolerance && b <= a * tolerance }

  private static func median(_ values: ArraySlice<Double>) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
