/// The best cut of one leaf found so far.
struct SplitCandidate {
  /// The sum over both sides of G² / (H + λ), or its L1 form; higher is better.
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

/// What the search needs to know of a leaf and of the settings.
struct SplitSearch {
  var scale: GradientScale
  var l1: Double
  var l2: Double
  var minimumRows: Double
  var minimumHessian: Double
  /// The hessian of every row, where it is constant.
  var constantHessian: Double?

  /// The sum of hessians of a set of rows.
  func hessian(of sum: GradientSum) -> Double {
    if let constantHessian { return Double(scale.count(of: sum.x)) * constantHessian }
    return scale.hessianSum(of: sum.y)
  }

  /// -G / (H + λ), with G moved towards zero by the L1 penalty; 0 where H + λ is 0.
  func leafOutput(_ sum: GradientSum) -> Double {
    let divisor = hessian(of: sum) + l2
    return divisor > 0 ? -shrunk(scale.gradientSum(of: sum.x)) / divisor : 0
  }

  /// G² / (H + λ): twice what the leaf takes off the loss.
  func leafScore(_ sum: GradientSum) -> Double {
    let divisor = hessian(of: sum) + l2
    let gradient = shrunk(scale.gradientSum(of: sum.x))
    return divisor > 0 ? gradient * gradient / divisor : 0
  }

  private func shrunk(_ gradient: Double) -> Double {
    l1 == 0 ? gradient : max(gradient - l1, 0) + min(gradient + l1, 0)
  }
}

/// Eight cuts at a time.
private typealias Lanes = SIMD8<Double>

extension SplitSearch {
  /// The best cut among the first `cuts` cumulative sums, `cumulative[b]` being the sum over what goes left when bin b
  /// is the last to go left.
  ///
  /// The score of a cut is (G_L² (H_R + λ) + G_R² (H_L + λ)) / ((H_L + λ)(H_R + λ)), one division for two sides.
  /// - Precondition: there is room to read and write up to the next multiple of 8.
  @inline(__always)
  func bestCut(
    _ words: UnsafeMutablePointer<Int64>, hessians: UnsafeMutablePointer<Int64>?, cuts: Int, total: GradientSum
  ) -> (score: Double, bin: Int) {
    // The padding repeats a cut that leaves nothing on the right, which is never allowed.
    var padding = cuts
    while padding % 8 != 0 {
      words[padding] = total.x
      hessians?[padding] = total.y
      padding += 1
    }
    let countBits = SIMD8<UInt64>(repeating: scale.countBits)
    let countMask = SIMD8<UInt64>(repeating: scale.countMask)
    let signBit = SIMD8<UInt64>(repeating: 1 << 63)
    // A whole number below 2⁵² under the exponent of 2⁵² is 2⁵² + number: conversion without an instruction for it.
    let exponent = SIMD8<UInt64>(repeating: 0x4330_0000_0000_0000)
    let offset = Lanes(repeating: 0x1p52)
    // The sign bit is flipped before the shift, which adds 2^(63 - countBits) to the number.
    let signedOffset = Lanes(
      repeating: 0x1p52 + Double(sign: .plus, exponent: 63 - Int(scale.countBits), significand: 1))
    let unit = Lanes(repeating: 1 / scale.gradient)
    let hessianUnit = Lanes(repeating: 1 / scale.hessian)
    let perRow = Lanes(repeating: constantHessian ?? 0)
    let totalCount = Lanes(repeating: Double(scale.count(of: total.x)))
    let totalGradient = Lanes(repeating: scale.gradientSum(of: total.x))
    let totalHessian = Lanes(repeating: hessian(of: total))
    let (l1, l2) = (Lanes(repeating: l1), Lanes(repeating: l2))
    let fewestRows = Lanes(repeating: minimumRows)
    let leastHessian = Lanes(repeating: minimumHessian)
    let worst = Lanes(repeating: -.infinity)
    var best = worst
    var bestIndex = Lanes(repeating: 0)
    var index = Lanes(0, 1, 2, 3, 4, 5, 6, 7)
    let rawWords = UnsafeRawPointer(words)
    let rawHessians = hessians.map { UnsafeRawPointer($0) }
    for start in stride(from: 0, to: padding, by: 8) {
      let sums = rawWords.loadUnaligned(fromByteOffset: start * 8, as: SIMD8<UInt64>.self)
      let leftCount = unsafeBitCast((sums & countMask) | exponent, to: Lanes.self) - offset
      let rightCount = totalCount - leftCount
      var leftGradient =
        (unsafeBitCast(((sums ^ signBit) &>> countBits) | exponent, to: Lanes.self) - signedOffset) * unit
      var rightGradient = totalGradient - leftGradient
      let leftHessian: Lanes
      if let rawHessians {
        let sums = rawHessians.loadUnaligned(fromByteOffset: start * 8, as: SIMD8<UInt64>.self)
        leftHessian = (unsafeBitCast(sums | exponent, to: Lanes.self) - offset) * hessianUnit
      } else {
        leftHessian = leftCount * perRow
      }
      let rightHessian = totalHessian - leftHessian
      if self.l1 != 0 {
        leftGradient = shrunk(leftGradient, l1)
        rightGradient = shrunk(rightGradient, l1)
      }
      let leftDivisor = leftHessian + l2
      let rightDivisor = rightHessian + l2
      let score =
        (leftGradient * leftGradient * rightDivisor + rightGradient * rightGradient * leftDivisor)
        / (leftDivisor * rightDivisor)
      var isBetter = score .> best
      isBetter = isBetter .& (leftCount .>= fewestRows) .& (rightCount .>= fewestRows)
      if rawHessians != nil {
        isBetter = isBetter .& (leftHessian .>= leastHessian) .& (rightHessian .>= leastHessian)
      }
      best.replace(with: score, where: isBetter)
      bestIndex.replace(with: index, where: isBetter)
      index += 8
    }
    var result = (score: -Double.infinity, bin: 0)
    for lane in 0..<8 where best[lane] > -.infinity {
      let bin = Int(bestIndex[lane])
      if best[lane] > result.score || (best[lane] == result.score && bin < result.bin) { result = (best[lane], bin) }
    }
    return result
  }

