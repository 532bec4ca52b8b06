/// Memory for explaining eight rows with trees of up to a size.
struct ShapleyScratch: ~Copyable {
  typealias Mask = SIMD8<UInt64>

  /// Which rows follow the feature's path down to each edge.
  let hot: UnsafeMutablePointer<Mask>
  /// Which rows leave it at that edge.
  let cold: UnsafeMutablePointer<Mask>
  /// Products on the way down, by depth and point.
  let products: UnsafeMutablePointer<ShapleyTree.Lanes>
  /// Sums on the way up.
  let sums: UnsafeMutablePointer<ShapleyTree.Lanes>

  /// Room for any of some trees.
  init(for trees: [ShapleyTree?]) {
    let edges = trees.reduce(1) { max($0, $1?.edges.count ?? 0) }
    let levels = trees.reduce(1) { max($0, $1.map { ($0.depth + 1) * $0.points.count } ?? 0) }
    hot = .allocate(capacity: edges)
    cold = .allocate(capacity: edges)
    products = .allocate(capacity: levels)
    sums = .allocate(capacity: levels)
  }

  deinit {
    hot.deallocate()
    cold.deallocate()
    products.deallocate()
    sums.deallocate()
  }
}

extension ShapleyTree {
  /// One number of eight rows.
  typealias Lanes = SIMD8<Double>
  typealias Mask = ShapleyScratch.Mask

  /// Adds what each feature is due in eight rows to `shares`.
  ///
  /// - Parameter rows: for each column the values of the eight rows.
  func addShares(
    _ rows: UnsafePointer<Lanes>, scratch: borrowing ShapleyScratch, shares: UnsafeMutablePointer<Lanes>
  ) {
    follow(rows, scratch)
    let (hot, cold, products, sums) = (scratch.hot, scratch.cold, scratch.products, scratch.sums)
    let count = points.count
    for point in 0..<count {
      products[point] = Lanes(repeating: 1)
      sums[point] = .zero
    }
    edges.withUnsafeBufferPointer { edges in
      tables.withUnsafeBufferPointer { tables in
        guard let edges = edges.baseAddress, let tables = tables.baseAddress else { return }
        for index in 0..<self.edges.count {
          let edge = edges + index
          let level = edge.pointee.depth * count
          let isRepeated = edge.pointee.sameFeature >= 0
          let table = EdgeTable(start: tables + 4 * count * index, points: count, hot: hot[index])
          // Rows that left the feature's path before: the factor is the plain share.
          let gone = isRepeated ? ~(hot[index] | cold[index]) : Mask()
          if edge.pointee.leaf < 0 {
            for point in 0..<count {
              let factor = isRepeated ? select(gone, edge.pointee.share, table.factor(point)) : table.factor(point)
              products[level + count + point] = products[level + point] * factor
              sums[level + count + point] = .zero
            }
            continue
          }
          var due = Lanes.zero
          if isRepeated {
            let plain = edge.pointee.share * tree.leafValue[edge.pointee.leaf]
            for point in 0..<count {
              let product = products[level + point] * select(gone, plain, table.factor(point))
              due += product * select(gone, 0, table.share(point))
              sums[level + point] += product
            }
          } else {
            for point in 0..<count {
              let product = products[level + point] * table.factor(point)
              due += product * table.share(point)
              sums[level + point] += product
            }
          }
          shares[edge.pointee.feature] += due
          // Below a right edge everything is done with its leaf, and so for the edges above while they are right ones.
          var done = index
          while !edges[done].isLeft, edges[done].parent >= 0 {
            done = edges[done].parent
            goUp(
              edges + done, EdgeTable(start: tables + 4 * count * done, points: count, hot: hot[done]), cold[done],
              sums + edges[done].depth * count, shares)
          }
        }
      }
    }
  }

  /// Gives the feature of an edge its share of the sums below it, which are added to those above.
  @inline(__always)
  private func goUp(
    _ edge: UnsafePointer<Edge>, _ table: EdgeTable, _ cold: Mask, _ sums: UnsafeMutablePointer<Lanes>,
    _ shares: UnsafeMutablePointer<Lanes>
  ) {
    let gone = edge.pointee.sameFeature >= 0 ? ~(table.hot | cold) : Mask()
    var due = Lanes.zero
    for point in 0..<table.points {
      let sum = sums[table.points + point]
      due += sum * select(gone, 0, table.share(point))
      sums[point] += sum
    }
    shares[edge.pointee.feature] += due
  }

  /// The numbers of one edge.
  private struct EdgeTable {
    let start: UnsafePointer<UInt64>
    let points: Int
    let hot: Mask

    @inline(__always) func factor(_ point: Int) -> Lanes { pick(start[point], start[points + point]) }
    @inline(__always) func share(_ point: Int) -> Lanes {
      pick(start[2 * points + point], start[3 * points + point])
    }

    /// The second number where rows are hot, by the bits in which it differs from the first.
    @inline(__always) private func pick(_ cold: UInt64, _ difference: UInt64) -> Lanes {
      unsafeBitCast(Mask(repeating: cold) ^ (Mask(repeating: difference) & hot), to: Lanes.self)
    }
  }

  /// The number where the mask is set, else the lanes.
  @inline(__always)
  private func select(_ mask: Mask, _ number: Double, _ lanes: Lanes) -> Lanes {
    let bits = unsafeBitCast(lanes, to: Mask.self)
    return unsafeBitCast((bits & ~mask) | (Mask(repeating: number.bitPattern) & mask), to: Lanes.self)
  }

  /// Finds which rows follow the path of each edge's feature, and which leave it there.
  func follow(_ rows: UnsafePointer<Lanes>, _ scratch: borrowing ShapleyScratch) {
    let (hot, cold) = (scratch.hot, scratch.cold)
    for split in splits {
      let goesLeft = rowsGoingLeft(split.node, rows[tree.splitFeature[split.node]])
      let above = edges[split.left].sameFeature
      let before = above >= 0 ? hot[above] : Mask(repeating: .max)
      hot[split.left] = before & goesLeft
      hot[split.right] = before & ~goesLeft
      cold[split.left] = before & ~goesLeft
      cold[split.right] = before & goesLeft
    }
  }

  private func rowsGoingLeft(_ node: Int, _ values: Lanes) -> Mask {
    let decision = tree.decision[node]
    let threshold = tree.threshold[node]
    if decision.isCategorical || decision.missing == .zero {
      var mask = Mask()
      for lane in 0..<8 where tree.goesLeft(node, values[lane]) { mask[lane] = .max }
      return mask
    }
    let isBelow = unsafeBitCast(values .<= Lanes(repeating: threshold), to: Mask.self)
    guard decision.nanGoesLeft(threshold: threshold) else { return isBelow }
    return isBelow | ~unsafeBitCast(values .== values, to: Mask.self)
  }
}
