extension BitVectorForest {
  private typealias Lanes = SIMD8<Double>
  private typealias Words = SIMD8<UInt64>

  /// The arrays of a forest, taken once for many rows.
  private struct Tables {
    let thresholds: UnsafePointer<Double>?
    let masks: UnsafePointer<UInt64>?
    let words: UnsafePointer<UInt32>?
    let missingMasks: UnsafePointer<UInt64>?
    let missingWords: UnsafePointer<UInt32>?
  }

  /// Adds what the first `trees` trees say of rows to their scores; each score adds its trees in their order.
  ///
  /// - Precondition: every row has all columns that the trees test.
  func addScores(
    _ features: UnsafePointer<Double>, columns: Int, rows: Range<Int>, trees: Int, width: Int,
    to scores: UnsafeMutablePointer<Double>
  ) {
    thresholds.withUnsafeBufferPointer { thresholds in
      strikes.masks.withUnsafeBufferPointer { masks in
        strikes.words.withUnsafeBufferPointer { words in
          missingStrikes.masks.withUnsafeBufferPointer { missingMasks in
            missingStrikes.words.withUnsafeBufferPointer { missingWords in
              let tables = Tables(
                thresholds: thresholds.baseAddress, masks: masks.baseAddress, words: words.baseAddress,
                missingMasks: missingMasks.baseAddress, missingWords: missingWords.baseAddress)
              addScores(tables, features, columns, rows, trees, width, scores)
            }
          }
        }
      }
    }
  }

