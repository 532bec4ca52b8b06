import HydraNumerics

/// Level and changes of a volatility index or its future, in index points. Names start with the symbol.
///
/// `change_5` and `change_20` are sums of roll-free changes. Missing when the newest bar is older than
/// `maximumPriceAge` days, or the index is not in the data.
struct VolatilityIndexFeatures: Sendable {
  let symbol: String
  let names: [String]
  private let maximumAge: Int
  private var changes = RollFreeChanges()
  private var recent = TrailingWindow(capacity: 20)
  private var newest: (date: CivilDate, close: Double)?

  init(symbol: String, _ settings: FeatureSettings) {
    self.symbol = symbol
    maximumAge = settings.maximumPriceAge
    names = ["level", "change_5", "change_20"].map { "\(symbol)_\($0)" }
  }

  mutating func update(_ roll: Roll) { changes.update(roll) }

  mutating func update(_ bar: HeldBar) {
    guard let step = changes.update(bar) else { return }
    recent.append(step.change ?? .nan)
    newest = (bar.date, bar.close)
  }

  func write(to values: inout [Double], date: CivilDate) {
    guard let newest, (0...maximumAge).contains(date - newest.date) else {
      values.append(contentsOf: [.nan, .nan, .nan])
      return
    }
    // A deviation of 1/√h leaves the plain sum.
    func sum(_ h: Int) -> Double { recent.scaledSum(newest: h, deviation: 1) * Double(h).squareRoot() }
    values.append(contentsOf: [newest.close, sum(5), sum(20)])
  }
}
