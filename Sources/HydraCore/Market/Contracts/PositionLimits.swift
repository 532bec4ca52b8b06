/// The most lots that an exchange allows one holder: in the month of delivery, and in all months together.
public struct PositionLimits: Hashable, Codable, Sendable {
  /// From first notice on, of that contract; nil is no limit.
  public var spotMonth: Int?
  /// Nil is no limit.
  public var allMonths: Int?

  public init(spotMonth: Int? = nil, allMonths: Int? = nil) {
    (self.spotMonth, self.allMonths) = (spotMonth, allMonths)
  }

  /// Lots that may be added on a side without going beyond a limit; orders that make a position smaller are always allowed
  /// up to the limit on the other side.
  ///
  /// - Parameters:
  ///   - position: lots of this contract, negative when sold; with the lots of orders that work on this side already.
  ///   - others: lots of the other months, netted.
  public func room(_ side: Side, position: Int, others: Int = 0, isSpotMonth: Bool) -> Int {
    var room = Int.max
    if let allMonths { room = min(room, allMonths - side.sign * (position + others)) }
    if isSpotMonth, let spotMonth { room = min(room, spotMonth - side.sign * position) }
    return max(0, room)
  }
}
