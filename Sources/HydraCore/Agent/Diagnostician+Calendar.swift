import HydraMarket
import HydraNumerics

/// Calendar columns that do not say what their date says: a calendar that has moved, or a feed that has.
extension Diagnostician {
  /// The calendar columns of ``FeatureGroup/season``, each a function of the date alone: whether a cosine, and how often a
  /// year.
  private static let calendar: [(name: String, isCosine: Bool, times: Double)] = [
    ("season_sin", false, 1), ("season_cos", true, 1), ("season_sin_2", false, 2), ("season_cos_2", true, 2),
  ]

  /// A calendar column whose newest value is not that of its date, with the days by which the season has moved when sine
  /// and cosine agree on that; nil when all are right. A history in which a column never was that function of the date is
  /// another calendar's, and tells nothing.
  ///
  /// - Complexity: O(calendar columns).
  func calendarFault(_ history: FeatureHistory, before: Range<Int>) -> Diagnosis.Finding? {
    let newest = history.count - 1
    guard let first = before.first else { return nil }
    for item in Self.calendar {
      guard let column = history.names.firstIndex(of: item.name) else { continue }
      func isRight(_ row: Int) -> Bool {
        let phase = item.times * Self.phase(history.dates[row])
        let value = history.values[row * history.names.count + column]
        return abs(value - (item.isCosine ? Portable.cos(phase) : Portable.sin(phase))) < 1e-6
      }
      guard isRight(first), !isRight(newest) else { continue }
      let value = history.values[newest * history.names.count + column]
      return .init(
        cause: .dataFault, score: 98,
        evidence: "\(item.name) is \(rounded(value)) on \(history.dates[newest]), which is not that of the date"
          + movedText(history, newest))
    }
    return nil
  }

  /// By how many days the calendar is off, when sine and cosine still make a circle.
  private func movedText(_ history: FeatureHistory, _ row: Int) -> String {
    guard let sine = history.names.firstIndex(of: "season_sin"), let cosine = history.names.firstIndex(of: "season_cos")
    else { return "" }
    let start = row * history.names.count
    let (s, c) = (history.values[start + sine], history.values[start + cosine])
    guard abs(s * s + c * c - 1) < 1e-6 else { return "" }
    let phase = Self.phase(history.dates[row])
    // The rotation from what should be to what is.
    let (turnSine, turnCosine) = (
      s * Portable.cos(phase) - c * Portable.sin(phase), c * Portable.cos(phase) + s * Portable.sin(phase)
    )
    let angle = turnCosine > -1 ? 2 * Portable.atan(turnSine / (1 + turnCosine)) : Double.pi
    let days = (angle / (2 * Double.pi) * 365.25).rounded()
    return days == 0 ? "" : "; the season has moved by \(Int(days)) days"
  }

  private static func phase(_ date: CivilDate) -> Double { 2 * Double.pi * Double(date.dayOfYear - 1) / 365.25 }
}
