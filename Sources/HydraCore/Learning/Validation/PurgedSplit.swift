/// Rows to train on and rows to test on, such that no training label shares time with a test label.
///
/// There is no other way to make one than the splitters of this folder, all of which purge: a row is left out of the
/// training rows when its label interval touches that of any test row, or when the embargo covers it.
///
/// Source: M. López de Prado, "Advances in Financial Machine Learning" (2018), chapters 7 and 12.
public struct PurgedSplit: Hashable, Sendable {
  /// Ascending.
  public let train: [Int]
  /// Ascending.
  public let test: [Int]
  /// How many rows were left out that would otherwise have been trained on.
  public let purged: Int

  /// What is left out after each test block, on top of labels that touch: effects that outlast a label.
  public enum Embargo: Hashable, Codable, Sendable {
    case none
    /// This many rows after each run of test rows.
    case rows(Int)
    /// Rows that start within this time after a test label has ended, in the unit of the intervals.
    case time(Int64)
  }

  /// Purges `candidates` (ascending) against `test` (ascending).
  init(candidates: [Int], test: [Int], labels: [LabelInterval], embargo: Embargo) {
    let blocked = BlockedTime(test.map { labels[$0] }, extending: embargo.time)
    let isEmbargoed = Self.embargoedRows(after: test, rows: embargo.rows, count: labels.count)
    train = candidates.filter { !isEmbargoed[$0] && !blocked.touches(labels[$0]) }
    self.test = test
    purged = candidates.count - train.count
  }

  private static func embargoedRows(after test: [Int], rows: Int, count: Int) -> [Bool] {
    var embargoed = [Bool](repeating: false, count: count)
    guard rows > 0 else { return embargoed }
    var isTest = embargoed
    for row in test { isTest[row] = true }
    for row in test where row + 1 < count && !isTest[row + 1] {
      for next in (row + 1)..<min(count, row + 1 + rows) { embargoed[next] = true }
    }
    return embargoed
  }
}

extension PurgedSplit.Embargo {
  fileprivate var rows: Int { if case .rows(let rows) = self { rows } else { 0 } }
  fileprivate var time: Int64 { if case .time(let time) = self { time } else { 0 } }
}

/// The union of closed intervals, to ask whether another one touches it.
private struct BlockedTime {
  private var starts: [Int64] = []
  private var ends: [Int64] = []

  init(_ intervals: [LabelInterval], extending time: Int64) {
    for interval in intervals.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      let end = interval.end + time
      if let last = ends.last, interval.start <= last {
        ends[ends.count - 1] = max(last, end)
      } else {
        starts.append(interval.start)
        ends.append(end)
      }
    }
  }

  func touches(_ interval: LabelInterval) -> Bool {
    // The first piece that does not end before the interval starts.
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] < interval.start { low = middle + 1 } else { high = middle }
    }
    return low < starts.count && starts[low] <= interval.end
  }
}
