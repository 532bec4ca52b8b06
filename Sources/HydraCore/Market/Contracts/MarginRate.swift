import HydraNumerics

/// What an account has to hold per contract, from a date on.
public struct MarginRate: Hashable, Codable, Sendable {
  public var from: CivilDate
  /// Currency per contract to open a position.
  public var initial: Double
  /// Currency per contract to keep it.
  public var maintenance: Double

  public init(from: CivilDate, initial: Double, maintenance: Double) {
    self.from = from
    self.initial = initial
    self.maintenance = maintenance
  }
}

extension [MarginRate] {
  /// The rate in force on `date`; nil before the first one. The array is in time order.
  public func rate(on date: CivilDate) -> MarginRate? { last { $0.from <= date } }
}
