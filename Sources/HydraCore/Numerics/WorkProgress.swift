/// How far a long call is.
///
/// ```swift
/// let model = try GradientBoostedTrees.fit(features, targets) { progress in
///   print("\(Int(100 * progress.share)) %")        // never falls; the last one says 100 %
/// }
/// ```
/// Long calls look at their task between two steps: once it is cancelled they throw `CancellationError` and leave
/// nothing behind.
public struct WorkProgress: Hashable, Sendable {
  /// Steps that are finished.
  public var done: Int
  /// Steps that there are at most.
  public var total: Int

  public init(done: Int, total: Int) {
    self.done = done
    self.total = total
  }

  /// From 0 to 1.
  public var share: Double { total > 0 ? Double(done) / Double(total) : 1 }
}
