import HydraNumerics

/// The latest values of a stream, kept in order of size, to say how unusual the next one is.
///
/// ```
/// score(x) = Φ⁻¹((less + ½ equal + ½) / (n + 1))
/// ```
/// with `less` and `equal` the numbers of remembered values below and equal to x. When the values are independent and
/// alike, whatever their distribution, scores are distributed as standard normal (a grid of n + 1 points of it) and
/// are independent as long as nothing has been forgotten: sequential ranks.
///
/// - Complexity: O(log n) comparisons to score, a move of at most `capacity` numbers to insert.
///
/// Source: D. McDonald, "A CUSUM procedure based on sequential ranks", Naval Research Logistics 37 (1990) 627–646.
struct TrailingRanks: Hashable, Sendable {
  let capacity: Int
  /// Ring of the values in order of arrival; `next` is where the next one goes once the ring is full.
  private(set) var arrivals: [Double] = []
  private var next = 0
  private var sorted: [Double] = []

  init(capacity: Int) {
    precondition(capacity > 1, "capacity below 2")
    self.capacity = capacity
  }

  /// All of these, oldest first, as if inserted one by one; not more than the capacity.
  init(capacity: Int, values: [Double]) {
    self.init(capacity: capacity)
    precondition(values.count <= capacity, "\(values.count) values for a capacity of \(capacity)")
    (arrivals, sorted) = (values, values.sorted())
  }

  var count: Int { sorted.count }

  func score(_ value: Double) -> Double { Portable.normalQuantile(midrank(value)) }

  /// The share of the remembered values and the new one that lies below it, equal ones counting half: within (0, 1).
  func midrank(_ value: Double) -> Double {
    let (below, equal) = counts(value)
    return (Double(below) + 0.5 * Double(equal) + 0.5) / Double(sorted.count + 1)
  }

  /// The share of the remembered values that lies below one of them, itself and equal ones counting half.
  func inner(_ value: Double) -> Double {
    let (below, equal) = counts(value)
    return (Double(below) + 0.5 * Double(equal)) / Double(sorted.count)
  }

  /// How many remembered values are below and equal to a value.
  func counts(_ value: Double) -> (below: Int, equal: Int) {
    let below = lowerBound(value)
    guard below < sorted.count, sorted[below] == value else { return (below, 0) }
    // Equal values may be most of them (a stream of zeros and ones): the end is sought, not counted to.
    var (low, high) = (below + 1, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return (below, low - below)
  }

  mutating func insert(_ value: Double) {
    if arrivals.count < capacity {
      arrivals.append(value)
    } else {
      sorted.remove(at: lowerBound(arrivals[next]))
      arrivals[next] = value
      next = next + 1 == capacity ? 0 : next + 1
    }
    sorted.insert(value, at: lowerBound(value))
  }

  private func lowerBound(_ value: Double) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension TrailingRanks: Codable {
  private enum CodingKeys: String, CodingKey { case capacity, arrivals }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(capacity: try container.decode(Int.self, forKey: .capacity))
    arrivals = try container.decode([Double].self, forKey: .arrivals)
    sorted = arrivals.sorted()
  }

  /// Oldest first; the order of size is found again when decoding.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(capacity, forKey: .capacity)
    try container.encode(Array(arrivals[next...] + arrivals[..<next]), forKey: .arrivals)
  }
}
