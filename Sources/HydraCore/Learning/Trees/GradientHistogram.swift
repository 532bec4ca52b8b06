// The loops in which boosting spends its time: sums of gradient words by bin, for four features at once.
//
// A histogram has 256 places per feature. In both layouts the four features of a group stand one after the other.

/// The places of one feature in a histogram.
let histogramWidth = 256

/// Adds one word a row.
///
/// - Parameters:
///   - bins: the words of one feature group, for all rows of the matrix.
///   - rows: the rows to add; nil for rows 0..<count.
///   - words: the gradient words of those rows, in their order.
///   - histogram: room for 4 × 256 sums.
func addToHistogram<Word: HistogramWord>(
  bins: UnsafePointer<UInt32>, rows: UnsafePointer<UInt32>?, words: UnsafePointer<Word>, count: Int,
  histogram: UnsafeMutablePointer<Word>
) {
  let (first, second) = (histogram, histogram + histogramWidth)
  let (third, fourth) = (histogram + 2 * histogramWidth, histogram + 3 * histogramWidth)
  @inline(__always) func add(_ packed: UInt32, _ word: Word) {
    let (a, b) = (Int(truncatingIfNeeded: packed & 255), Int(truncatingIfNeeded: packed >> 8 & 255))
    let (c, d) = (Int(truncatingIfNeeded: packed >> 16 & 255), Int(truncatingIfNeeded: packed >> 24))
    first[a] = first[a].plus(word)
    second[b] = second[b].plus(word)
    third[c] = third[c].plus(word)
    fourth[d] = fourth[d].plus(word)
  }
  if let rows {
    for index in 0..<count { add(bins[Int(truncatingIfNeeded: rows[index])], words[index]) }
  } else {
    for index in 0..<count { add(bins[index], words[index]) }
  }
}

/// Turns a parent's histogram into that of the larger child, by taking the smaller child's away.
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
///   - missingBin: the bin of missing values when they go left although it is above `threshold`; 256 when not.
/// - Returns: the number of rows that go left.
func partition(
  rows: UnsafeMutablePointer<UInt32>, count: Int, spare: UnsafeMutablePointer<UInt32>, bins: UnsafePointer<UInt32>,
  shift: UInt32, threshold: UInt32, missingBin: UInt32
) -> Int {
  var left = 0
  var right = 0
  for index in 0..<count {
    let row = rows[index]
    let bin = bins[Int(truncatingIfNeeded: row)] &>> shift & 255
    let goesLeft = bin <= threshold || bin == missingBin
    rows[left] = row
    spare[right] = row
    left &+= goesLeft ? 1 : 0
    right &+= goesLeft ? 0 : 1
  }
  (rows + left).update(from: spare, count: right)
  return left
}
