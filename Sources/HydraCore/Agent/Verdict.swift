import HydraNumerics

/// What is done with a candidate, and why.
public struct Verdict: Hashable, Codable, Sendable {
  /// What is done.
  public enum Decision: String, Codable, Sendable {
    /// It becomes champion, on probation.
    case promote
    /// It stays a challenger and is compared again on days to come.
    case hold
    case reject
  }

  public var decision: Decision
  public var reason: String

  public init(_ decision: Decision, reason: String) {
    self.decision = decision
    self.reason = reason
  }

  /// Judges an experiment that was one of `tried` on the same alarm.
  ///
  /// Promotion needs the paired test to pass at the significance divided by the number tried (Bonferroni), and, for a
  /// change of forecasts, a net return after costs that is not below the champion's.
  public init(on result: ExperimentResult, tried: Int, settings: HealingSettings) {
    guard let primary = result.primary else {
      self.init(.reject, reason: "cannot be told from the champion on the days compared")
      return
    }
    let limit = settings.significance / Double(max(1, tried))
    let net = result.netReturn?.meanDifference ?? 0
    let p = "p = \(Self.short(primary.pValue)) over \(primary.days) days"
    if primary.pValue < limit {
      if primary.basis == .varianceForecast || net >= 0 {
        self.init(.promote, reason: "\(p), below \(Self.short(limit)) (\(tried) tried)")
      } else {
        self.init(.hold, reason: "\(p), but earns less after costs")
      }
    } else if primary.pValue < settings.holdSignificance {
      self.init(.hold, reason: "\(p): not below \(Self.short(limit)) (\(tried) tried), yet below chance")
    } else {
      self.init(.reject, reason: p)
    }
  }

  /// Judges a challenger on days that came after its experiment.
  public init(onNewDays comparison: Comparison?, challenge: Int, settings: HealingSettings) {
    guard let comparison else {
      self.init(.reject, reason: "cannot be told from the champion on new days")
      return
    }
    let p = "p = \(Self.short(comparison.pValue)) over \(comparison.days) new days"
    if comparison.pValue < settings.significance {
      self.init(.promote, reason: p)
    } else if comparison.pValue < settings.holdSignificance, challenge < settings.challenges {
      self.init(.hold, reason: p)
    } else {
      self.init(.reject, reason: p)
    }
  }

  /// Three significant digits without a library's formatting.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value.description }
    var scale = 1.0
    while abs(value) * scale < 100 && scale < 1e12 { scale *= 10 }
    return ((value * scale).rounded() / scale).description
  }

  /// The verdict as it stands in journals.
  public var json: JSONValue { .object([("decision", .string(decision.rawValue)), ("reason", .string(reason))]) }
}
