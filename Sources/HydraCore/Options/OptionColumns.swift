/// Many European options as a structure of arrays: element i of every array belongs to option i.
public struct OptionColumns: Hashable, Codable, Sendable {
  public var kinds: [OptionKind]
  /// Futures prices.
  public var forwards: [Double]
  /// Strikes, in the unit of the forwards.
  public var strikes: [Double]
  /// Times to expiry in years.
  public var years: [Double]
  /// Continuously compounded rates per year.
  public var rates: [Double]

  /// - Precondition: the arrays have one length; no rates mean no discounting.
  public init(kinds: [OptionKind], forwards: [Double], strikes: [Double], years: [Double], rates: [Double]? = nil) {
    self.kinds = kinds
    self.forwards = forwards
    self.strikes = strikes
    self.years = years
    self.rates = rates ?? Array(repeating: 0, count: kinds.count)
    precondition(hasOneLength, "the columns of options differ in length")
  }

  /// The number of options.
  public var count: Int { kinds.count }

  var hasOneLength: Bool {
    [forwards.count, strikes.count, years.count, rates.count].allSatisfy { $0 == kinds.count }
  }
}

/// Prices of many options and whether each could be computed.
public struct PriceColumns: Hashable, Codable, Sendable {
  /// Discounted prices; NaN where the status is not ok.
  public var prices: [Double]
  public var statuses: [PriceStatus]

  init(prices: [Double], statuses: [PriceStatus]) {
    (self.prices, self.statuses) = (prices, statuses)
  }

  /// No prices: what `into` of the batch calls is given first.
  public init() { self.init(prices: [], statuses: []) }
}

/// Prices and Greeks of many options.
public struct GreekColumns: Sendable {
  /// Discounted prices; NaN where the status is not ok.
  public internal(set) var prices: [Double]
  public internal(set) var statuses: [PriceStatus]
  var sensitivities: [[Double]]

  init(prices: [Double], statuses: [PriceStatus], sensitivities: [[Double]]) {
    (self.prices, self.statuses, self.sensitivities) = (prices, statuses, sensitivities)
  }

  /// No options: what `into` of the batch calls is given first.
  public init() {
    self.init(prices: [], statuses: [], sensitivities: [[Double]](repeating: [], count: Greeks.Name.allCases.count))
  }

  /// One sensitivity of every option.
  public subscript(name: Greeks.Name) -> [Double] {
    sensitivities[Greeks.Name.allCases.firstIndex(of: name)!]
  }
}
