import HydraNumerics

/// Where the date stands in the year and in the contract's life.
///
/// ```
/// season_sin, season_cos       sin, cos of 2π · (day of the year − 1) / 365.25;  season_sin_2, _cos_2: twice a year
/// months_to_expiry             days to the middle of the delivery month / 30.4375
/// days_since_roll              bars since the held contract changed
/// ```
struct SeasonFeatures: Sendable {
  static let names = [
    "season_sin", "season_cos", "season_sin_2", "season_cos_2", "months_to_expiry", "days_since_roll",
  ]
  private var daysSinceRoll: Int?

  mutating func update(isNewContract: Bool) { daysSinceRoll = isNewContract ? 0 : daysSinceRoll.map { $0 + 1 } }

  func write(to values: inout [Double], bar: HeldBar) {
    let phase = 2 * Double.pi * Double(bar.date.dayOfYear - 1) / 365.25
    let middle = CivilDate(year: bar.contract.year, month: bar.contract.month, day: 15)
    values.append(contentsOf: [
      Portable.sin(phase), Portable.cos(phase), Portable.sin(2 * phase), Portable.cos(2 * phase),
      Double(middle - bar.date) / 30.4375, daysSinceRoll.map(Double.init) ?? .nan,
    ])
  }
}
