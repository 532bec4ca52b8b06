import HydraNumerics

extension TreeGrower {
  /// Turns gradients into words; gives the terms of all rows in the tree.
  func quantise(
    gradients: UnsafePointer<Double>, hessians: UnsafePointer<Double>?, bag: [UInt32]?, count: Int
  ) -> LeafTerms {
    // Sums by blocks of rows, in the order of the blocks, whatever the threads.
    let block = 16_384
    let blocks = (count + block - 1) / block
    nonisolated(unsafe) let (rows, gradients, hessians, words) = (rows, gradients, hessians, words)
    let sums = parallelMap(blocks, threads: threads) { index in
      var (gradientSum, hessianSum) = (0.0, 0.0)
      for place in index * block..<min((index + 1) * block, count) {
        let row = Int(rows[place])
        gradientSum += abs(gradients[row])
        if let hessians { hessianSum += hessians[row] }
      }
      return SIMD2(gradientSum, hessianSum)
    }
    let sum = sums.reduce(SIMD2<Double>.zero, +)
    let scale = GradientScale(rows: count, gradientSum: sum.x, hessianSum: hessians == nil ? nil : sum.y)
    if scale.layout != layout { dropHistograms() }
    layout = scale.layout
    let totals = parallelMap(blocks, threads: threads) { index in
      let places = index * block..<min((index + 1) * block, count)
      var total = GradientSum.zero
      let plain = plainWords(words)
      switch (scale.layout, hessians) {
      case (.packed, .some(let hessians)):
        for place in places {
          let row = Int(rows[place])
          let word = scale.packed(gradient: gradients[row], hessian: hessians[row])
          plain[row] = word
          total.x &+= word
        }
      case (.pairs, .some(let hessians)):
        for place in places {
          let row = Int(rows[place])
          let word = GradientSum(scale.word(gradient: gradients[row]), scale.word(hessian: hessians[row]))
          words[row] = word
          total = total &+ word
        }
      default:
        for place in places {
          let row = Int(rows[place])
          let word = scale.word(gradient: gradients[row])
          plain[row] = word
          total.x &+= word
        }
      }
      return total
    }
    return LeafTerms(totals.reduce(.zero, &+), scale: scale, settings: settings)
  }

  /// Moves the rows of a leaf that go left at its best cut to the front; gives their number.
  func partition(_ leaf: GrowingLeaf) -> Int {
    let best = leaf.best
    let bins = matrix.bins[best.feature]
    let place = matrix.places[best.feature]
    let (shift, mask) = (matrix.shift(best.feature), matrix.laneMask)
    let source = matrix.group(ofFeature: best.feature)
    let start = rows + leaf.start
    if best.categories == nil, place.common == nil {
      let threshold = UInt32(best.bin)
      let missing = bins.hasMissing && best.missingGoesLeft ? UInt32(bins.missingBin) : UInt32.max
      return partitionRows(start, count: leaf.count, spare: spareRows, bins: source) {
        let bin = $0 &>> shift & mask
        return bin <= threshold || bin == missing
      }
    }
    let missingBin = bins.hasMissing ? bins.missingBin : nil
    let goesLeft = (0..<matrix.histogramWidth).map {
      best.goesLeft(bin: place.bin(at: $0, bins: bins.count), missingBin: missingBin)
    }
    return goesLeft.withUnsafeBufferPointer { table in
      partitionRows(start, count: leaf.count, spare: spareRows, bins: source) { table[Int($0 &>> shift & mask)] }
    }
  }

  /// Copies the words of a leaf's rows into one run.
  func gather(start: Int, count: Int) {
    let rows = rows + start
    if layout == .pairs {
      for index in 0..<count { ordered[index] = words[Int(truncatingIfNeeded: rows[index])] }
    } else {
      let (plain, target) = (plainWords(words), plainWords(ordered))
      for index in 0..<count { target[index] = plain[Int(truncatingIfNeeded: rows[index])] }
    }
  }
}

/// Memory of pairs, used for single words.
private func plainWords(_ pairs: UnsafeMutablePointer<GradientSum>) -> UnsafeMutablePointer<Int64> {
  UnsafeMutableRawPointer(pairs).assumingMemoryBound(to: Int64.self)
}
