import HydraNumerics

extension VolatilityModel {
  /// Standard deviation of each day's return at the reference maturity, without regime and shift:
  /// `base × month × exp(fast + slow) / √252`, both factors first-order autoregressions begun in their stationary state.
  func dailyPath(_ days: [CivilDate], random: inout CounterRandom) -> [Double] {
    let fastDecay = Portable.exp(-Portable.log(2) / fastHalfLife)
    let slowDecay = Portable.exp(-Portable.log(2) / slowHalfLife)
    let fastStep = (1 - fastDecay * fastDecay).squareRoot()
    let slowStep = (1 - slowDecay * slowDecay).squareRoot()
    let daily = base / 252.0.squareRoot()
    var fast = random.normal()
    var slow = random.normal()
    return days.map { day in
      fast = fastDecay * fast + fastStep * random.normal()
      slow = slowDecay * slow + slowStep * random.normal()
      return daily * months[day.month - 1] * Portable.exp(fastSpread * fast + slowSpread * slow)
    }
  }

  /// Each day's jump in standard deviations of that day; mostly zero.
  ///
  /// Reports come on the trading day at or after the 10th of each month.
  func jumpPath(_ days: [CivilDate], random: inout CounterRandom) -> [Double] {
    var reported = -1
    return days.map { day in
      let (year, month, dayOfMonth) = day.components
      let isReport = dayOfMonth >= 10 && reported != year * 12 + month
      if isReport { reported = year * 12 + month }
      let (place, size) = (random.uniform(), random.normal())
      return place < (isReport ? reportJumpProbability : otherJumpsPerYear / 240) ? jumpSize * size : 0
    }
  }
}
