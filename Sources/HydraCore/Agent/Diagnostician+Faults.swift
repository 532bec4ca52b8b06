import HydraLearning
import HydraNumerics

/// Faults of single columns that leave every number plausible.
extension Diagnostician {
  /// A column that stands still, or that has changed its sign, within the newest bars; nil when none has.
  ///
  /// | fault | found when |
  /// |---|---|
  /// | stuck | the newest value repeats for `stuckRun` bars, four times as long as ever in the year before, and is no bound of the column |
  /// | swapped sign | from one bar to the next a value becomes its own negative, 2.5 times as far as its steps ever go, after a year on one side of zero, no other column going as far, and stays there |
  ///
  /// - Complexity: O(columns × (recent + reference bars)).
  func columnFault(
    _ history: FeatureHistory, recent: Range<Int>, reference: Range<Int>
  ) -> Diagnosis.Finding? {
    guard reference.count >= 60 else { return nil }
    for (column, name) in history.names.enumerated() {
      func value(_ row: Int) -> Double { history.values[row * history.names.count + column] }
      if let run = stuckRun(value, recent: recent, reference: reference) {
        return .init(cause: .dataFault, score: 97, evidence: "\(name) repeats one value for \(run) bars")
      }
      if let row = swappedSign(value, recent: recent, reference: reference),
        jumpsAlone(column, at: row, history, reference: reference)
      {
        return .init(
          cause: .dataFault, score: 96, evidence: "\(name) changes its sign on \(history.dates[row]) and stays")
      }
    }
    return nil
  }

  /// Fewest bars for which a column has to stand still.
  static let stuckRun = 12

  private func stuckRun(_ value: (Int) -> Double, recent: Range<Int>, reference: Range<Int>) -> Int? {
    let newest = value(recent.upperBound - 1)
    guard newest.isFinite else { return nil }
    var run = 0
    while run < recent.upperBound - reference.lowerBound, value(recent.upperBound - 1 - run) == newest { run += 1 }
    guard run >= Self.stuckRun, run <= recent.count + reference.count / 2 else { return nil }
    let end = min(reference.upperBound, recent.upperBound - run)
    var (longest, current) = (0, 0)
    var previous = Double.nan
    for row in reference.lowerBound..<end {
      let now = value(row)
      current = now == previous ? current + 1 : 1
      longest = max(longest, current)
      previous = now
    }
    guard longest > 0, run > 4 * longest else { return nil }
    // A share that is all or nothing stays there for a while.
    let isBound = (0..<end).allSatisfy { !(value($0) > newest) } || (0..<end).allSatisfy { !(value($0) < newest) }
    return isBound ? nil : run
  }

  /// Whether nearly all values stand on the same side of zero.
  func isOnOneSide(_ value: (Int) -> Double, _ rows: Range<Int>) -> Bool {
    let above = rows.count { value($0) > 0 }
    return above * 20 <= rows.count || above * 20 >= rows.count * 19
  }

  private func swappedSign(_ value: (Int) -> Double, recent: Range<Int>, reference: Range<Int>) -> Int? {
    var steps: [Double] = []
    for row in reference.dropFirst() {
      let step = abs(value(row) - value(row - 1))
      if step.isFinite { steps.append(step) }
    }
    guard steps.count >= 60, let largest = steps.max(), largest > 0 else { return nil }
    // A column that is now on this side and now on that crosses zero by itself.
    guard isOnOneSide(value, reference) else { return nil }
    let kept = 5
    for row in recent where row >= 1 && row + kept <= recent.upperBound {
      let (before, after) = (value(row - 1), value(row))
      guard before * after < 0, abs(after - before) > 2.5 * largest, abs(after + before) < 0.2 * abs(before) else {
        continue
      }
      let stays = (row..<row + kept).allSatisfy { value($0) * after > 0 && abs(value($0) - after) < abs(after) }
      if stays, (row..<recent.upperBound).allSatisfy({ value($0) * after >= 0 || value($0).isNaN }) { return row }
    }
    return nil
  }
}
