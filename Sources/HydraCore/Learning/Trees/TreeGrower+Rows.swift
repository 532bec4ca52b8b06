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
    nonisolated(unsafe) let source = matrix.group(ofFeature: best.feature)
    if best.categories == nil, place.common == nil {
      // Bins have 16 bits at most: a difference below zero shows in the top bit.
      let end = UInt32(best.bin) + 1
      let missing: UInt32 = bins.hasMissing && best.missingGoesLeft ? UInt32(bins.missingBin) : 1 << 16
      return partition(leaf) { rows, count, left, right in
        partRows(rows, count: count, left: left, right: right, bins: source) {
          let bin = $0 &>> shift & mask
          return ((bin &- end) | ((bin ^ missing) &- 1)) &>> 31
        }
      }
    }
    let missingBin = bins.hasMissing ? bins.missingBin : nil
    let goesLeft: [UInt32] = (0..<matrix.histogramWidth).map {
      best.goesLeft(bin: place.bin(at: $0, bins: bins.count), missingBin: missingBin) ? 1 : 0
    }
    return goesLeft.withUnsafeBufferPointer { table in
      nonisolated(unsafe) let table = table
      return partition(leaf) { rows, count, left, right in
        partRows(rows, count: count, left: left, right: right, bins: source) { table[Int($0 &>> shift & mask)] }
      }
    }
  }

  /// Parts rows into two runs; gives the length of the first.
  private typealias RowParter =
    @Sendable (
      _ rows: UnsafePointer<UInt32>, _ count: Int, _ left: UnsafeMutablePointer<UInt32>,
      _ right: UnsafeMutablePointer<UInt32>
    ) -> Int

  /// Parts a leaf as `part` does: at once, or by blocks on several threads, which come together in their order.
  private func partition(_ leaf: GrowingLeaf, _ part: RowParter) -> Int {
    let (count, block) = (leaf.count, Self.rowBlock)
    nonisolated(unsafe) let (start, lefts) = (rows + leaf.start, spareRows)
    guard threads > 1, count >= 2 * block else {
      let left = part(start, count, start, lefts)
      (start + left).update(from: lefts, count: count - left)
      return left
    }
    // The words of the leaf are not gathered yet: their room is free.
    nonisolated(unsafe) let rights = UnsafeMutableRawPointer(ordered).assumingMemoryBound(to: UInt32.self)
    let blocks = (count + block - 1) / block
    let counts = parallelMap(blocks, threads: threads) { index in
      let first = index * block
      return part(start + first, min(block, count - first), lefts + first, rights + first)
    }
    var places = [0]
    for here in counts { places.append(places[places.count - 1] + here) }
    let left = places[blocks]
    parallelFor(blocks, threads: threads) { [places] index in
      let first = index * block
      let (length, here) = (min(block, count - first), places[index + 1] - places[index])
      (start + places[index]).update(from: lefts + first, count: here)
      (start + left + first - places[index]).update(from: rights + first, count: length - here)
    }
    return left
  }

  /// Rows enough for a thread to be worth waking.
  private static let rowBlock = 8192

  /// Copies the words of a leaf's rows into one run.
  func gather(start: Int, count: Int) {
    let block = Self.rowBlock
    nonisolated(unsafe) let (rows, words, ordered) = (rows + start, words, ordered)
    let isPair = layout == .pairs
    parallelFor((count + block - 1) / block, threads: threads) { index in
      let places = index * block..<min((index + 1) * block, count)
      if isPair {
        for place in places { ordered[place] = words[Int(truncatingIfNeeded: rows[place])] }
      } else {
        let (plain, target) = (plainWords(words), plainWords(ordered))
        for place in places { target[place] = plain[Int(truncatingIfNeeded: rows[place])] }
      }
    }
  }
}

/// Memory of pairs, used for single words.
private func plainWords(_ pairs: UnsafeMutablePointer<GradientSum>) -> UnsafeMutablePointer<Int64> {
  UnsafeMutableRawPointer(pairs).assumingMemoryBound(to: Int64.self)
}
