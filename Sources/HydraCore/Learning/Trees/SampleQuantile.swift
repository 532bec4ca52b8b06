/// A quantile. Without weights it is interpolated between the order statistics at (n - 1) level; with weights it is
/// the smallest value up to which the weights reach their share of the total.
func sampleQuantile(_ level: Double, of values: [Double], weights: [Double]?) -> Double {
  guard !values.isEmpty else { return 0 }
  guard let weights else {
    let sorted = values.sorted()
    let position = Double(values.count - 1) * level
    let below = Int(position)
    guard below + 1 < sorted.count else { return sorted[below] }
    return sorted[below] + (sorted[below + 1] - sorted[below]) * (position - Double(below))
  }
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var total = 0.0
  for index in order { total += weights[index] }
  var reached = 0.0
  for index in order {
    reached += weights[index]
    if reached >= level * total { return values[index] }
  }
  return values[order[order.count - 1]]
}
