// The loops in which boosting spends its time: sums of gradient words by bin, for the columns of a group at once.
//
// In a histogram the columns of a group stand one after the other, each with as many places as the matrix says.

/// Adds one word a row, or takes it away.
///
/// - Parameters:
///   - bins: the words of one group of columns, for all rows of the matrix.
///   - rows: the rows to add; nil for rows 0..<count.
///   - words: the gradient words of those rows, in their order.
///   - isFar: whether the rows are likely to be out of the processor's nearest caches.
///   - histogram: room for 4 × 256 sums.
@inline(__always)
func addToHistogram<Word: HistogramWord>(
  bins: UnsafePointer<UInt32>, rows: UnsafePointer<UInt32>?, words: UnsafePointer<Word>, count: Int, subtracts: Bool,
  isFar: Bool, histogram: UnsafeMutablePointer<Word>
) {
  let (first, second) = (histogram, histogram + 256)
  let (third, fourth) = (histogram + 512, histogram + 768)
  @inline(__always) func add(_ packed: UInt32, _ word: Word) {
    let (a, b) = (Int(truncatingIfNeeded: packed & 255), Int(truncatingIfNeeded: packed >> 8 & 255))
    let (c, d) = (Int(truncatingIfNeeded: packed >> 16 & 255), Int(truncatingIfNeeded: packed >> 24))
    first[a] = first[a].plus(word)
    second[b] = second[b].plus(word)
    third[c] = third[c].plus(word)
    fourth[d] = fourth[d].plus(word)
  }
  guard let rows else {
    for index in 0..<count { add(bins[index], subtracts ? Word.zero.minus(words[index]) : words[index]) }
    return
  }
  guard isFar else {
    for index in 0..<count {
      add(bins[Int(truncatingIfNeeded: rows[index])], subtracts ? Word.zero.minus(words[index]) : words[index])
    }
    return
  }
  // Rows that are far apart miss the cache one by one. Loads that nothing waits for are under way together, so that a
  // block is fetched first and added then: 3.7 ns a row and group instead of 9.4 where 1 row in 30 of a million counts.
  let block = 128
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: block) { fetched in
    guard let fetched = fetched.baseAddress else { return }
    var start = 0
    while start < count {
      let length = min(block, count &- start)
      for index in 0..<length { fetched[index] = bins[Int(truncatingIfNeeded: rows[start &+ index])] }
      for index in 0..<length {
        add(fetched[index], subtracts ? Word.zero.minus(words[start &+ index]) : words[start &+ index])
      }
      start &+= block
    }
  }
}

/// The same for two columns of more bins.
func addToWideHistogram<Word: HistogramWord>(
  bins: UnsafePointer<UInt32>, rows: UnsafePointer<UInt32>?, words: UnsafePointer<Word>, count: Int, subtracts: Bool,
  width: Int, histogram: UnsafeMutablePointer<Word>
) {
  let second = histogram + width
  for index in 0..<count {
    let packed = bins[rows.map { Int(truncatingIfNeeded: $0[index]) } ?? index]
    let word = subtracts ? Word.zero.minus(words[index]) : words[index]
    let (a, b) = (Int(truncatingIfNeeded: packed & 0xffff), Int(truncatingIfNeeded: packed >> 16))
    histogram[a] = histogram[a].plus(word)
    second[b] = second[b].plus(word)
  }
}

/// Turns a parent's histogram into that of the larger child, by taking the smaller child's away.
@inline(__always)
func subtractHistogram<Word: HistogramWord>(
  _ smaller: UnsafePointer<Word>, from parent: UnsafeMutablePointer<Word>, count: Int
) {
  for index in 0..<count { parent[index] = parent[index].minus(smaller[index]) }
}

/// Parts the rows of a leaf, or of a block of one; both sides keep their order.
///
/// - Parameters:
///   - left: room for as many rows; may be `rows` itself.
///   - right: room for as many rows.
///   - goesLeft: 1 where a row's word of the group goes left, else 0: a condition would become a branch, which nobody
///     can predict.
/// - Returns: the number of rows that go left.
@inline(__always)
func partRows(
  _ rows: UnsafePointer<UInt32>, count: Int, left: UnsafeMutablePointer<UInt32>, right: UnsafeMutablePointer<UInt32>,
  bins: UnsafePointer<UInt32>, goesLeft: (UInt32) -> UInt32
) -> Int {
  var leftCount = 0
  for index in 0..<count {
    let row = rows[index]
    let step = goesLeft(bins[Int(truncatingIfNeeded: row)])
    left[leftCount] = row
    right[index &- leftCount] = row
    leftCount &+= Int(truncatingIfNeeded: step)
  }
  return leftCount
}
