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

  var count: Int { sorted.count }

  func score(_ value: Double) -> Double {
    let below = lowerBound(value)
    var above = below
    while above < sorted.count, sorted[above] == value { above += 1 }
    let rank = Double(below) + 0.5 * Double(above - below) + 0.5
    return Portable.normalQuantile(rank / Double(sorted.count + 1))
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
