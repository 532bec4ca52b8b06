import HydraNumerics

extension Black76 {
  /// The discounted prices of many options: eight at a time, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func price(
    _ options: OptionColumns, volatilities: [Double], threads: Int = 1
  ) -> PriceColumns {
    var result = PriceColumns()
    price(options, volatilities: volatilities, threads: threads, into: &result)
    return result
  }

  /// The same, into columns whose memory is used again if they hold as many options: fresh memory costs up to half of the
  /// time.
  public static func price(
    _ options: OptionColumns, volatilities: [Double], threads: Int = 1, into result: inout PriceColumns
  ) {
    var columns = [result.prices]
    result.prices = []
    evaluate(options, volatilities, threads: threads, &columns, &result.statuses) { core, input, sink in
      sink(0, core.value(sign: input.sign, discount: core.discount))
    }
    result.prices = columns[0]
  }

  /// The prices and all Greeks of many options: eight at a time, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func greeks(
    _ options: OptionColumns, volatilities: [Double], threads: Int = 1
  ) -> GreekColumns {
    var result = GreekColumns()
    greeks(options, volatilities: volatilities, threads: threads, into: &result)
    return result
  }

  /// The same, into columns whose memory is used again if they hold as many options: fresh memory for sixteen columns
  /// costs more than the formulas.
  public static func greeks(
    _ options: OptionColumns, volatilities: [Double], threads: Int = 1, into result: inout GreekColumns
  ) {
    var columns = [result.prices] + result.sensitivities
    (result.prices, result.sensitivities) = ([], [])
    evaluate(options, volatilities, threads: threads, &columns, &result.statuses) { core, input, sink in
      let values = BlackGreeks(
        core, sign: input.sign, forward: input.forward, strike: input.strike, years: input.years,
        volatility: input.volatility, rate: input.rate)
      values.forEachColumn { sink($0, $1) }
    }
    result.prices = columns.removeFirst()
    result.sensitivities = columns
  }

  private typealias Lanes = SIMD8<Double>

  private struct Input {
    var sign, forward, strike, years, volatility, rate: Lanes
  }

  /// Runs the core on blocks of eight options, and redoes the lanes that are not ordinary one by one.
  @inline(__always)
  private static func evaluate(
    _ options: OptionColumns, _ volatilities: [Double], threads: Int, _ columns: inout [[Double]],
    _ statuses: inout [PriceStatus], _ kernel: @Sendable (BlackCore<Lanes>, Input, LaneSink) -> Void
  ) {
    precondition(options.hasOneLength, "the columns of options differ in length")
    precondition(volatilities.count == options.count, "\(volatilities.count) volatilities, \(options.count) options")
    let count = options.count
    if statuses.count != count { statuses = [PriceStatus](repeating: .ok, count: count) }
    let blockSize = 512
    statuses.withUnsafeMutableBufferPointer { statuses in
      let statuses = SharedPointer(memory: statuses)
      statuses.memory.update(repeating: .ok)
      fillColumns(&columns, count: count) { values in
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
                // Numbers so large that a price cannot be told from them are outside the model too.
                statuses.memory[index] = status == .ok && result.price.isNaN ? .invalid : status
                values[0][index] = result.price
                for (column, name) in Greeks.Name.allCases.enumerated() where column + 1 < values.count {
                  values[column + 1][index] = result[name]
                }
              }
            }
          }
        }
      }
    }
  }
}
