import HydraMarket
import HydraNumerics

/// What became of an order that was decided: lots, and what executing it cost against the price of the decision.
public struct OrderOutcome: Sendable {
  public var order: Order
  public var filled: Int
  /// What its fills rest on; nil where there are none.
  public var evidence: Fill.Evidence?
  /// Currency: delay, trading, opportunity, fees.
  public var shortfall: ImplementationShortfall
  /// How it was worked inside of a session; nil at the close.
  public var work: SessionWork?

  /// - Parameters:
  ///   - arrival: the price when it reached the market, in price units.
  ///   - end: the price at which what was not filled is counted as missed.
  init(
    _ order: Order, fills: [Fill], arrival: Double, end: Double, instrument: Instrument, fees: FeeModel,
    work: SessionWork? = nil
  ) {
    self.order = order
    self.work = work
    filled = fills.reduce(0) { $0 + $1.lots }
    evidence = fills.first?.evidence
    shortfall = ImplementationShortfall(
      order.side, lots: order.lots, decision: order.referencePrice, arrival: arrival, end: end,
      fills: fills.map { ($0.price, $0.lots) }, pointValue: instrument.pointValue, fee: fees.perContract)
  }

  init(_ order: Order, work: SessionWork, instrument: Instrument, fees: FeeModel, end: Double) {
    self.init(
      order, fills: work.fills, arrival: work.arrival ?? end, end: end, instrument: instrument, fees: fees, work: work)
  }

  /// As the journal keeps it: money to the cent.
  public var json: JSONValue {
    func cents(_ value: Double) -> JSONValue { .number((100 * value).rounded() / 100) }
    var json: JSONValue = [
      "order": JSONValue(order.id), "side": .string(order.side.rawValue), "lots": JSONValue(order.lots),
      "filled": JSONValue(filled), "evidence": evidence.map { .string($0.rawValue) } ?? .null,
      "delay": cents(shortfall.delay), "trading": cents(shortfall.trading),
      "opportunity": cents(shortfall.opportunity), "fees": cents(shortfall.fees),
    ]
    if let work { json["session"] = work.json }
    return json
  }
}
