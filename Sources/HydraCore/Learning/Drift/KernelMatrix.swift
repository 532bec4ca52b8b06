import HydraNumerics

/// The similarities of all pairs of rows, with zeros where a row meets itself.
struct KernelMatrix {
  let values: Matrix
  /// What stands for a row with itself.
  let diagonal: [Double]
  let rowSums: [Double]
  private(set) var variance: Double?

  init(_ rows: Matrix, _ kernel: MaximumMeanDiscrepancy.Kernel) {
    let n = rows.rows
    var pairs: [Double]
    switch kernel {
    case .linear:
      let products = rows.timesTransposed(rows)
      pairs = Self.upper(products) { _, _, product in product }
      diagonal = (0..<n).map { products[$0, $0] }
    case .gaussian(let given):
      pairs = Self.squaredDistances(rows)
      let median = given == nil ? Self.median(pairs) : 0
      // Rows that are all alike have no scale: any positive one gives the same, 1 everywhere.
      let used = given ?? (median > 0 ? median / 2 : 1)
      let factor = -0.5 / used
      for i in pairs.indices { pairs[i] *= factor }
      pairs = ElementaryVector.exp(pairs)
      diagonal = Array(repeating: 1, count: n)
      variance = used
    case .distance:
      // From the differences themselves: the root of a small square doubles the digits lost.
      pairs = Self.pairwise(rows, Self.distance).map { -$0 }
      diagonal = Array(repeating: 0, count: n)
    case .laplace(let rate):
      pairs = Self.pairwise(rows, Self.blockDistance).map { -rate * $0 }
      pairs = ElementaryVector.exp(pairs)
      diagonal = Array(repeating: 1, count: n)
    }
    (values, rowSums) = Self.square(pairs, n)
  }

  /// Row by row the value of each row with those below it.
  private static func pairwise(_ matrix: Matrix, _ body: ([Double], [Double]) -> Double) -> [Double] {
    var values: [Double] = []
    let rows = (0..<matrix.rows).map { matrix.row($0) }
    for i in rows.indices {
      for other in rows[(i + 1)...] { values.append(body(rows[i], other)) }
    }
    return values
  }

  private static func distance(_ x: [Double], _ y: [Double]) -> Double {
    var sum = 0.0
    for (a, b) in zip(x, y) {
      let gap = a - b
      sum += gap * gap
    }
    return sum.squareRoot()
  }

  private static func blockDistance(_ x: [Double], _ y: [Double]) -> Double {
    var sum = 0.0
    for (a, b) in zip(x, y) { sum += abs(a - b) }
    return sum
  }

  /// Row by row the elements right of the diagonal.
  private static func upper(_ matrix: Matrix, _ body: (Int, Int, Double) -> Double) -> [Double] {
    let n = matrix.rows
    return [Double](unsafeUninitializedCapacity: n * (n - 1) / 2) { output, count in
      matrix.values.withUnsafeBufferPointer { input in
        for i in 0..<n {
          for j in (i + 1)..<max(n, i + 1) {
            output[count] = body(i, j, input[i * n + j])
            count += 1
          }
        }
      }
    }
  }

  /// |x - y|² = |x|² + |y|² - 2 x·y about the mean of all rows, so that a common offset costs no digits.
  private static func squaredDistances(_ rows: Matrix) -> [Double] {
    let (n, d) = (rows.rows, rows.columns)
    var centred = rows.values
    for column in 0..<d {
      let mean = (0..<n).reduce(0) { $0 + centred[$1 * d + column] } / Double(n)
      for row in 0..<n { centred[row * d + column] -= mean }
    }
    let middle = Matrix(rows: n, columns: d, values: centred)
    let products = middle.timesTransposed(middle)
    let squares = (0..<n).map { products[$0, $0] }
    return squares.withUnsafeBufferPointer { squares in
      upper(products) { i, j, product in max(0, squares[i] + squares[j] - 2 * product) }
    }
  }

  /// The symmetric matrix of these pairs, and the sums of its rows.
  private static func square(_ pairs: [Double], _ n: Int) -> (Matrix, [Double]) {
    var sums = [Double](repeating: 0, count: n)
    let values = [Double](unsafeUninitializedCapacity: n * n) { output, count in
      var k = 0
      for i in 0..<n {
        output[i * n + i] = 0
        for j in (i + 1)..<max(n, i + 1) {
          output[i * n + j] = pairs[k]
          output[j * n + i] = pairs[k]
          k += 1
        }
      }
      for i in 0..<n {
        var sum = 0.0
        for j in 0..<n { sum += output[i * n + j] }
        sums[i] = sum
      }
      count = n * n
    }
    return (Matrix(rows: n, columns: n, values: values), sums)
  }

  /// The median by counting into 4096 equal intervals and ordering only the one or two that hold it.
  static func median(_ values: [Double]) -> Double {
    guard let most = values.max(), most > 0, most.isFinite else { return 0 }
    let scale = 4095 / most
    var counts = [Int](repeating: 0, count: 4096)
    for value in values { counts[Int(value * scale)] += 1 }
    func ordered(_ rank: Int) -> Double {
      var (bin, before) = (0, 0)
      while before + counts[bin] <= rank {
        before += counts[bin]
        bin += 1
      }
      return values.filter { Int($0 * scale) == bin }.sorted()[rank - before]
    }
    let middle = values.count / 2
    return values.count % 2 == 1 ? ordered(middle) : (ordered(middle - 1) + ordered(middle)) / 2
  }
}
