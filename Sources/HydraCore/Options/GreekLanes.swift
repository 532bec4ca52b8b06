import HydraNumerics

/// The price and the sensitivities that every model's kernel computes, for one option or for eight side by side.
protocol GreekLanes {
  associatedtype L: DoubleLanes

  var price: L { get }
  var delta: L { get }
  var gamma: L { get }
  var vega: L { get }
  var theta: L { get }
  var rho: L { get }
  var vanna: L { get }
  var volga: L { get }
  var charm: L { get }
  var veta: L { get }
  var speed: L { get }
  var zomma: L { get }
  var color: L { get }
  var ultima: L { get }
  var dualDelta: L { get }
  var dualGamma: L { get }
}

extension GreekLanes {
  /// Calls `body` with the number of each column and its value: price, then `Greeks.Name.allCases`.
  @inline(__always)
  func forEachColumn(_ body: (Int, L) -> Void) {
    body(0, price)
    body(1, delta)
    body(2, gamma)
    body(3, vega)
    body(4, theta)
    body(5, rho)
    body(6, vanna)
    body(7, volga)
    body(8, charm)
    body(9, veta)
    body(10, speed)
    body(11, zomma)
    body(12, color)
    body(13, ultima)
    body(14, dualDelta)
    body(15, dualGamma)
  }
}

extension Greeks {
  init<Values: GreekLanes>(_ values: Values) where Values.L == Double {
    self.init(
      price: values.price, delta: values.delta, gamma: values.gamma, vega: values.vega, theta: values.theta,
      rho: values.rho, vanna: values.vanna, volga: values.volga, charm: values.charm, veta: values.veta,
      speed: values.speed, zomma: values.zomma, color: values.color, ultima: values.ultima,
      dualDelta: values.dualDelta, dualGamma: values.dualGamma)
  }
}
