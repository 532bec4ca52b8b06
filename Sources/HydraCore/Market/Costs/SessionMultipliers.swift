import HydraNumerics

/// How spread and impact change within a day: a multiplier for each part of it, 1 on average.
///
/// Each is a log-normal random effect shrunk to 1: the mean of the logarithms of what was seen in that part over what was
/// expected, pulled towards 0.
public struct SessionMultipliers: Hashable, Codable, Sendable {
  /// Seconds after midnight UTC at which each part begins, rising; the last part reaches over midnight to the first.
  public var starts: [Int]
  public var spread: [Double]
  public var impact: [Double]

  /// - Precondition: as many of each, at least one, starts rising within a day, multipliers positive.
  public init(starts: [Int], spread: [Double], impact: [Double]) {
    precondition(!starts.isEmpty && starts.count == spread.count && starts.count == impact.count)
    precondition(
      zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 } && starts.allSatisfy { (0..<86_400).contains($0) })
    precondition((spread + impact).allSatisfy { $0 > 0 && $0.isFinite })
    (self.starts, self.spread, self.impact) = (starts, spread, impact)
  }

  /// The part of the day at a time in nanoseconds.
  public func part(at time: Int64) -> Int {
    let second = Int(Timestamp(nanoseconds: time).nanosecondsOfDay / 1_000_000_000)
    return starts.lastIndex { $0 <= second } ?? starts.count - 1
  }

  /// Learns one multiplier for each part from ratios of what was seen to what was expected.
  ///
  /// - Parameters:
  ///   - deviation: standard deviation of the logarithm of one ratio.
  ///   - priorDeviation: of the logarithm of a multiplier around 0; small trusts no part to differ.
  public static func learned(
    from ratios: [(part: Int, ratio: Double)], parts: Int, deviation: Double, priorDeviation: Double
  ) -> [Double] {
    (0..<parts).map { part in
      let logs = ratios.filter { $0.part == part && $0.ratio > 0 }.map { Portable.log($0.ratio) }
      let effect = NormalShrinkage(
        observations: logs, deviation: deviation, priorMean: 0, priorDeviation: priorDeviation)
      return Portable.exp(effect.mean)
    }
  }
}
