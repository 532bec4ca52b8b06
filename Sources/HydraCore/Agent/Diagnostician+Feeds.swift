import HydraLearning
import HydraNumerics

/// Columns that arrive late or in another unit from one bar on.
extension Diagnostician {
  /// A column that has begun to repeat what it said before, or to say all of it in another unit; nil when none has.
  ///
  /// | fault | found when |
  /// |---|---|
  /// | delayed by k bars | k ≥ `leastDelay` values in a row are, to the last bit, those of the k bars before them, which never happened in the year before |
  /// | scaled by ρ | after a year on one side of zero a value moves twice as far as ever, and no other column does, by the factor ρ, beyond 1.4 either way; divided by ρ the column goes on as before, with steps of the same size; not on a day whose price moved beyond 3σ |
  ///
  /// A level that moves keeps the size of its steps, and so is no change of unit. Columns without persistence show a
  /// change of unit in their spread alone, which many things may change: those are left to the tests of features.
  ///
  /// - Complexity: O(columns × (recent × longest delay + reference)).
  func feedFault(
    _ history: FeatureHistory, recent: Range<Int>, reference: Range<Int>
  ) -> Diagnosis.Finding? {
    guard reference.count >= 60 else { return nil }
    for (column, name) in history.names.enumerated() {
      func value(_ row: Int) -> Double { history.values[row * history.names.count + column] }
      if let (row, delay) = delay(value, recent: recent, reference: reference) {
        return .init(
          cause: .dataFault, score: 95,
          evidence: "\(name) says from \(history.dates[row]) on what it said \(delay) bars before")
      }
      if let (row, factor) = scale(value, recent: recent, reference: reference), !isShock(row, history),
        jumpsAlone(column, at: row, history, reference: reference)
      {
        return .init(
          cause: .dataFault, score: 94,
          evidence: "\(name) is \(rounded(factor)) times what it was from \(history.dates[row]) on")
      }
    }
    return nil
  }

  /// Whether the price moved so far on a bar that what is computed from it may jump.
  private func isShock(_ row: Int, _ history: FeatureHistory) -> Bool {
    row >= 1 && abs(history.changes[row]) > 3 * history.volatilities[row - 1]
  }

  /// Whether no other column leaves its steps of the year before behind on a bar: what happens in the world shows in
  /// several columns at once, a fault of one in one.
  func jumpsAlone(_ column: Int, at row: Int, _ history: FeatureHistory, reference: Range<Int>) -> Bool {
    let columns = history.names.count
    func step(_ row: Int, _ column: Int) -> Double {
      abs(history.values[row * columns + column] - history.values[(row - 1) * columns + column])
    }
    return history.names.indices.allSatisfy { other in
      guard other != column, step(row, other) > 0 else { return true }
      let largest = reference.dropFirst().map { step($0, other) }.filter(\.isFinite).max() ?? 0
      return !(largest > 0 && step(row, other) > Self.sharedJump * largest)
    }
  }

  /// How far a step has to pass the largest of the year before to show that the world moved. Of sixty columns one in four
  /// passes its own largest by chance on a given bar, few by so much.
  private static let sharedJump = 1.25

  /// Fewest and most bars of a delay; one or two values that repeat are no evidence.
  private static let delays = 3...20

  /// Where a block of values begins that is the block before it, and its length.
  private func delay(_ value: (Int) -> Double, recent: Range<Int>, reference: Range<Int>) -> (row: Int, bars: Int)? {
    // A column that often says the same again cannot be told from one that is late.
    let values = reference.map(value).filter(\.isFinite)
    guard Set(values).count * 10 >= 8 * reference.count else { return nil }
    func begins(_ row: Int, _ bars: Int) -> Bool {
      (0..<bars).allSatisfy { value(row + $0) == value(row - bars + $0) }
        && (1..<bars).contains { value(row + $0) != value(row + $0 - 1) }
    }
    for row in recent {
      for bars in Self.delays where row - bars >= reference.lowerBound && row + bars <= recent.upperBound {
        guard begins(row, bars) else { continue }
        let was = (reference.lowerBound + bars..<max(reference.lowerBound + bars, row - bars)).contains {
          $0 + bars <= row && begins($0, bars)
        }
        return was ? nil : (row, bars)
      }
    }
    return nil
  }

  /// How far a change of unit has to pass the largest step of the year before.
  private static let leastJump = 2.0

  /// Where a column begins to be a multiple of what it was, and which.
  private func scale(_ value: (Int) -> Double, recent: Range<Int>, reference: Range<Int>) -> (row: Int, factor: Double)?
  {
    func steps(_ rows: Range<Int>) -> [Double] {
      rows.dropFirst().compactMap { row in
        let step = abs(value(row) - value(row - 1))
        return step.isFinite ? step : nil
      }
    }
    let before = steps(reference)
    // Only what keeps to one side of zero has a size that a unit changes.
    guard before.count >= 60, let largest = before.max(), largest > 0, isOnOneSide(value, reference) else { return nil }
    let usual = Statistics.mean(before)
    for row in recent where row > recent.lowerBound || row > 0 {
      let (old, new) = (value(row - 1), value(row))
      guard old.isFinite, new.isFinite, old * new > 0, abs(new - old) > Self.leastJump * largest else { continue }
      let factor = new / old
      let after = steps(row..<recent.upperBound)
      guard factor > 1.4 || factor < 1 / 1.4, after.count >= 15 else { continue }
      // Nearer to steps of another unit than to steps of the same: the logarithm of their ratio says which.
      let ratio = Portable.log(Statistics.mean(after) / usual) / Portable.log(factor)
      let fits = after.allSatisfy { $0 <= 1.5 * largest * factor }
      if ratio > 0.6, ratio < 1.6, fits { return (row, factor) }
    }
    return nil
  }
}
