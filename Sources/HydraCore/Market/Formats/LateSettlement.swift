import HydraNumerics

/// A bar of the held contract whose close is another date's, or another one than a second source has.
struct LateSettlement {
  /// Index of the bar.
  var bar: Int
  var finding: DataFinding
  /// The bar as the second source has it; nil where there is none.
  var corrected: HeldBar?

  /// Drops and corrects bars by what the findings say was done with them.
  ///
  /// - Parameter closingRows: for each bar the row that gave it its close; stays in step with `bars`.
  static func apply(_ found: [LateSettlement], to bars: inout [HeldBar], _ closingRows: inout [Int]) {
    var isDropped = [Bool](repeating: false, count: bars.count)
    for late in found {
      switch late.finding.action {
      case .dropped: isDropped[late.bar] = true
      case .converted: if let corrected = late.corrected { bars[late.bar] = corrected }
      case .kept, .noted: break
      }
    }
    guard isDropped.contains(true) else { return }
    let kept = bars.indices.filter { !isDropped[$0] }
    bars = kept.map { bars[$0] }
    closingRows = kept.map { closingRows[$0] }
  }
}
