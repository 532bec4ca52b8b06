/// What happens when an order meets a resting one of the same owner.
public enum SelfMatchRule: String, Codable, Sendable, CaseIterable {
  /// They trade.
  case off
  /// The resting one is cancelled and matching goes on.
  case cancelResting = "cancel_resting"
  /// What is left of the arriving one is cancelled.
  case cancelNewest = "cancel_newest"
}

/// How an aggressor is shared among the orders at one price.
public enum Allocation: Hashable, Codable, Sendable {
  /// By time.
  case fifo
  /// `percent` of it by time, the rest in proportion to size where that gives at least `minimum` lots, the rest of
  /// that by time.
  case split(percent: Double, minimum: Int)
}

extension Allocation {
  /// Lots for each order of a queue out of `lots`, fewer than the queue holds, by the split rule.
  ///
  /// ```
  /// F = ⌈percent/100 · Q⌉ by time;  then ⌊(Q − F) · rest_i / Σ rest⌋, 0 below the minimum;  then by time
  /// ```
  /// - Complexity: O(orders).
  static func split(_ lots: Int, among queue: [Int], percent: Double, minimum: Int) -> [Int] {
    var shares = [Int](repeating: 0, count: queue.count)
    func byTime(_ amount: Int) -> Int {
      var left = amount
      for index in queue.indices where left > 0 {
        let taken = min(left, queue[index] - shares[index])
        shares[index] += taken
        left -= taken
      }
      return amount - left
    }
    // Rounded first, so that 0.4 · 20 written in binary does not become 9.
    let first = (Double(lots) * percent / 100 * 1e9).rounded() / 1e9
    let proportional = lots - byTime(min(lots, Int(first.rounded(.up))))
    let rests = zip(queue, shares).map { $0 - $1 }
    let sum = rests.reduce(0, +)
    var given = 0
    if sum > 0 {
      for index in queue.indices {
        let product = proportional.multipliedFullWidth(by: rests[index])
        let share = sum.dividingFullWidth(product).quotient
        if share >= minimum {
          shares[index] += share
          given += share
        }
      }
    }
    _ = byTime(proportional - given)
    return shares
  }
}
