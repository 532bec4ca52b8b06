import HydraCore

@testable import HydraAgent
@testable import HydraMarket

/// Days of a market whose labels follow one feature: a row a day, each label known two rows later.
struct SignalDays {
  private(set) var history = FeatureHistory(names: ["signal"], horizon: 1)
  private var random: CounterRandom
  private var labels: [Double] = []
  private var date = CivilDate(year: 2010, month: 1, day: 4)

  init(seed: UInt64, stream: String) { random = CounterRandom(seed: seed, stream: stream) }

  /// Adds a day whose label is `edge` times the feature and `noise` times chance.
  mutating func next(edge: Double, noise: Double = 1) {
    let (signal, row) = (random.normal(), history.count)
    labels.append(edge * signal + noise * random.normal())
    history.append(
      [signal], date: date, known: date.timestamp(hour: 20), change: random.normal(), volatility: 1,
      completing: row < 2 ? nil : Self.label(labels[row - 2], of: row - 2, known: date, in: history))
    date = date.adding(days: 1)
  }

  /// The label of a row that becomes known on a date.
  static func label(_ value: Double, of row: Int, known date: CivilDate, in history: FeatureHistory) -> Label {
    let decided = history.dates[row]
    return Label(
      date: decided, decided: decided.timestamp(), entry: history.dates[row + 1], end: date, known: date.timestamp(),
      horizon: 1, value: value, scale: 1)
  }
}
