import HydraLearning
import HydraNumerics

/// Everything that was ever tried on a market, as far as luck is concerned: by earlier runs in the same store, and by
/// this arm so far.
///
/// Each configuration counts: every recipe that an experiment tried, experiments that failed, every look at a
/// challenger. Of N worthless attempts the best looks good; a candidate has to beat what luck alone would have brought.
public struct TrialLedger: Hashable, Codable, Sendable {
  /// Configurations tried so far.
  public private(set) var count = 0
  private var ratios = 0
  private var sum = 0.0
  private var squares = 0.0

  /// Begins after `earlier` configurations that other runs have tried on the same market.
  public init(earlier: Int = 0) { count = earlier }

  /// Counts `trials` configurations, of which one was compared with the champion when there is a comparison.
  public mutating func add(trials: Int, _ comparison: Comparison?) {
    count += max(1, trials)
    guard let ratio = comparison?.ratio, ratio.isFinite else { return }
    ratios += 1
    sum += ratio
    squares += ratio * ratio
  }

  /// How probable it is that a candidate is truly better than the champion, given all that was tried: the deflated
  /// Sharpe ratio of the daily differences of losses.
  ///
  /// The ratio is mean over standard deviation, the latter with the overlap of neighbouring days in it. The variance of
  /// the trials' ratios is their own, and never less than 1/n, that of n days without any skill: a few trials that
  /// happened to agree are no reason for a lower bar.
  ///
  /// Source: D. H. Bailey, M. López de Prado, "The deflated Sharpe ratio", J. Portfolio Management 40 (2014), eq. 1, 2.
  public func deflatedProbability(of comparison: Comparison) -> Double {
    let n = Double(ratios)
    let own = ratios > 1 ? max(0, (squares - sum * sum / n) / (n - 1)) : 0
    let ratio = SharpeRatio(
      comparison.ratio, count: comparison.days, skewness: comparison.skewness, kurtosis: comparison.kurtosis)
    return ratio.deflated(trials: max(1, count), variance: max(own, 1 / Double(comparison.days)))
  }

  /// How probable it is that a candidate is truly better, given all that was tried and evidence that may have been looked
  /// at on every day: 1 - N/e of N configurations, of which `more` are still to be counted; never below 0.
  ///
  /// While it is not better the evidence reaches N/α at any time with a probability of at most α/N (Ville), so that of N
  /// such candidates any does with at most α (Bonferroni).
  public func deflatedProbability(ofLogEvidence logEvidence: Double, more: Int = 0) -> Double {
    max(0, 1 - Double(max(1, count + more)) * Portable.exp(min(700, max(-700, -logEvidence))))
  }
}
