import HydraNumerics

/// How many lots are ahead of our order when only the size of its price level is known.
///
/// An order starts behind the whole level. Trades at its price take from the front. When the level shrinks by more than
/// was traded, lots were cancelled; the model says with which probability `p` a cancelled lot stood behind us, out of
/// `F` lots ahead and `B` behind:
/// ```
/// power(n)   B^n / (B^n + F^n)           power2(n)  B^n / (B + F)^n          power3(n)  1 − (F / (F + B))^n
/// log        ln(1+B) / (ln(1+B) + ln(1+F))          log2       ln(1+B) / ln(1+B+F)
/// ```
/// `riskAverse` takes all cancels to be behind us, as far as the level's size allows.
///
/// Source: the queue models of hftbacktest (`backtest/models/queue.rs`); R. Rigtorp, "Estimating order queue position"
/// (2013), for `power` and `log`.
public enum QueueModel: Hashable, Codable, Sendable {
  case riskAverse
  case power(Double)
  case power2(Double)
  case power3(Double)
  case log
  case log2

  /// The model of a name (`risk_averse, power, power2, power3, log, log2`) and its exponent (default 1); nil for
  /// another name or an exponent that is not positive.
  public init?(name: String, exponent: Double? = nil) {
    let n = exponent ?? 1
    guard n > 0, n.isFinite else { return nil }
    switch name {
    case "risk_averse": self = .riskAverse
    case "power": self = .power(n)
    case "power2": self = .power2(n)
    case "power3": self = .power3(n)
    case "log": self = .log
    case "log2": self = .log2
    default: return nil
    }
  }

  /// The names that ``init(name:exponent:)`` takes.
  public static let names = ["risk_averse", "power", "power2", "power3", "log", "log2"]

  /// The probability that a cancelled lot stood behind us.
  public func behindProbability(ahead: Double, behind: Double) -> Double {
    // Without anything behind, it stood ahead; without anything ahead, behind.
    if behind <= 0 { return self == .riskAverse ? 1 : 0 }
    if ahead <= 0 { return 1 }
    switch self {
    case .riskAverse: return 1
    // Of the ratio, which neither overflows nor vanishes in both terms.
    case .power(let n): return 1 / (1 + Self.power(ahead / behind, n))
    case .power2(let n): return Self.power(behind / (behind + ahead), n)
    case .power3(let n): return 1 - Self.power(ahead / (ahead + behind), n)
    case .log:
      let (b, f) = (Portable.log1p(behind), Portable.log1p(ahead))
      return b / (b + f)
    case .log2: return Portable.log1p(behind) / Portable.log1p(behind + ahead)
    }
  }

  /// Lots ahead after the level went from `previous` to `new` lots, of which `traded` were trades already taken off
  /// `ahead`.
  ///
  /// ```
  /// C = previous − new − traded                    C < 0:  F = min(F, new)
  /// F = max(0, min(F − (1−p) C + min(B − p C, 0), new)),   B = previous − F
  /// ```
  public func ahead(_ ahead: Double, previous: Double, new: Double, traded: Double) -> Double {
    let cancelled = previous - new - traded
    guard self != .riskAverse, cancelled > 0 else { return min(ahead, new) }
    let behind = max(0, previous - ahead)
    let p = behindProbability(ahead: ahead, behind: behind)
    return max(0, min(ahead - (1 - p) * cancelled + min(behind - p * cancelled, 0), new))
  }

  /// x^n, without the general power for the exponents that are used most.
  private static func power(_ x: Double, _ n: Double) -> Double {
    if n == 1 { return x }
    if n == 2 { return x * x }
    if n == 3 { return x * x * x }
    return Portable.pow(x, n)
  }
}
