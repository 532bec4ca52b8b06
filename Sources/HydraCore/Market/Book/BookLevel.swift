/// What stands at one price of one side of a book.
public struct BookLevel: Hashable, Codable, Sendable {
  /// Whole ticks.
  public var price: Int
  /// Displayed lots.
  public var lots: Int
  /// Orders; 0 where only price levels are known.
  public var orders: Int

  public init(price: Int, lots: Int, orders: Int) {
    self.price = price
    self.lots = lots
    self.orders = orders
  }
}
