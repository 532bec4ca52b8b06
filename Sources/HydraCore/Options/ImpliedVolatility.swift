import HydraNumerics

extension Black76 {
  /// The volatility at which Black's formula gives `price`.
  ///
  /// A price at intrinsic value gives 0, one at the upper bound (the discounted forward for a call, strike for a put) ∞.
  ///
  ///     try Black76.impliedVolatility(of: 7.965567455405797, .call, forward: 100, strike: 100, years: 1)   // 0.2
  ///
  /// Accuracy: the error is at most 0.6 of what the rounding of price, forward and strike alone costs, in every regime
  /// of the golden vectors (prices from 1e-290, |ln F/K| to 300). See `ImpliedVolatilityKernel.swift` for the method.
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, forward: Double, strike: Double, years: Double, discount: Double = 1
  ) throws(ImpliedVolatilityError) -> Double {
    guard discount != 1 else {
      return try invert(price, kind, forward: forward, strike: strike, years: years, rate: 0).volatility()
    }
    return try invert(
      price, kind, forward: forward, strike: strike, years: years, discount: LanePair(discount)
    ).volatility()
  }

  /// The volatility at which the price in a market is `price`.
  public static func impliedVolatility(
    of price: Double, _ kind: OptionKind, strike: Double, in market: FuturesOptionMarket
  ) throws(ImpliedVolatilityError) -> Double {
    try invert(
      price, kind, forward: market.forward, strike: strike, years: market.years, rate: market.rate
    ).volatility()
  }

  /// The implied volatilities of many discounted prices and what became of each.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func impliedVolatility(
    of prices: [Double], _ options: OptionColumns, threads: Int = 1
  ) -> ImpliedVolatilityColumns {
    var result = ImpliedVolatilityColumns()
    impliedVolatility(of: prices, options, threads: threads, into: &result)
    return result
  }

  /// The same, into columns whose memory is used again if they hold as many options.
  public static func impliedVolatility(
    of prices: [Double], _ options: OptionColumns, threads: Int = 1, into result: inout ImpliedVolatilityColumns
  ) {
    precondition(options.hasOneLength, "the columns of options differ in length")
    precondition(prices.count == options.count, "\(prices.count) prices, \(options.count) options")
    result.fill(
      from: prices, options, threads: threads,
      core: { price, sign, forward, strike, years, rate in
        let core = ImpliedVolatilityCore(
          price: price, sign: sign, forward: forward, strike: strike, years: years, rate: rate)
        return (core.volatility, core.isOrdinary)
      },
      unusual: { price, kind, forward, strike, years, rate in
        invertUnusual(price, kind, forward: forward, strike: strike, years: years, rate: rate)
      })
  }

  private static func invert(
    _ price: Double, _ kind: OptionKind, forward: Double, strike: Double, years: Double, rate: Double
  ) -> Inversion {
    let core = ImpliedVolatilityCore(
      price: price, sign: kind.sign, forward: forward, strike: strike, years: years, rate: rate)
    if core.isOrdinary { return Inversion(value: core.volatility, status: .ok) }
    return invertUnusual(price, kind, forward: forward, strike: strike, years: years, rate: rate)
  }

  /// Inverts prices that the core leaves out: extreme ones, those at their bounds, and those without an answer.
  private static func invertUnusual(
    _ price: Double, _ kind: OptionKind, forward: Double, strike: Double, years: Double, rate: Double
  ) -> Inversion {
    if rate.isNaN { return Inversion(value: .nan, status: .nanInput) }
    let discount = BlackLimits.discount(rate: rate, years: years)
    return invert(price, kind, forward: forward, strike: strike, years: years, discount: discount)
  }

  private static func invert(
    _ price: Double, _ kind: OptionKind, forward: Double, strike: Double, years: Double, discount: LanePair<Double>
  ) -> Inversion {
    if price.isNaN || forward.isNaN || strike.isNaN || years.isNaN || discount.high.isNaN {
      return Inversion(value: .nan, status: .nanInput)
    }
    let isInside = forward >= 0 && strike >= 0 && years >= 0 && discount.high > 0
    let isFinite = forward < .infinity && strike < .infinity && years < .infinity && discount.high < .infinity
    guard isInside && isFinite else { return Inversion(value: .nan, status: .invalid) }

    // The bounds are rounded as the pricer rounds them: its own limits come back as 0 and ∞.
    let payoff = kind == .call ? LanePair(sum: forward, -strike) : LanePair(sum: strike, -forward)
    let intrinsic = payoff.high > 0 ? payoff : LanePair(0)
    let floor = (intrinsic * discount).rounded
    let ceiling = (LanePair(kind == .call ? forward : strike) * discount).rounded
    if price < floor { return Inversion(value: .nan, status: .belowIntrinsic, gap: floor - price) }
    if price > ceiling { return Inversion(value: .nan, status: .aboveMaximum, gap: price - ceiling) }
    if price == floor { return Inversion(value: 0, status: .okZeroVolatility) }
    if price == ceiling { return Inversion(value: .infinity, status: .atMaximum) }
    // Between the bounds there is a spread; without time no volatility makes it.
    guard years > 0 else { return Inversion(value: .nan, status: .invalid) }

    let tables = ElementaryTables.shared
    let isDiscounted = discount.high != 1 || discount.low != 0
    let undiscounted =
      isDiscounted
      ? LanePair.quotient(LanePair(price), discount, reciprocal: 1 / discount.high) : LanePair(price)
    let (near, far) = (min(forward, strike), max(forward, strike))
    let problem = ImpliedVolatilityProblem(
      outside: undiscounted - intrinsic, near: LanePair(near), x: tables.logRatio(near, far))
    // Rounding may move a price beside a bound onto it.
    guard problem.value.high > 0 else { return Inversion(value: 0, status: .okZeroVolatility) }
    guard problem.complement.high > 0 else { return Inversion(value: .infinity, status: .atMaximum) }

    return Inversion(value: problem.solution(tables), years: years)
  }
}