  @inline(__always)
  private func shrunk(_ gradient: Lanes, _ l1: Lanes) -> Lanes {
    let above = gradient - l1
    let below = gradient + l1
    return above.replacing(with: 0, where: above .< 0) + below.replacing(with: 0, where: below .> 0)
  }

  /// The best cut of a feature, missing values going either way, from its histogram of plain words.
  ///
  /// - Parameter scratch: room for 256 words.
  func search(
    _ histogram: UnsafePointer<Int64>, bins: FeatureBinLayout, total: GradientSum, scratch: UnsafeMutablePointer<Int64>
  ) -> SplitCandidate {
    var candidate = SplitCandidate()
    let missing = bins.hasMissing ? histogram[bins.valueBins] : 0
    for missingGoesLeft in [false, true] where missing != 0 || !missingGoesLeft {
      var sum = missingGoesLeft ? missing : 0
      // All values left and missing ones right is a cut too; without missing values it would leave the right empty.
      let cuts = missing != 0 && !missingGoesLeft ? bins.valueBins : bins.valueBins - 1
      for bin in 0..<cuts {
        sum &+= histogram[bin]
        scratch[bin] = sum
      }
      let best = bestCut(scratch, hessians: nil, cuts: cuts, total: total)
      if best.score > candidate.score {
        candidate.score = best.score
        candidate.bin = best.bin
        candidate.missingGoesLeft = missingGoesLeft
        candidate.left = GradientSum(scratch[best.bin], 0)
      }
    }
    candidate.sawMissing = missing != 0
    return candidate
  }

  /// The same from a histogram of gradient and hessian words.
  ///
  /// - Parameter scratch: room for 512 words.
  func search(
    _ histogram: UnsafePointer<GradientSum>, bins: FeatureBinLayout, total: GradientSum,
    scratch: UnsafeMutablePointer<Int64>
  ) -> SplitCandidate {
    var candidate = SplitCandidate()
    let hessians = scratch + histogramWidth
    let missing = bins.hasMissing ? histogram[bins.valueBins] : .zero
    let sawMissing = scale.count(of: missing.x) != 0
    for missingGoesLeft in [false, true] where sawMissing || !missingGoesLeft {
      var sum = missingGoesLeft ? missing : .zero
      let cuts = sawMissing && !missingGoesLeft ? bins.valueBins : bins.valueBins - 1
      for bin in 0..<cuts {
        sum &+= histogram[bin]
        scratch[bin] = sum.x
        hessians[bin] = sum.y
      }
      let best = bestCut(scratch, hessians: hessians, cuts: cuts, total: total)
      if best.score > candidate.score {
        candidate.score = best.score
        candidate.bin = best.bin
        candidate.missingGoesLeft = missingGoesLeft
        candidate.left = GradientSum(scratch[best.bin], hessians[best.bin])
      }
    }
    candidate.sawMissing = sawMissing
    return candidate
  }
}

/// How many bins of a feature hold values, and whether one more holds missing ones.
struct FeatureBinLayout {
  var valueBins: Int
  var hasMissing: Bool
  var count: Int { valueBins + (hasMissing ? 1 : 0) }
}
