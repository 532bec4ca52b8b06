import HydraNumerics

extension Black76 {
  /// The discounted prices of many options: eight at a time, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func price(
    _ options: OptionColumns, volatilities: [Double], threads: Int = 1
  ) -> PriceColumns {
    let result = evaluate(options, volatilities, threads: threads, columns: 1) { core, input, sink in
      sink(0, core.value(sign: input.sign, discount: core.discount))
    }
    return PriceColumns(prices: result.columns[0], statuses: PriceStatus.checked(result.statuses, result.columns[0]))
  }

  /// The prices and all Greeks of many options: eight at a time, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func greeks(
    _ options: OptionColumns, volatilities: [Double], threads: Int = 1
  ) -> GreekColumns {
    let count = 1 + Greeks.Name.allCases.count
    var result = evaluate(options, volatilities, threads: threads, columns: count) { core, input, sink in
      let values = BlackGreeks(
        core, sign: input.sign, forward: input.forward, strike: input.strike, years: input.years,
        volatility: input.volatility, rate: input.rate)
      values.forEachColumn { sink($0, $1) }
    }
    let prices = result.columns.removeFirst()
    return GreekColumns(
      prices: prices, statuses: PriceStatus.checked(result.statuses, prices), sensitivities: result.columns)
  }

  private typealias Lanes = SIMD8<Double>

  private struct Input {
    var sign, forward, strike, years, volatility, rate: Lanes
  }

  /// Runs the core on blocks of eight options, and redoes the lanes that are not ordinary one by one.
  @inline(__always)
  private static func evaluate(
    _ options: OptionColumns, _ volatilities: [Double], threads: Int, columns: Int,
    _ kernel: @Sendable (BlackCore<Lanes>, Input, LaneSink) -> Void
  ) -> (columns: [[Double]], statuses: [PriceStatus]) {
    precondition(options.hasOneLength, "the columns of options differ in length")
    precondition(volatilities.count == options.count, "\(volatilities.count) volatilities, \(options.count) options")
    let count = options.count
    let statuses = SharedBuffer(count: count, repeating: PriceStatus.ok)
    let blockSize = 512
    let filled = filledColumns(columns, of: count) { values in
      options.withPointers(volatilities) { inputs in
        parallelFor((count + blockSize - 1) / blockSize, threads: threads) { block in
          for start in stride(from: block * blockSize, to: min(count, (block + 1) * blockSize), by: 8) {
            let input = Input(
              sign: inputs.signs(from: start),
              forward: Lanes(loading: inputs.forwards, from: start, padding: 1),
              strike: Lanes(loading: inputs.strikes, from: start, padding: 1),
              years: Lanes(loading: inputs.years, from: start, padding: 1),
              volatility: Lanes(loading: inputs.values, from: start, padding: 1),
              rate: Lanes(loading: inputs.rates, from: start, padding: 0))
            let core = BlackCore(
              forward: input.forward, strike: input.strike, years: input.years, volatility: input.volatility,
              rate: input.rate)
            kernel(core, input, LaneSink(columns: values, start: start))
            guard !all(core.isOrdinary) else { continue }
            for lane in 0..<min(8, count - start) where !core.isOrdinary[lane] {
              let index = start + lane
              let (result, status) = unusualGreeks(
                inputs.kinds[index], forward: inputs.forwards[index], strike: inputs.strikes[index],
                years: inputs.years[index], volatility: inputs.values[index], rate: inputs.rates[index])
              statuses.memory[index] = status
              values[0][index] = result.price
              for (column, name) in Greeks.Name.allCases.enumerated() where column + 1 < columns {
                values[column + 1][index] = result[name]
              }
            }
          }
        }
      }
    }
    return (filled, Array(statuses.memory))
  }
}
