import HydraNumerics

/// What is the same for all boundaries of one pass of `ADWIN`.
struct ADWINTest {
  let width: Double
  let total: Double
  /// 2 v ln(2 ln W / δ)
  let spread: Double
  let confidence: Double
  let least: Double

  init(width: Int, total: Double, variance: Double, delta: Double, least: Int) {
    (self.width, self.total, self.least) = (Double(width), total, Double(least))
    confidence = Portable.log(2 * Portable.log(Double(width)) / delta)
    spread = 2 * variance
  }

  /// The difference of the means on both sides of a boundary as a share of what is allowed.
  func ratio(_ n0: Double, _ u0: Double) -> Double {
    let n1 = width - n0
    let m = 1 / (n0 - least + 1) + 1 / (n1 - least + 1)
    let bound = (m * spread * confidence).squareRoot() + 2.0 / 3 * confidence * m
    return abs(u0 / n0 - (total - u0) / n1) / bound
  }
}

/// The exponential histogram of `ADWIN`: row r holds buckets of 2^r values, oldest first.
///
/// Each row has four times the room it needs: its buckets move along as old ones leave, and are brought back to the front
/// once every few times. Totals of all rows come first in each row's cells, sums of squares after them.
struct ADWINRows: Hashable, Codable, Sendable {
  private struct Row: Hashable, Codable, Sendable {
    var first = 0
    var count = 0
  }

  private let maxBuckets: Int
  private let room: Int
  /// The last one is empty: room for a merge to reach.
  private var rows = [Row(), Row()]
  private var cells: [Double]

  init(maxBuckets: Int) {
    self.maxBuckets = maxBuckets
    room = 4 * (maxBuckets + 1)
    cells = Array(repeating: 0, count: 4 * room)
  }

  /// Adds a bucket of one value and merges the two oldest buckets of every overfull row into one of the next.
  mutating func insert(_ value: Double) {
    let (room, maxBuckets) = (room, maxBuckets)
    cells.withUnsafeMutableBufferPointer { cells in
      rows.withUnsafeMutableBufferPointer { rows in
        var (row, total, m2, half) = (0, value, 0.0, 0.5)
        while true {
          let base = 2 * room * row
          var (first, count) = (rows[row].first, rows[row].count)
          if first + count == room {
            for k in 0..<count {
              cells[base + k] = cells[base + first + k]
              cells[base + room + k] = cells[base + room + first + k]
            }
            first = 0
          }
          cells[base + first + count] = total
          cells[base + room + first + count] = m2
          count += 1
          half *= 2
          guard count > maxBuckets else {
            rows[row] = Row(first: first, count: count)
            return
          }
          let (a, b) = (base + first, base + first + 1)
          let inverse = 1 / half
          let difference = cells[a] * inverse - cells[b] * inverse
          total = cells[a] + cells[b]
          m2 = cells[room + a] + cells[room + b] + half * half * difference * difference / (half + half)
          rows[row] = Row(first: first + 2, count: count - 2)
          row += 1
        }
      }
    }
    if rows[rows.count - 1].count > 0 {
      rows.append(Row())
      cells.append(contentsOf: repeatElement(0, count: 2 * room))
    }
  }

  mutating func removeOldest() -> (total: Double, m2: Double, size: Int) {
    let row = max(0, rows.count - 2)
    let cell = 2 * room * row + rows[row].first
    let oldest = (cells[cell], cells[room + cell], 1 << row)
    rows[row].first += 1
    rows[row].count -= 1
    if rows[row].count == 0, row > 0 {
      rows.removeLast()
      rows[row] = Row()
      cells.removeLast(2 * room)
    }
    return oldest
  }

  /// How far beyond what is allowed the first boundary, from the oldest on, is that separates two different means.
  ///
  /// Roots and quotients are left to boundaries that come near: with D = u0 W - U n0, |mean0 - mean1| = |D|/(n0 n1), and
  /// |mean0 - mean1| > √(spread confidence m) is D² a b > spread confidence (a + b) (n0 n1)², with a and b the
  /// denominators of m.
  func firstCut(_ test: ADWINTest) -> Double? {
    let (width, total, least) = (test.width, test.total, test.least)
    // A little less than the exact factor, so that rounding cannot hide a cut.
    let factor = test.spread * test.confidence * (width - 2 * least + 2) * (1 - 1e-9)
    return cells.withUnsafeBufferPointer { cells in
      rows.withUnsafeBufferPointer { rows in
        var (n0, u0) = (0.0, 0.0)
        for row in stride(from: rows.count - 1, through: 0, by: -1) {
          let size = Double(1 << row)
          let first = 2 * room * row + rows[row].first
          for k in first..<(first + rows[row].count - (row == 0 ? 1 : 0)) {
            n0 += size
            u0 += cells[k]
            let n1 = width - n0
            let (a, b) = (n0 - least + 1, n1 - least + 1)
            let difference = u0 * width - total * n0
            let product = n0 * n1
            guard difference * difference * (a * b) > factor * (product * product), a >= 1, b >= 1 else { continue }
            let ratio = test.ratio(n0, u0)
            if ratio > 1 { return ratio }
          }
        }
        return nil
      }
    }
  }

  /// The largest ratio of all boundaries.
  func largestRatio(_ test: ADWINTest) -> Double {
    var (n0, u0, most) = (0.0, 0.0, 0.0)
    for row in stride(from: rows.count - 1, through: 0, by: -1) {
      let first = 2 * room * row + rows[row].first
      for k in first..<(first + rows[row].count - (row == 0 ? 1 : 0)) {
        n0 += Double(1 << row)
        u0 += cells[k]
        guard n0 >= test.least, test.width - n0 >= test.least else { continue }
        most = max(most, test.ratio(n0, u0))
      }
    }
    return most
  }
}
