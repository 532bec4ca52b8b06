import HydraNumerics

/// One bar of one of several contracts.
public struct ContractBar: Hashable, Sendable {
  public var contract: FuturesContract
  public var bar: ReplayBar
  /// Open contracts, as known when the bar has closed; nil where it is not told.
  public var openInterest: Int64?

  public init(contract: FuturesContract, bar: ReplayBar, openInterest: Int64? = nil) {
    (self.contract, self.bar, self.openInterest) = (contract, bar, openInterest)
  }
}

/// A change of the held contract: two fills, each with its cost, or none where nothing was held.
public struct ReplayRoll: Hashable, Codable, Sendable {
  /// Nanoseconds; of the second fill.
  public var time: Int64
  public var from: FuturesContract
  public var to: FuturesContract
  /// Lots held, negative when sold.
  public var lots: Int
  /// New contract's price less the old one's, in ticks, before costs.
  public var gap: Int
  /// Prices of the two fills in ticks, with their costs; nil where nothing was held.
  public var outPrice: Int?
  public var inPrice: Int?

  /// What both fills paid beyond the prices at which they were made, in ticks × lots.
  public var cost: Int {
    guard let outPrice, let inPrice else { return 0 }
    return lots * (inPrice - outPrice - gap)
  }
}

extension ReplayReport {
  /// The changes of contract as CSV, in currency.
  public func rollsCSV(_ settings: ReplayRunSettings, _ scale: TickScale) -> String {
    var writer = CSVWriter(header: ["ts", "from", "to", "position", "gap", "out_price", "in_price", "cost", "fees"])
    for roll in rolls {
      writer.add(String(roll.time))
      writer.add(roll.from.description)
      writer.add(roll.to.description)
      writer.add(roll.lots)
      writer.add(NumberText.text(scale.price(roll.gap)))
      writer.add(roll.outPrice.map { NumberText.text(scale.price($0)) } ?? "")
      writer.add(roll.inPrice.map { NumberText.text(scale.price($0)) } ?? "")
      writer.add(NumberText.text(Double(roll.cost) * settings.tick * settings.pointValue))
      writer.add(NumberText.text(2 * settings.fee * Double(abs(roll.lots))))
      writer.endRow()
    }
    return writer.text
  }
}
