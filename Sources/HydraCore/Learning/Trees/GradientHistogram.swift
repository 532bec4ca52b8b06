// The loops in which boosting spends its time: sums of gradient words by bin, for the columns of a group at once.
//
// In a histogram the columns of a group stand one after the other, each with as many places as the matrix says.

/// Adds one word a row, or takes it away.
///
/// - Parameters:
///   - bins: the words of one group of columns, for all rows of the matrix.
///   - rows: the rows to add; nil for rows 0..<count.
///   - words: the gradient words of those rows, in their order.
///   - histogram: room for 4 × 256 sums.
@inline(__always)
func addToHistogram<Word: HistogramWord>(
  bins: UnsafePointer<UInt32>, rows: UnsafePointer<UInt32>?, words: UnsafePointer<Word>, count: Int, subtracts: Bool,
  histogram: UnsafeMutablePointer<Word>
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
  if let rows {
    for index in 0..<count {
      add(bins[Int(truncatingIfNeeded: rows[index])], subtracts ? Word.zero.minus(words[index]) : words[index])
    }
  } else {
    for index in 0..<count { add(bins[index], subtracts ? Word.zero.minus(words[index]) : words[index]) }
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

/// Moves the rows of a leaf that go left to the front; both sides keep their order.
///
/// - Parameters:
///   - rows: the rows of the leaf, rearranged in place.
///   - spare: room for as many rows.
///   - goesLeft: whether a row's word of the group goes left.
/// - Returns: the number of rows that go left.
@inline(__always)
func partitionRows(
  _ rows: UnsafeMutablePointer<UInt32>, count: Int, spare: UnsafeMutablePointer<UInt32>, bins: UnsafePointer<UInt32>,
  goesLeft: (UInt32) -> Bool
) -> Int {
  var left = 0
  var right = 0
  for index in 0..<count {
    let row = rows[index]
    let isLeft = goesLeft(bins[Int(truncatingIfNeeded: row)])
    rows[left] = row
    spare[right] = row
    left &+= isLeft ? 1 : 0
    right &+= isLeft ? 0 : 1
  }
  (rows + left).update(from: spare, count: right)
  return left
}