  private func addScores(
    _ tables: Tables, _ features: UnsafePointer<Double>, _ columns: Int, _ rows: Range<Int>, _ trees: Int,
    _ width: Int, _ scores: UnsafeMutablePointer<Double>
  ) {
    let whole = rows.lowerBound + rows.count / 16 * 16
    let mostFeatures = groups.reduce(0) { max($0, $1.features.count) }
    withUnsafeTemporaryAllocation(of: Words.self, capacity: 2 * Self.groupTrees + 3 * mostFeatures) { words in
      guard let words = words.baseAddress else { return }
      for row in stride(from: rows.lowerBound, to: whole, by: 16) {
        for group in groups where group.trees.lowerBound < trees {
          strikeSixteen(tables, group, features + row * columns, columns, words)
          add(group, trees, UnsafeRawPointer(words), lanes: 16, width, to: scores + row * width)
        }
      }
      let single = UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt64.self)
      for row in whole..<rows.upperBound {
        for group in groups where group.trees.lowerBound < trees {
          strikeOne(tables, group, features + row * columns, single)
          add(group, trees, UnsafeRawPointer(words), lanes: 1, width, to: scores + row * width)
        }
      }
    }
  }

  /// Sums up: word w of lane l is at place w × lanes + l.
  @inline(__always)
  private func add(
    _ group: Group, _ trees: Int, _ words: UnsafeRawPointer, lanes: Int, _ width: Int,
    to scores: UnsafeMutablePointer<Double>
  ) {
    let words = words.assumingMemoryBound(to: UInt64.self)
    values.withUnsafeBufferPointer { values in
      firstValues.withUnsafeBufferPointer { firstValues in
        guard let values = values.baseAddress, let firstValues = firstValues.baseAddress else { return }
        for tree in group.trees.lowerBound..<min(group.trees.upperBound, trees) {
          let leaves = values + firstValues[tree]
          let own = words + (tree - group.trees.lowerBound) * lanes
          let target = scores + (width == 1 ? 0 : tree % width)
          for lane in 0..<lanes { target[lane * width] += leaves[own[lane].trailingZeroBitCount] }
        }
      }
    }
  }

  private func strikeSixteen(
    _ tables: Tables, _ group: Group, _ first: UnsafePointer<Double>, _ columns: Int,
    _ words: UnsafeMutablePointer<Words>
  ) {
    words.initialize(repeating: Words(repeating: .max), count: 2 * group.trees.count)
    let values = UnsafeMutableRawPointer(words + 2 * Self.groupTrees).assumingMemoryBound(to: Lanes.self)
    gather(group, first, columns, into: values)
    for (place, feature) in group.features.enumerated() {
      guard feature.categories.isEmpty else {
        let single = UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt64.self)
        for lane in 0..<16 {
          strike(category: first[lane * columns + feature.column], feature, single + lane, stride: 16)
        }
        continue
      }
      let (low, high, facts) = (values[3 * place], values[3 * place + 1], values[3 * place + 2])
      let greatest = facts[0]
      if let thresholds = tables.thresholds, let masks = tables.masks, let places = tables.words {
        var index = feature.tests.lowerBound
        while index < feature.tests.upperBound, thresholds[index] < greatest {
          let threshold = Lanes(repeating: thresholds[index])
          let mask = Words(repeating: masks[index])
          let word = words + 2 * Int(truncatingIfNeeded: places[index])
          word[0] &= mask | ~unsafeBitCast(low .> threshold, to: Words.self)
          word[1] &= mask | ~unsafeBitCast(high .> threshold, to: Words.self)
          index &+= 1
        }
      }
      if facts[1] != 0, let masks = tables.missingMasks, let places = tables.missingWords {
        let (one, other) = (unsafeBitCast(low .== low, to: Words.self), unsafeBitCast(high .== high, to: Words.self))
        for index in feature.missing {
          let mask = Words(repeating: masks[index])
          let word = words + 2 * Int(truncatingIfNeeded: places[index])
          word[0] &= mask | one
          word[1] &= mask | other
        }
      }
    }
  }

  /// Puts the values of sixteen rows side by side, for each feature two vectors and a third with the greatest of them and
  /// with 1 where one is missing. Written number by number long before they are read as vectors, which would wait else.
  private func gather(
    _ group: Group, _ first: UnsafePointer<Double>, _ columns: Int, into values: UnsafeMutablePointer<Lanes>
  ) {
    for (place, feature) in group.features.enumerated() where feature.categories.isEmpty {
      let target = UnsafeMutableRawPointer(values + 3 * place).assumingMemoryBound(to: Double.self)
      // Two runs of eight at once; NaN is never the greatest, as it fails the comparison.
      var (greatest, other) = (-Double.infinity, -Double.infinity)
      var missing = 0.0
      for lane in 0..<8 {
        let (a, b) = (
          known(first[lane * columns + feature.column], feature),
          known(first[(lane + 8) * columns + feature.column], feature)
        )
        target[lane] = a
        target[lane + 8] = b
        greatest = a > greatest ? a : greatest
        other = b > other ? b : other
        missing = a == a && b == b ? missing : 1
      }
      target[16] = greatest > other ? greatest : other
      target[17] = missing
    }
  }

  private func strikeOne(
    _ tables: Tables, _ group: Group, _ row: UnsafePointer<Double>, _ words: UnsafeMutablePointer<UInt64>
  ) {
    words.initialize(repeating: .max, count: group.trees.count)
    for feature in group.features {
      guard feature.categories.isEmpty else {
        strike(category: row[feature.column], feature, words, stride: 1)
        continue
      }
      let value = known(row[feature.column], feature)
      if value != value {
        guard let masks = tables.missingMasks, let places = tables.missingWords else { continue }
        for index in feature.missing { words[Int(truncatingIfNeeded: places[index])] &= masks[index] }
      } else if let thresholds = tables.thresholds, let masks = tables.masks, let places = tables.words {
        var index = feature.tests.lowerBound
        while index < feature.tests.upperBound, thresholds[index] < value {
          words[Int(truncatingIfNeeded: places[index])] &= masks[index]
          index &+= 1
        }
      }
    }
  }

  /// The value, or NaN for a zero that counts as missing.
  @inline(__always)
  private func known(_ value: Double, _ feature: FeatureTests) -> Double {
    feature.zeroIsMissing && abs(value) <= SplitDecision.zeroBound ? .nan : value
  }

  private func strike(
    category value: Double, _ feature: FeatureTests, _ words: UnsafeMutablePointer<UInt64>, stride: Int
  ) {
    // As in `containsCategory`: cut towards zero, and what is in no set comes last.
    let last = feature.categories.count - 1
    let entry = feature.categories.lowerBound + (value > -1 && value < Double(last) ? Int(value) : last)
    categoryStrikes.masks.withUnsafeBufferPointer { masks in
      categoryStrikes.words.withUnsafeBufferPointer { places in
        for index in categoryStarts[entry]..<categoryStarts[entry + 1] {
          words[Int(truncatingIfNeeded: places[index]) * stride] &= masks[index]
        }
      }
    }
  }
}
