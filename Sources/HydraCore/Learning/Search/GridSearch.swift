import HydraNumerics

/// All combinations of a few values of each parameter, in the order of the space, the last parameter changing fastest.
///
/// Whole numbers and numbers with steps are all tried unless there are more than `points` of them, categories always.
/// A parameter that does not exist in a combination adds nothing to their number.
public struct GridSearch: Hashable, Codable, Sendable {
  /// The values of each number, spread evenly over its range, its ends included.
  public var points = 5

  public init(points: Int = 5) { self.points = points }
}

/// Counts through the combinations.
struct GridEngine: SearchEngine {
  let space: UnitSpace
  private let coordinates: [[Double]]
  /// The points of the grid, each once, NaN for what does not exist.
  private let grid: [[Double]]
  private static let limit = 1_000_000

  init(_ space: UnitSpace, _ settings: GridSearch) throws(SearchError) {
    guard settings.points >= 1 else {
      throw .badSetting(name: "points of a grid", value: "\(settings.points)", allowed: "positive")
    }
    self.space = space
    coordinates = space.axes.indices.map { index in
      let count: Int
      switch space.axes[index] {
      case .category(let words): return (0..<words).map(Double.init)
      case .linear(_, _, let cells?): count = min(cells, settings.points)
      case .whole(_, _, let cells): count = min(cells, settings.points)
      case .logarithmicWhole(let low, let high, _, _): count = min(high - low + 1, settings.points)
      default: count = settings.points
      }
      var found: [Double] = []
      for place in 0..<count {
        let u = count == 1 ? 0.5 : Double(place) / Double(count - 1)
        let snapped = space.snapped(index, u)
        if found.last != snapped { found.append(snapped) }
      }
      return found
    }
    var grid: [[Double]] = [[]]
    for index in space.axes.indices {
      var longer: [[Double]] = []
      for start in grid {
        let values = space.values(start + [Double](repeating: 0, count: space.axes.count - start.count))
        let isActive = space.isActive(index, Array(values.prefix(index)))
        for u in isActive ? coordinates[index] : [.nan] { longer.append(start + [u]) }
        guard longer.count <= Self.limit else {
          throw .unsuitable(sampler: "grid", problem: "more than \(Self.limit) combinations")
        }
      }
      grid = longer
    }
    self.grid = grid
  }

  func suggest(number: Int, random: inout CounterRandom) -> SearchChoice? {
    grid.indices.contains(number) ? SearchChoice(grid[number]) : nil
  }
}
