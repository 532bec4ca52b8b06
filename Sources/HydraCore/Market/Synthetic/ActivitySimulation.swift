import HydraNumerics

/// Volume and open interest of every listed contract, independent of prices.
///
/// ```
/// ln volume = ln profile(rank, days to the front's expiry) + common + calm noise - quietness (E - 1)
/// ```
/// `common` is a market-wide first-order autoregression, bent downwards, `E` an exponential variable: thin days are far
/// thinner than busy days are busy. The profile is the real second-nearby's: smallest just after the front expires,
/// largest before the front goes into delivery.
struct ActivitySimulation: Sendable {
  /// Contracts by day and rank, see ``ContractSchedule/slot(day:contract:)``.
  private(set) var volumes: [Int32]
  private(set) var openInterest: [Int32]

  init(model: ActivityModel, symbol: String, schedule: ContractSchedule, volumeFactor: [Double], seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "activity \(symbol)")
    let listed = schedule.cycle.listed
    volumes = Array(repeating: 0, count: schedule.days.count * listed)
    openInterest = volumes
    let step = (1 - model.commonPersistence * model.commonPersistence).squareRoot()
    // Open interest breathes slowly: half a year's memory.
    let slowDecay = 0.995
    let slowStep = (1 - slowDecay * slowDecay).squareRoot()
    let skewScale = model.commonSpread / (1 + 2 * model.commonSkew * model.commonSkew).squareRoot()
    let monthScale = schedule.contracts.map { contract in
      model.volumeScale * model.monthScale[schedule.cycle.months.firstIndex(of: contract.month)!]
    }
    var common = random.normal()
    var slow = random.normal()
    for (day, date) in schedule.days.enumerated() {
      common = model.commonPersistence * common + step * random.normal()
      slow = slowDecay * slow + slowStep * random.normal()
      let mood = skewScale * (common - model.commonSkew * (common * common - 1))
      let front = schedule.front[day]
      let daysToExpiry = Double(schedule.expiries[front] - date)
      for rank in 0..<listed {
        let slot = day * listed + rank
        let noise = 0.3 * random.normal() - model.quietness * (random.exponential() - 1)
        let size =
          Profile.volume(rank: rank, daysToFrontExpiry: daysToExpiry) * monthScale[front + rank] * volumeFactor[day]
          * Portable.exp(mood + noise)
        let isEmpty = random.uniform() * (model.emptyVolume + size) < model.emptyVolume
        volumes[slot] = isEmpty ? 0 : Int32(min(size.rounded(), 1e9))
        let ownDays = Double(schedule.expiries[front + rank] - date)
        let open =
          model.openInterest * Profile.openInterest(daysToExpiry: ownDays)
          * Portable.exp(0.3 * slow + 0.01 * random.normal())
        openInterest[slot] = Int32(min(open.rounded(), 1e9))
      }
    }
  }

  /// Shapes over a contract's life; piecewise linear in the logarithm.
  private enum Profile {
    /// Median contracts a day of real oats by calendar days to the front's expiry, 2000 to 2014.
    static let second: [(Double, Double)] = [
      (2, 487), (10, 591), (17, 765), (25, 478), (38, 378), (52, 185), (67, 100), (85, 60),
    ]
    /// The front trades what the second does not yet, until it goes into delivery.
    static let first: [(Double, Double)] = [(0, 5), (10, 40), (17, 150), (25, 400), (38, 700), (55, 800)]
    static let third: [(Double, Double)] = [(2, 70), (30, 50), (85, 25)]
    static let open: [(Double, Double)] = [
      (0, 0.01), (5, 0.04), (15, 0.15), (30, 0.5), (45, 0.85), (75, 1), (120, 0.8), (180, 0.4), (250, 0.15),
      (400, 0.03),
    ]

    static func volume(rank: Int, daysToFrontExpiry days: Double) -> Double {
      switch rank {
      case 0: interpolate(first, days)
      case 1: interpolate(second, days)
      case 2: interpolate(third, days)
      case 3: 15
      case 4: 8
      case 5: 4
      default: 2
      }
    }

    static func openInterest(daysToExpiry days: Double) -> Double { interpolate(open, days) }

    private static func interpolate(_ points: [(Double, Double)], _ x: Double) -> Double {
      guard x > points[0].0 else { return points[0].1 }
      for index in 1..<points.count where x <= points[index].0 {
        let (left, right) = (points[index - 1], points[index])
        let share = (x - left.0) / (right.0 - left.0)
        return left.1 * Portable.exp(share * Portable.log(right.1 / left.1))
      }
      return points[points.count - 1].1
    }
  }
}
