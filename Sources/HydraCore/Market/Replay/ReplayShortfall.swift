/// The implementation shortfall of all orders of a run, in ticks × lots; + is a loss against being filled at once at the
/// price of the decision.
///
/// ```
/// delay        sign · (arrival − decision) · filled
/// trading      Σ sign · (price − arrival) · lots
/// opportunity  sign · (end − decision) · unfilled
/// ```
/// Prices of decision, arrival and end are mids, on bars the close seen and the open met. Orders without a mid are left out.
public struct ReplayShortfall: Hashable, Codable, Sendable {
  public internal(set) var delay = 0.0
  public internal(set) var trading = 0.0
  public internal(set) var opportunity = 0.0
  /// Orders that count.
  public internal(set) var orders = 0

  public init() {}

  /// All three.
  public var total: Double { delay + trading + opportunity }
}

/// Follows the orders that work.
struct ShortfallBook {
  private struct Story {
    var side: Side
    var left: Int
    var decision: Double
    var arrival: Double?
  }
  private var stories: [Int: Story] = [:]
  private(set) var sums = ReplayShortfall()

  mutating func decide(_ order: Int, _ side: Side, lots: Int, price: Double?) {
    guard let price else { return }
    stories[order] = Story(side: side, left: lots, decision: price)
    sums.orders += 1
  }

  mutating func arrive(_ order: Int, price: Double?) {
    guard let decision = stories[order]?.decision else { return }
    stories[order]?.arrival = price ?? decision
  }

  mutating func resize(_ order: Int, by lots: Int) { stories[order]?.left += lots }

  mutating func fill(_ order: Int, price: Int, lots: Int) {
    guard let story = stories[order] else { return }
    let sign = Double(story.side.sign)
    let arrival = story.arrival ?? story.decision
    sums.delay += sign * (arrival - story.decision) * Double(lots)
    sums.trading += sign * (Double(price) - arrival) * Double(lots)
    stories[order]?.left -= lots
    if story.left <= lots { stories[order] = nil }
  }

  mutating func end(_ order: Int, price: Double?) {
    guard let story = stories.removeValue(forKey: order), let price else { return }
    sums.opportunity += Double(story.side.sign) * (price - story.decision) * Double(story.left)
  }

  /// Ends what still works, in the order of its numbers.
  mutating func endAll(price: Double?) { for order in stories.keys.sorted() { end(order, price: price) } }
}
