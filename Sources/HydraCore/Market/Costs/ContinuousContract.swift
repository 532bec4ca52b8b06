/// One series out of the closes of several contracts, switching where told.
///
/// The gap at a roll is measured on the bar before it, when both contracts had a close; older values are shifted by the
/// differences, or scaled by the ratios, of all later rolls. For features only: nobody trades at adjusted prices. With
/// dated bars and rolls that became known at a time, use ``BackAdjustedSeries``.
public struct ContinuousContract: Hashable, Sendable {
  /// Index of the contract held on each bar.
  public var contract: [Int]
  public var raw: [Double]
  /// `raw` plus the later gaps.
  public var difference: [Double]
  /// `raw` times the later ratios.
  public var ratio: [Double]

  /// - Parameters:
  ///   - closes: for each contract, in order, its closes on the common bars.
  ///   - rolls: the bars, rising, on which the next contract is held for the first time; one fewer than contracts at
  ///     most, each above 0.
  /// - Complexity: O(bars).
  public init(closes: [[Double]], rolls: [Int]) {
    let bars = closes.first?.count ?? 0
    precondition(closes.allSatisfy { $0.count == bars }, "contracts have different numbers of closes")
    precondition(rolls.count < max(closes.count, 1), "\(rolls.count) rolls of \(closes.count) contracts")
    precondition(rolls.allSatisfy { $0 > 0 && $0 < bars } && zip(rolls, rolls.dropFirst()).allSatisfy { $0 < $1 })
    contract = (0..<bars).map { bar in rolls.count { $0 <= bar } }
    raw = (0..<bars).map { [contract] in closes[contract[$0]][$0] }
    (difference, ratio) = (raw, raw)
    var (shift, scale) = (0.0, 1.0)
    for bar in (0..<bars).reversed() {
      if bar + 1 < bars, contract[bar + 1] != contract[bar] {
        let (next, held) = (closes[contract[bar + 1]][bar], closes[contract[bar]][bar])
        shift += next - held
        scale *= next / held
      }
      difference[bar] = raw[bar] + shift
      ratio[bar] = raw[bar] * scale
    }
  }
}

extension ContinuousContract {
  /// The series as it looked after a bar: bars and rolls up to it, and nothing later.
  ///
  /// - Complexity: O(bars up to it).
  public init(closes: [[Double]], rolls: [Int], through bar: Int) {
    precondition(bar >= 0 && bar < closes.first?.count ?? 0, "there is no bar \(bar)")
    self.init(closes: closes.map { Array($0[...bar]) }, rolls: rolls.filter { $0 <= bar })
  }
}
