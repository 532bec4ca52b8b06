/// The one price at which an auction trades.
///
/// Candidates are the prices of all orders, and the reference price if it lies between them. Chosen is the price with
/// the most volume; among these the smallest surplus; if all that are left have more to buy than to sell the highest, if
/// all have more to sell the lowest; else the one nearest to the reference, of two the higher.
public struct AuctionPrice: Hashable, Sendable {
  /// Whole ticks.
  public var price: Int
  /// Lots that trade.
  public var lots: Int

  /// Nil when no orders cross.
  ///
  /// - Parameters:
  ///   - bids: levels with all their lots, hidden ones too; in any order.
  ///   - reference: the settlement before, in ticks; without one the highest candidate wins the last tie.
  ///   - limits: prices at which nothing may trade are no candidates.
  /// - Complexity: O(n log n) in the number of levels.
  public init?(
    bids: [(price: Int, lots: Int)], asks: [(price: Int, lots: Int)], reference: Int?, limits: PriceLimits = .none
  ) {
    var prices = Set(bids.map(\.price)).union(asks.map(\.price))
    if let reference, let low = prices.min(), let high = prices.max(), (low...high).contains(reference) {
      prices.insert(reference)
    }
    let sortedBids = bids.sorted { $0.price > $1.price }
    let sortedAsks = asks.sorted { $0.price < $1.price }
    let candidates = prices.filter(limits.contain).sorted()
    // Lots that would sell at each price, rising, and lots that would buy, from the highest price down.
    var supply = [Int](repeating: 0, count: candidates.count)
    var demand = supply
    var (place, sum) = (0, 0)
    for index in candidates.indices {
      while place < sortedAsks.count, sortedAsks[place].price <= candidates[index] {
        sum += sortedAsks[place].lots
        place += 1
      }
      supply[index] = sum
    }
    (place, sum) = (0, 0)
    for index in candidates.indices.reversed() {
      while place < sortedBids.count, sortedBids[place].price >= candidates[index] {
        sum += sortedBids[place].lots
        place += 1
      }
      demand[index] = sum
    }
    let volumes = zip(supply, demand).map { min($0, $1) }
    guard let most = volumes.max(), most > 0 else { return nil }
    var left = candidates.indices.filter { volumes[$0] == most }
    let surplus = left.map { abs(demand[$0] - supply[$0]) }.min()!
    left = left.filter { abs(demand[$0] - supply[$0]) == surplus }
    let chosen: Int
    if left.allSatisfy({ demand[$0] > supply[$0] }) {
      chosen = left.last!
    } else if left.allSatisfy({ demand[$0] < supply[$0] }) {
      chosen = left.first!
    } else if let reference {
      chosen = left.reversed().min { abs(candidates[$0] - reference) < abs(candidates[$1] - reference) }!
    } else {
      chosen = left.last!
    }
    (price, lots) = (candidates[chosen], most)
  }
}
