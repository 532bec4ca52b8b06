import HydraNumerics

/// A search space on the unit cube: numbers lie in 0…1, categories are their index, what does not exist is NaN.
struct UnitSpace: Sendable {
  /// One parameter.
  enum Axis: Sendable {
    /// `cells` is the number of values where there are steps.
    case linear(low: Double, high: Double, cells: Int?)
    case logarithmic(low: Double, high: Double)
    /// The bounds are half a step beyond the values.
    case whole(low: Int, step: Int, cells: Int)
    case logarithmicWhole(low: Int, high: Int, from: Double, to: Double)
    case category(Int)

    /// The number of categories, or nil for a number.
    var categories: Int? { if case .category(let count) = self { count } else { nil } }

    /// Half the width of a cell, of the widest one where they differ; 0 without steps.
    var halfCell: Double {
      switch self {
      case .linear(_, _, let cells?), .whole(_, _, let cells): 0.5 / Double(cells)
      case .logarithmicWhole(let low, _, let from, let to):
        0.5 * (Portable.log(Double(low) + 0.5) - from) / (to - from)
      default: 0
      }
    }
  }

  let space: SearchSpace
  let axes: [Axis]
  /// The index of the parameter that each condition names.
  let parents: [Int?]
  /// The axes of numbers, and of categories.
  let numbers: [Int]
  let categories: [Int]

  init(_ space: SearchSpace) {
    self.space = space
    axes = space.parameters.map { parameter in
      switch parameter.domain {
      case .float(let low, let high, true, _): return .logarithmic(low: Portable.log(low), high: Portable.log(high))
      case .float(let low, let high, false, let step):
        return .linear(low: low, high: high, cells: step.map { Int(((high - low) / $0 + 1e-9).rounded(.down)) + 1 })
      case .integer(let low, let high, true, _):
        return .logarithmicWhole(
          low: low, high: high, from: Portable.log(Double(low) - 0.5), to: Portable.log(Double(high) + 0.5))
      case .integer(let low, let high, false, let step):
        return .whole(low: low, step: step, cells: (high - low) / step + 1)
      case .category(let words): return .category(words.count)
      }
    }
    let axes = axes
    parents = space.parameters.map { parameter in
      parameter.condition.flatMap { condition in space.parameters.firstIndex { $0.name == condition.parameter } }
    }
    numbers = axes.indices.filter { axes[$0].categories == nil }
    categories = axes.indices.filter { axes[$0].categories != nil }
  }

  /// The value of a parameter at a coordinate.
  func value(_ index: Int, _ u: Double) -> ParameterValue {
    let u = min(max(u, 0), 1)
    switch (axes[index], space.parameters[index].domain) {
    case (.linear(let low, let high, let cells?), .float(_, _, _, let step?)):
      return .number(min(low + Double(min(Int(u * Double(cells)), cells - 1)) * step, high))
    case (.linear(let low, let high, _), _): return .number(min(max(low + u * (high - low), low), high))
    case (.logarithmic(let low, let high), .float(let first, let last, _, _)):
      return .number(min(max(Portable.exp(low + u * (high - low)), first), last))
    case (.whole(let low, let step, let cells), _):
      return .integer(low + step * min(Int(u * Double(cells)), cells - 1))
    case (.logarithmicWhole(let low, let high, let from, let to), _):
      return .integer(min(max(Int(Portable.exp(from + u * (to - from)).rounded()), low), high))
    default: preconditionFailure("a coordinate of a category")
    }
  }

  /// The coordinate of a parameter's value; the middle of the cell where there are steps.
  func coordinate(_ index: Int, _ value: ParameterValue) -> Double {
    switch (axes[index], space.parameters[index].domain, value) {
    case (.category, .category(let words), .category(let word)):
      return words.firstIndex(of: word).map(Double.init) ?? .nan
    case (.linear(let low, _, let cells?), .float(_, _, _, let step?), let value):
      return (((value.double ?? .nan) - low) / step + 0.5) / Double(cells)
    case (.linear(let low, let high, _), _, let value):
      return high > low ? ((value.double ?? .nan) - low) / (high - low) : 0.5
    case (.logarithmic(let low, let high), _, let value):
      return high > low ? (Portable.log(value.double ?? .nan) - low) / (high - low) : 0.5
    case (.whole(let low, let step, let cells), _, let value):
      return ((value.double ?? .nan) - Double(low) + 0.5 * Double(step)) / (Double(cells) * Double(step))
    case (.logarithmicWhole(_, _, let from, let to), _, let value):
      return (Portable.log(value.double ?? .nan) - from) / (to - from)
    default: return .nan
    }
  }

  /// The coordinate that a coordinate stands for: itself, or the middle of its cell.
  func snapped(_ index: Int, _ u: Double) -> Double {
    switch axes[index] {
    case .linear(_, _, nil), .logarithmic, .category: u
    default: coordinate(index, value(index, u))
    }
  }

  /// The values at a point, nil for what does not exist, which is decided here.
  func values(_ point: [Double]) -> [ParameterValue?] {
    var values: [ParameterValue?] = []
    for (index, parameter) in space.parameters.enumerated() {
      guard isActive(index, values) else {
        values.append(nil)
        continue
      }
      if case .category(let words) = parameter.domain {
        values.append(.category(words[min(max(Int(point[index]), 0), words.count - 1)]))
      } else {
        values.append(value(index, point[index]))
      }
    }
    return values
  }

  /// Whether a parameter exists, given the values of those before it.
  func isActive(_ index: Int, _ values: [ParameterValue?]) -> Bool {
    guard let condition = space.parameters[index].condition, let parent = parents[index] else { return true }
    return condition.holds(values[parent])
  }

  /// The point of a trial; NaN for what it does not have.
  func point(_ trial: Trial) -> [Double] {
    var point = [Double](repeating: .nan, count: axes.count)
    var next = 0
    // Assignments are in the order of the space.
    for (index, parameter) in space.parameters.enumerated() where next < trial.parameters.count {
      guard trial.parameters[next].name == parameter.name else { continue }
      point[index] = coordinate(index, trial.parameters[next].value)
      next += 1
    }
    return point
  }

  /// A point of the whole space, each value of it equally likely.
  func random(_ random: inout CounterRandom) -> [Double] {
    axes.map { axis in
      if let count = axis.categories { return Double(random.below(count)) }
      return random.uniform()
    }
  }
}
