/// Our own order beside recorded ones.
struct ShadowOrder {
  var ticket: OrderTicket
  /// Its place among all orders that were sent.
  var entry: Int
  var state: OrderState
  /// The limit at which the order takes and waits; nil is any price.
  var price: Int?
  var waitsForStop = false
  var isResting = false
  /// Lots that wait but are not shown.
  var hidden = 0
  var aheadAtEntry: Double?
  var bidAtArrival: Int?
  var askAtArrival: Int?
}

/// What the hot loop has to know of a waiting order.
struct RestingOrder: BitwiseCopyable {
  var order: Int
  var price: Int
  /// Rises with time, counted together with recorded orders.
  var arrival: Int
  /// Recorded lots ahead; whole numbers where single orders are known, estimates otherwise.
  var ahead: Double
  /// Lots shown.
  var shown: Int
}
