import HydraNumerics

/// What was tried on a market and what it came to: repeats and refuted ideas are recognised, and kinds of change that have
/// paid are tried first.
///
/// ```
/// score of a kind = (paid + 1) / (tried + 2) + √(2 ln(1 + all) / (tried + 2)) / 4
/// ```
/// The first term is the mean of what is believed of the kind's chance to pay (from a flat prior), the second lets rarely
/// tried kinds have their turn: the upper-confidence rule for bandits, drawn in to a quarter since a wrong choice only
/// costs a place in a round. No random number is drawn.
///
/// Source: P. Auer, N. Cesa-Bianchi, P. Fischer, "Finite-time analysis of the multiarmed bandit problem", Machine
/// Learning 47 (2002), UCB1.
public struct HypothesisMemory: Hashable, Codable, Sendable {
  /// What a tried change came to.
  public enum Outcome: String, Hashable, Codable, Sendable {
    case refuted
    case held
    case promoted
    case failed
  }

  /// One change that was tried.
  public struct Entry: Hashable, Codable, Sendable {
    public var change: Change
    public var row: Int
    public var outcome: Outcome
  }

  /// A kind of change with its record.
  public struct Kind: Hashable, Codable, Sendable {
    public var tried = 0
    /// Promotions that outlived their probation.
    public var paid = 0
  }

  public private(set) var entries: [Entry] = []
  public private(set) var kinds: [String: Kind] = [:]

  public init() {}

  /// The hypotheses worth trying, those of kinds that have paid first, at most `limit`, and why the others are not.
  ///
  /// Left out is what is already so, what is on trial, and what was refuted less than `refutedBars` ago about a change of
  /// the world that is not newer than the refutation.
  public func chosen(
    _ hypotheses: [Hypothesis], recipe: Recipe, held: [Change], row: Int, changeRow: Int, refutedBars: Int, limit: Int
  ) -> (chosen: [Hypothesis], refused: [String]) {
    var kept: [Hypothesis] = []
    var refused: [String] = []
    for hypothesis in hypotheses {
      let change = hypothesis.change
      let name = "\(change.parameter) = \(change.value.text)"
      if recipe.applying(change) == recipe, !change.isDoing {
        refused.append("\(name): it is so already")
      } else if held.contains(change) || kept.contains(where: { $0.change == change }) {
        refused.append("\(name): it is on trial already")
      } else if let last = entries.last(where: { $0.change == change && $0.outcome == .refuted }),
        row - last.row < refutedBars, changeRow <= last.row
      {
        refused.append("\(name): refuted \(row - last.row) bars ago")
      } else {
        kept.append(hypothesis)
      }
    }
    let scores = kept.map { score($0.change.parameter) }
    // Equal scores keep the proposer's order.
    let order = kept.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    for index in order.dropFirst(limit) {
      refused.append("\(kept[index].change.parameter): beyond the \(limit) that one alarm may try")
    }
    return (order.prefix(limit).map { kept[$0] }, refused)
  }

  /// The bandit's score of a kind of change.
  public func score(_ parameter: String) -> Double {
    let kind = kinds[parameter] ?? Kind()
    let all = kinds.values.reduce(0) { $0 + $1.tried }
    let tried = Double(kind.tried + 2)
    return Double(kind.paid + 1) / tried + (2 * Portable.log(1 + Double(all)) / tried).squareRoot() / 4
  }

  /// Remembers what a change came to.
  mutating func note(_ change: Change, _ outcome: Outcome, row: Int) {
    entries.append(Entry(change: change, row: row, outcome: outcome))
    kinds[change.parameter, default: Kind()].tried += 1
  }

  /// Remembers that a promotion of this kind outlived its probation.
  mutating func paid(_ parameter: String) { kinds[parameter, default: Kind()].paid += 1 }
}

extension Change {
  /// Whether the change is something done to the model, which leaves the recipe as it is.
  var isDoing: Bool {
    switch self {
    case .retrain, .refitLeaves, .recall, .ensemble: true
    default: false
    }
  }
}
