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
  /// Where cuts of a feature are collected.
  struct Scratch {
    var words: UnsafeMutablePointer<Int64>
    var hessians: UnsafeMutablePointer<Int64>
    var bins: UnsafeMutablePointer<Int32>
    /// Room for the bins of one feature out of a bundle, in pairs of words.
    var plain: UnsafeMutablePointer<Int64>
  }

  let leaf: LeafTerms
  /// What constraints make of the leaf; nil where values are -G / (H + λ) and any cut is allowed.
  var shape: LeafShape?
  /// The key of the random cuts of the leaf's node; nil to look at all.
  var drawKey: UInt64?

  /// Looks for a cut by a numerical feature that is better than `best`, missing values going either way, and puts it
  /// there.
  func search<Word: HistogramWord>(
    _ histogram: UnsafePointer<Word>, feature: Int, bins: BinShape, direction: Int, scratch: Scratch,
    best: inout SplitCandidate
  ) {
    let missing = bins.hasMissing ? histogram[bins.missingBin] : .zero
    let sawMissing = leaf.scale.count(of: missing.word) != 0
    let found = collect(histogram, bins.valueBins, scratch)
    for missingGoesLeft in [false, true] where sawMissing || !missingGoesLeft {
      let start = missingGoesLeft ? missing : .zero
      var places = eligible(scratch, found, start, Word.isPair)
      if let drawKey, !places.isEmpty {
        // The finaliser of SplitMix64, so that every node and feature has its own draw.
        let place = places.lowerBound + Int(mixed(drawKey &+ UInt64(feature)) % UInt64(places.count))
        places = place..<place + 1
      }
      guard !places.isEmpty else { continue }
      var score = best.score
      let place =
        leaf.l1 == 0 && shape == nil
        ? bestPlace(scratch, places, start, &score) : bestPlainly(scratch, places, start, direction, &score)
      guard let place else { continue }
      let left = start.plus(word(scratch, place))
      best = SplitCandidate(
        score: score, feature: feature, bin: Int(scratch.bins[place]), missingGoesLeft: missingGoesLeft,
        sawMissing: sawMissing, left: left.sum)
    }
  }

  @inline(__always) func word<Word: HistogramWord>(_ scratch: Scratch, _ place: Int) -> Word {
    Word(GradientSum(scratch.words[place], Word.isPair ? scratch.hessians[place] : 0))
  }

  /// Writes the sums up to each bin with rows; bins without rows, whose cuts repeat the one before, are left out.
  @inline(__always)
  private func collect<Word: HistogramWord>(
    _ histogram: UnsafePointer<Word>, _ bins: Int, _ scratch: Scratch
  ) -> Int {
    let (words, hessians, places) = (scratch.words, scratch.hessians, scratch.bins)
    let (mask, bits) = (leaf.scale.countMask, leaf.scale.countBits)
    var sum = Word.zero
    var found = 0
    for bin in 0..<bins {
      let here = histogram[bin]
      sum = sum.plus(here)
      words[found] = sum.word
      if Word.isPair { hessians[found] = sum.second }
      places[found] = Int32(truncatingIfNeeded: bin)
      // 1 where there are rows: a comparison would become a branch, which nobody can predict.
      found &+= Int(truncatingIfNeeded: (here.word & mask &+ mask) &>> bits)
    }
    return found
  }

  /// The cuts that leave enough rows and hessians on both sides; sums go up with the bins, so these stand together.
  @inline(__always)
  private func eligible<Word: HistogramWord>(
    _ scratch: Scratch, _ found: Int, _ start: Word, _ isPair: Bool
  ) -> Range<Int> {
    @inline(__always) func bound(_ isBelow: (Int64, Int64) -> Bool) -> Int {
      var (low, high) = (0, found)
      while low < high {
        let middle = (low + high) / 2
        let sum = start.plus(word(scratch, middle)).sum
        if isBelow(leaf.scale.count(of: sum.x), leaf.scale.hessian(of: sum)) {
          low = middle + 1
        } else {
          high = middle
        }
      }
      return low
    }
    let (mostRows, mostHessian) = (leaf.rows - leaf.minimumRows, leaf.hessianSum - leaf.minimumHessian)
    let first = bound { $0 < leaf.minimumRows || $1 < leaf.minimumHessian }
    let end = bound { $0 <= mostRows && $1 <= mostHessian }
    return first..<max(first, end)
  }

  /// Eight cuts at a time.
  private typealias Lanes = SIMD8<Double>

  /// The first place with the highest q, where that is above `score`.
  @inline(__always)
  private func bestPlace<Word: HistogramWord>(
    _ scratch: Scratch, _ places: Range<Int>, _ start: Word, _ score: inout Double
  ) -> Int? {
    let scale = leaf.scale
    let shift = SIMD8<UInt64>(repeating: UInt64(scale.gradientShift))
    let isPair = Word.isPair
    let lowShift = SIMD8<UInt64>(repeating: scale.layout == .packed ? UInt64(scale.countBits) : 0)
    let lowMask = SIMD8<UInt64>(
      repeating: UInt64(scale.layout == .packed ? scale.hessianMask : scale.countMask))
    let signBit = SIMD8<UInt64>(repeating: 1 << 63)
    // A whole number below 2⁵² under the exponent of 2⁵² is 2⁵² + number: conversion without an instruction for it.
    let exponent = SIMD8<UInt64>(repeating: 0x4330_0000_0000_0000)
    // The sign bit is flipped before the shift, which adds 2^(63 - shift) to the number.
    let signedOffset = Lanes(
      repeating: 0x1p52 + Double(sign: .plus, exponent: 63 - Int(scale.gradientShift), significand: 1))
    let hessianOffset = Lanes(repeating: 0x1p52 - leaf.l2)
    let slope = Lanes(repeating: leaf.slope)
    let width = Lanes(repeating: leaf.width)
    let startWord = SIMD8<UInt64>(repeating: UInt64(bitPattern: start.word))
    let startHessian = SIMD8<UInt64>(repeating: UInt64(bitPattern: start.second))
    let words = UnsafeRawPointer(scratch.words)
    let hessians = UnsafeRawPointer(scratch.hessians)
    var highest = Lanes(repeating: score)
    var result: Int?
    var start = places.lowerBound
    while start < places.upperBound {
      // The last eight may repeat some; where there are fewer, lanes beyond the eligible cuts are not looked at.
      if start + 8 > places.upperBound, places.count >= 8 { start = places.upperBound - 8 }
      let sums = words.loadUnaligned(fromByteOffset: start &* 8, as: SIMD8<UInt64>.self) &+ startWord
      let gradient = unsafeBitCast(((sums ^ signBit) &>> shift) | exponent, to: Lanes.self) - signedOffset
      let hessianWords =
        isPair
        ? hessians.loadUnaligned(fromByteOffset: start &* 8, as: SIMD8<UInt64>.self) &+ startHessian
        : (sums &>> lowShift) & lowMask
      let divisor = unsafeBitCast(hessianWords | exponent, to: Lanes.self) - hessianOffset
      let x = gradient - slope * divisor
      let square = x * x
      let product = divisor * (width - divisor)
      if anyIsPositive(square - highest * product) {
        for lane in 0..<min(8, places.upperBound - start) {
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
}

/// The finaliser of SplitMix64.
func mixed(_ key: UInt64) -> UInt64 {
  var value = (key ^ (key >> 30)) &* 0xbf58_476d_1ce4_e5b9
  value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
  return value ^ (value >> 31)
}
