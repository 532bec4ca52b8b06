import HydraNumerics

/// The latest rows of a stream with their labels.
struct LabelledMemory: Hashable, Codable, Sendable {
  private(set) var width: Int
  let capacity: Int
  @Bitwise private var values: [Double] = []
  private(set) var labels: [Int] = []
  /// Number of the oldest row remembered.
  private(set) var first = 0

  init(width: Int, capacity: Int) { (self.width, self.capacity) = (width, capacity) }

  var count: Int { labels.count }
  var hasTwoClasses: Bool { labels.contains { $0 != labels[0] } }

  mutating func append(_ row: [Double], label: Int) {
    values += row
    labels.append(label)
    // An eighth at a time, so that moving costs little.
    guard count > capacity + capacity / 8 else { return }
    let gone = count - capacity
    values.removeFirst(gone * width)
    labels.removeFirst(gone)
    first += gone
  }

  /// The rows with these numbers, as far as they are remembered.
  func rows(_ numbers: Range<Int>, columns: [Int]? = nil) -> LabelledRows {
    let range = numbers.clamped(to: first..<first + count)
    let places = range.lowerBound - first..<range.upperBound - first
    let targets = labels[places].map(Double.init)
    let part = values[places.lowerBound * width..<places.upperBound * width]
    guard let columns else {
      return LabelledRows(
        features: Matrix(rows: places.count, columns: width, values: Array(part)), targets: targets)
    }
    var chosen: [Double] = []
    chosen.reserveCapacity(places.count * columns.count)
    for start in stride(from: part.startIndex, to: part.endIndex, by: width) {
      for column in columns { chosen.append(part[start + column]) }
    }
    return LabelledRows(
      features: Matrix(rows: places.count, columns: columns.count, values: chosen), targets: targets)
  }

  func row(_ place: Int) -> [Double] { Array(values[place * width..<(place + 1) * width]) }

  /// Keeps these columns only.
  mutating func keep(columns: [Int]) {
    values = rows(first..<first + count, columns: columns).features.values
    width = columns.count
  }
}
