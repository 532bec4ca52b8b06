/// The best cut of one leaf found so far.
struct SplitCandidate {
  /// What `LeafTerms.gain` turns into the gain; higher is better within one leaf.
  var score = -Double.infinity
  var feature = -1
  /// Bins up to this one go left; for categories not used.
  var bin = 0
  var missingGoesLeft = false
  /// Whether the leaf had missing values of the feature, so that their direction was learned.
  var sawMissing = false
  var left = GradientSum.zero
  /// The bins of categories that go left, a bit each; nil for a numerical cut.
  var categories: SIMD4<UInt64>?
  /// What the values of the children have in their L2 penalty beyond the settings.
  var extraL2 = 0.0

  /// The higher score wins, then the feature of the lower number.
  func isBetter(than other: SplitCandidate) -> Bool {
    score > other.score || (score == other.score && feature < other.feature && feature >= 0)
  }

  /// Where a bin goes.
  func goesLeft(bin found: Int, missingBin: Int?) -> Bool {
    if let categories { return found < 256 && categories[found / 64] >> UInt64(found % 64) & 1 == 1 }
    return found == missingBin ? missingGoesLeft : found <= bin
  }
}
