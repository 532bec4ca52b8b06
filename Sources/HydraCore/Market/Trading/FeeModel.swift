/// Fees in currency per contract and side.
public struct FeeModel: Hashable, Codable, Sendable {
  public var exchange: Double
  public var clearing: Double
  public var broker: Double

  public init(exchange: Double = 0, clearing: Double = 0, broker: Double) {
    precondition(
      [exchange, clearing, broker].allSatisfy { $0.isFinite },
      "a fee is not a number: \(exchange) \(clearing) \(broker)")
    self.exchange = exchange
    self.clearing = clearing
    self.broker = broker
  }

  /// The instrument's commission, which stands for all three.
  public init(_ instrument: Instrument) { self.init(broker: instrument.commission) }

  public var perContract: Double { exchange + clearing + broker }

  /// Currency for one side of `lots` contracts.
  public func fee(lots: Int) -> Double { perContract * Double(lots) }
}
