import HydraNumerics

/// What a million tokens cost, from a moment on, at some hours of the day or at all.
public struct TokenPrice: Hashable, Codable, Sendable {
  public var input: Double
  /// For tokens of the prompt that the provider had seen before.
  public var inputCached: Double
  /// Reasoning is billed as output.
  public var output: Double
  public var currency: String
  /// The first moment of this price; nil for always.
  public var validFrom: Timestamp?
  /// Minutes of the UTC day, the first in, the last out; over midnight when the first is larger. Nil for all day.
  public var window: Window?

  /// A part of the UTC day.
  public struct Window: Hashable, Codable, Sendable {
    public var fromMinute: Int
    public var toMinute: Int

    public init(fromMinute: Int, toMinute: Int) { (self.fromMinute, self.toMinute) = (fromMinute, toMinute) }

    func contains(_ minute: Int) -> Bool {
      fromMinute <= toMinute
        ? (fromMinute..<toMinute).contains(minute) : minute >= fromMinute || minute < toMinute
    }
  }

  public init(
    input: Double, inputCached: Double? = nil, output: Double, currency: String = "USD", validFrom: Timestamp? = nil,
    window: Window? = nil
  ) {
    (self.input, self.inputCached, self.output) = (input, inputCached ?? input, output)
    (self.currency, self.validFrom, self.window) = (currency, validFrom, window)
  }

  /// The cost of an exchange.
  public func cost(_ usage: TokenUsage) -> Double {
    let fresh = Double(usage.prompt - usage.cached)
    return (fresh * input + Double(usage.cached) * inputCached + Double(usage.completion) * output) / 1e6
  }

  /// The price in force: the newest of those with a window around this time of day, else of those without one.
  public static func inForce(_ prices: [TokenPrice], at now: Timestamp) -> TokenPrice? {
    let begun = prices.filter { $0.validFrom.map { $0 <= now } ?? true }
    let minute = Int(now.nanosecondsOfDay / 60_000_000_000)
    let newest: ([TokenPrice]) -> TokenPrice? = { candidates in
      candidates.max { ($0.validFrom ?? .distantPast) < ($1.validFrom ?? .distantPast) }
    }
    return newest(begun.filter { $0.window?.contains(minute) == true }) ?? newest(begun.filter { $0.window == nil })
  }
}
