import HydraNumerics

/// What came before a row of a stream, as further columns beside its own values.
///
/// | columns | meaning |
/// |---|---|
/// | x | the row's own values |
/// | label.last_1 … 3 | the latest labels that are known |
/// | label.mean_8, 48, 336 | the share of a class among the latest labels (exponential); two spans where there are more than two classes |
/// | x.change | difference from the row before |
/// | x.from_mean_4, 24, 48 | difference from the trailing mean (exponential) of the rows before |
///
/// Values that are missing are NaN, and leave the means as they are.
struct StreamContext: Hashable, Codable, Sendable {
  static let labelLags = 3
  static let labelSpans = [8.0, 48, 336]
  static let valueSpans = [4.0, 24, 48]
  /// Classes whose shares are followed one by one.
  static let mostShares = 10

  let names: [String]
  let classes: Int
  /// How many columns are values of the row itself, and how many those and the labels' past.
  let plain: Int
  let withLabels: Int
  private let shares: Int
  private let spans: [Double]
  private var known = 0
  @Bitwise private var latest: [Double]
  private var labelMeans: [Double]
  private var seen: [Double]
  @Bitwise private var before: [Double]
  private var means: [Double]

  init(features: [String], classes: Int) {
    precondition(classes >= 2, "\(classes) classes")
    self.classes = classes
    plain = features.count
    let shares = classes == 2 ? 1 : min(classes, Self.mostShares)
    let spans = classes == 2 ? Self.labelSpans : Array(Self.labelSpans.prefix(2))
    (self.shares, self.spans) = (shares, spans)
    withLabels = plain + Self.labelLags + shares * spans.count
    let lagged = (1...Self.labelLags).map { "label.last_\($0)" }
    let averaged = (0..<shares).flatMap { share in spans.map { "label.\(share).mean_\(Int($0))" } }
    let moved = features.map { "\($0).change" }
    let apart = Self.valueSpans.flatMap { span in features.map { "\($0).from_mean_\(Int(span))" } }
    names = features + lagged + averaged + moved + apart
    latest = Array(repeating: .nan, count: Self.labelLags)
    labelMeans = Array(repeating: 1 / Double(classes), count: shares * spans.count)
    seen = Array(repeating: 0, count: plain)
    before = Array(repeating: .nan, count: plain)
    means = Array(repeating: 0, count: plain * Self.valueSpans.count)
  }

  /// The latest label that is known.
  var lastLabel: Int? { known == 0 ? nil : Int(latest[0]) }

  /// The next row of the stream with its context, which from now on contains it.
  mutating func row(_ values: [Double]) -> [Double] {
    precondition(values.count == plain, "\(values.count) values for \(plain) features")
    var result = values
    result.reserveCapacity(names.count)
    result += latest
    if known == 0 {
      for _ in labelMeans { result.append(.nan) }
    } else {
      result += labelMeans
    }
    for (value, earlier) in zip(values, before) { result.append(value - earlier) }
    for (index, span) in Self.valueSpans.enumerated() {
      for column in 0..<plain {
        let place = index * plain + column
        let gap = values[column] - means[place]
        result.append(seen[column] == 0 ? .nan : gap)
        if gap.isFinite { means[place] += gap / min(seen[column] + 1, span) }
      }
    }
    for column in 0..<plain where values[column].isFinite { seen[column] += 1 }
    before = values
    return result
  }

  /// The label of the oldest row whose label was not known.
  mutating func know(_ label: Int) {
    known += 1
    latest.removeLast()
    latest.insert(Double(label), at: 0)
    for share in 0..<shares {
      // Of two classes the second one's share says both.
      let hit: Double = label == (classes == 2 ? 1 : share) ? 1 : 0
      for (index, span) in spans.enumerated() {
        let place = share * spans.count + index
        labelMeans[place] += (hit - labelMeans[place]) / min(Double(known + 1), span)
      }
    }
  }
}