/// The outcome of one inversion.
struct Inversion {
  /// The volatility; NaN unless the status allows one.
  var value: Double
  var status: ImpliedVolatilityStatus
  /// How far the price lies outside its bounds.
  var gap = 0.0

  init(value: Double, status: ImpliedVolatilityStatus, gap: Double = 0) {
    self.value = value
    self.status = status
    self.gap = gap
  }

  /// σ = s / √T, rounded once.
  init(value s: LanePair<Double>, years: Double) {
    let root = years.squareRoot()
    let square = LanePair(product: root, root)
    let reciprocal = 1 / root
    let exactRoot = LanePair(ordered: root, ((years - square.high) - square.low) * (0.5 * reciprocal))
    self.init(value: LanePair.quotient(s, exactRoot, reciprocal: reciprocal).rounded, status: .ok)
  }

  func volatility() throws(ImpliedVolatilityError) -> Double {
    switch status {
    case .ok, .okZeroVolatility, .atMaximum: return value
    case .belowIntrinsic: throw .belowIntrinsic(by: gap)
    case .aboveMaximum: throw .aboveUpperBound(by: gap)
    case .nanInput: throw .notANumber
    case .invalid: throw .invalid
    }
  }
}

/// Implied volatilities of many options.
public struct ImpliedVolatilityColumns: Hashable, Codable, Sendable {
  /// 0 and ∞ at the bounds; NaN where the status says that there is none.
  public var volatilities: [Double]
  public var statuses: [ImpliedVolatilityStatus]

  /// No options: what `into` of the batch call is given first.
  public init() { self.init(volatilities: [], statuses: []) }

  /// Volatilities with what became of each.
  init(volatilities: [Double], statuses: [ImpliedVolatilityStatus]) {
    (self.volatilities, self.statuses) = (volatilities, statuses)
  }

  /// Inverts blocks of eight by `core`; the rows that it leaves out one by one by `unusual`.
  @inline(__always)
  mutating func fill(
    from prices: [Double], _ options: OptionColumns, threads: Int,
    core:
      @Sendable (
        _ price: SIMD8<Double>, _ sign: SIMD8<Double>, _ forward: SIMD8<Double>, _ strike: SIMD8<Double>,
        _ years: SIMD8<Double>, _ rate: SIMD8<Double>
      ) -> (volatility: SIMD8<Double>, isOrdinary: SIMD8<Double>.Flags),
    unusual:
      @Sendable (
        _ price: Double, _ kind: OptionKind, _ forward: Double, _ strike: Double, _ years: Double, _ rate: Double
      ) -> Inversion
  ) {
    let count = options.count
    if statuses.count != count { statuses = [ImpliedVolatilityStatus](repeating: .ok, count: count) }
    let blockSize = 256
    var columns = [volatilities]
    volatilities = []
    statuses.withUnsafeMutableBufferPointer { statuses in
      let statuses = SharedPointer(memory: statuses)
      statuses.memory.update(repeating: .ok)
      fillColumns(&columns, count: count) { volatilities in
        options.withPointers(prices) { inputs in
          parallelFor((count + blockSize - 1) / blockSize, threads: threads) { block in
            for start in stride(from: block * blockSize, to: min(count, (block + 1) * blockSize), by: 8) {
              let result = core(
                SIMD8(loading: inputs.values, from: start, padding: 1), inputs.signs(from: start),
                SIMD8(loading: inputs.forwards, from: start, padding: 10),
                SIMD8(loading: inputs.strikes, from: start, padding: 10),
                SIMD8(loading: inputs.years, from: start, padding: 1),
                SIMD8(loading: inputs.rates, from: start, padding: 0))
              result.volatility.store(to: volatilities[0], from: start)
              guard !all(result.isOrdinary) else { continue }
              for lane in 0..<min(8, count - start) where !result.isOrdinary[lane] {
                let index = start + lane
                let inversion = unusual(
                  inputs.values[index], inputs.kinds[index], inputs.forwards[index], inputs.strikes[index],
                  inputs.years[index], inputs.rates[index])
                volatilities[0][index] = inversion.value
                // Numbers so large that rounding leaves nothing of the price are outside the model.
                let isLost = inversion.value.isNaN && inversion.status == .ok
                statuses.memory[index] = isLost ? .invalid : inversion.status
              }
            }
          }
        }
      }
    }
    volatilities = columns[0]
  }

  /// Inverts row by row.
  init(count: Int, threads: Int, _ invert: @Sendable (Int) -> Inversion) {
    let volatilities = SharedBuffer(count: count, repeating: Double.nan)
    let statuses = SharedBuffer(count: count, repeating: ImpliedVolatilityStatus.ok)
    let blockSize = 256
    parallelFor((count + blockSize - 1) / blockSize, threads: threads) { block in
      for index in block * blockSize..<min(count, (block + 1) * blockSize) {
        let inversion = invert(index)
        volatilities.memory[index] = inversion.value
        // Numbers so large that rounding leaves nothing of the price are outside the model.
        let isLost = inversion.value.isNaN && inversion.status == .ok
        statuses.memory[index] = isLost ? .invalid : inversion.status
      }
    }
    self.volatilities = Array(volatilities.memory)
    self.statuses = Array(statuses.memory)
  }
}
