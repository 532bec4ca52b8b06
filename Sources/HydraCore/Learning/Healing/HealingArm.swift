/// What a model of a stream does after its first fit.
public enum HealingArm: String, Hashable, Codable, Sendable, CaseIterable {
  /// Nothing.
  case frozen
  /// A fit to everything remembered with each further warm-up's worth of rows, which replaces the one before.
  case periodic
  /// What `SelfHealingModel` says.
  case selfHealing = "self_healing"
}

/// A rise of the loss that was noticed.
public struct HealingAlarm: Hashable, Codable, Sendable {
  /// 0-based number of the row whose label raised it.
  public var row: Int
  /// Estimated number of the first row after the change; never after `row`.
  public var changePoint: Int
}

/// An ensemble that forecasts for a `SelfHealingModel`, and where it comes from.
public struct HealingChampion: Hashable, Codable, Sendable {
  /// How a champion was made.
  public enum Origin: String, Hashable, Codable, Sendable {
    /// Of the warm-up.
    case first
    /// Fitted to everything remembered.
    case checkUp = "check_up"
    /// Fitted to the rows since a change point.
    case window
    /// An older champion with trees added for the rows since a change point.
    case continued
    /// An older champion with its leaves refitted to the rows since a change point.
    case refitted
  }

  public let origin: Origin
  /// Number of labels that were known when it was made.
  public let row: Int
  /// The ensemble.
  public let trees: GradientBoostedTrees

  func probabilities(_ row: [Double], classes: Int) -> [Double] {
    guard classes == 2 else {
      var result = Array(repeating: 0.0, count: classes)
      row.withUnsafeBufferPointer { row in result.withUnsafeMutableBufferPointer { trees.predict(row, into: $0) } }
      return result
    }
    let p = trees.predict(row)
    return [1 - p, p]
  }
}
