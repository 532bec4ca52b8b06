/// The best cut of one leaf found so far.
struct SplitCandidate {
  /// What `LeafTerms.gain` turns into the gain; higher is better within one leaf.
  var score = -Double.infinity
  var feature = -1
  /// Bins up to this one go left.
  var bin = 0
  var missingGoesLeft = false
  /// Whether the leaf had missing values of the feature, so that their direction was learned.
  var sawMissing = false
  var left = GradientSum.zero

  /// The higher score wins, then the feature of the lower number.
  func isBetter(than other: SplitCandidate) -> Bool {
    score > other.score || (score == other.score && feature < other.feature && feature >= 0)
  }
}

/// How many bins of a feature hold values, and whether one more holds missing ones.
struct FeatureBinLayout {
  var valueBins: Int
  var hasMissing: Bool
  var count: Int { valueBins + (hasMissing ? 1 : 0) }
}

/// Finds the best cut of a leaf by one feature.
///
/// The gain of a cut is G_L² / (H_L + λ) + G_R² / (H_R + λ) - G² / (H + λ). With T = H + 2λ and D = H_L + λ the first
/// two terms are
///
/// ```
/// G² / T + T q,     q = x² / (D (T - D)),     x = G_L - (G / T) D,
/// ```
/// so the cut with the highest q wins. Eight cuts at a time are compared with the best q so far by
/// x² > q D (T - D), without a division; few cuts are better and are looked at one by one.
struct SplitSearch {
  /// Where eligible cuts of a feature are collected; all three have room for 256 + 8.
  struct Scratch {
    var words: UnsafeMutablePointer<Int64>
    var hessians: UnsafeMutablePointer<Int64>
    var bins: UnsafeMutablePointer<Int32>

    static let capacity = histogramWidth + 8
  }

  var leaf: LeafTerms

  /// Looks for a cut by a feature that is better than `best`, missing values going either way, and puts it there.
  func search<Word: HistogramWord>(
    _ histogram: UnsafePointer<Word>, feature: Int, bins: FeatureBinLayout, scratch: Scratch,
    best: inout SplitCandidate
  ) {
    let missing = bins.hasMissing ? histogram[bins.valueBins] : .zero
    let sawMissing = leaf.scale.count(of: missing.gradients) != 0
    for missingGoesLeft in [false, true] where sawMissing || !missingGoesLeft {
      // All values left and missing ones right is a cut too; without missing values it would leave the right empty.
      let cuts = sawMissing && !missingGoesLeft ? bins.valueBins : bins.valueBins - 1
      let found = collect(histogram, from: missingGoesLeft ? missing : .zero, cuts: cuts, scratch)
      guard found > 0 else { continue }
      var score = best.score
      let place = leaf.l1 == 0 ? bestPlace(scratch, found, Word.self, &score) : bestPlainly(scratch, found, &score)
      guard let place else { continue }
      best = SplitCandidate(
        score: score, feature: feature, bin: Int(scratch.bins[place]), missingGoesLeft: missingGoesLeft,
        sawMissing: sawMissing, left: GradientSum(scratch.words[place], Word.hasHessians ? scratch.hessians[place] : 0))
    }
  }

  /// Writes the sums left of each cut that leaves enough rows and hessians on both sides; bins without rows, whose cuts
  /// repeat the one before, are left out.
  @inline(__always)
  private func collect<Word: HistogramWord>(
    _ histogram: UnsafePointer<Word>, from start: Word, cuts: Int, _ scratch: Scratch
  ) -> Int {
    let mask = Int64(bitPattern: leaf.scale.countMask)
    let (mostRows, mostHessians) = (leaf.rows - leaf.minimumRows, leaf.total.y - leaf.minimumHessian)
    var sum = start
    var bin = 0
    while bin < cuts {
      sum = sum.plus(histogram[bin])
      if sum.gradients & mask >= leaf.minimumRows, !Word.hasHessians || sum.hessians >= leaf.minimumHessian { break }
      bin += 1
    }
    // Sums go up with the bins, so what is too much on the left stays too much.
    var found = 0
    while bin < cuts, sum.gradients & mask <= mostRows, !Word.hasHessians || sum.hessians <= mostHessians {
      scratch.words[found] = sum.gradients
      if Word.hasHessians { scratch.hessians[found] = sum.hessians }
      scratch.bins[found] = Int32(truncatingIfNeeded: bin)
      // The cut after a bin without rows repeats the one before, and its place is taken again. (The first has rows.)
      found &+= histogram[bin].gradients != 0 ? 1 : 0
      bin &+= 1
      // After the last cut this reads a bin that is not used.
      sum = sum.plus(histogram[bin])
    }
    return found
  }

  /// Eight cuts at a time.
  private typealias Lanes = SIMD8<Double>

  /// The first place with the highest q, where that is above `score`.
  @inline(__always)
  private func bestPlace<Word: HistogramWord>(
    _ scratch: Scratch, _ found: Int, _: Word.Type, _ score: inout Double
  ) -> Int? {
    // The last lanes repeat the last cut, which is never better than itself.
    for place in found..<(found + 7) & ~7 {
      scratch.words[place] = scratch.words[found - 1]
      if Word.hasHessians { scratch.hessians[place] = scratch.hessians[found - 1] }
    }
    let countBits = SIMD8<UInt64>(repeating: leaf.scale.countBits)
    let countMask = SIMD8<UInt64>(repeating: leaf.scale.countMask)
    let signBit = SIMD8<UInt64>(repeating: 1 << 63)
    // A whole number below 2⁵² under the exponent of 2⁵² is 2⁵² + number: conversion without an instruction for it.
    let exponent = SIMD8<UInt64>(repeating: 0x4330_0000_0000_0000)
    // The sign bit is flipped before the shift, which adds 2^(63 - countBits) to the number.
    let signedOffset = Lanes(
      repeating: 0x1p52 + Double(sign: .plus, exponent: 63 - Int(leaf.scale.countBits), significand: 1))
    let hessianOffset = Lanes(repeating: 0x1p52 - leaf.l2)
    let slope = Lanes(repeating: leaf.slope)
    let width = Lanes(repeating: leaf.width)
    let words = UnsafeRawPointer(scratch.words)
    let hessians = UnsafeRawPointer(scratch.hessians)
    var highest = Lanes(repeating: score)
    var result: Int?
    var start = 0
    while start < found {
      let sums = words.loadUnaligned(fromByteOffset: start &* 8, as: SIMD8<UInt64>.self)
      let gradient = unsafeBitCast(((sums ^ signBit) &>> countBits) | exponent, to: Lanes.self) - signedOffset
      let hessianWords =
        Word.hasHessians
        ? hessians.loadUnaligned(fromByteOffset: start &* 8, as: SIMD8<UInt64>.self) : sums & countMask
      let divisor = unsafeBitCast(hessianWords | exponent, to: Lanes.self) - hessianOffset
      let x = gradient - slope * divisor
      let square = x * x
      let product = divisor * (width - divisor)
      if anyIsPositive(square - highest * product) {
        for lane in 0..<8 {
          let candidate = square[lane] / product[lane]
          if candidate > score { (score, result) = (candidate, start + lane) }
        }
        highest = Lanes(repeating: score)
      }
      start &+= 8
    }
    return result
  }

  /// Whether any lane is above zero: no lane's sign is looked at alone.
  @inline(__always)
  private func anyIsPositive(_ values: Lanes) -> Bool {
    let mask = unsafeBitCast(values .> 0, to: SIMD8<Int64>.self)
    let four = mask.lowHalf | mask.highHalf
    let two = four.lowHalf | four.highHalf
    return (two[0] | two[1]) != 0
  }

  /// The same with an L1 penalty, cut by cut: the score is the sum of both sides' G² / (H + λ).
  private func bestPlainly(_ scratch: Scratch, _ found: Int, _ score: inout Double) -> Int? {
    var result: Int?
    for place in 0..<found {
      let left = GradientSum(scratch.words[place], scratch.hessians[place])
      let candidate = leaf.sideScore(left) + leaf.sideScore(leaf.total &- left)
      if candidate > score { (score, result) = (candidate, place) }
    }
    return result
  }
}
