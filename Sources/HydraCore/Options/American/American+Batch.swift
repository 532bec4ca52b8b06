import HydraNumerics

extension American {
  /// The prices of many American options on futures, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func price(
    _ options: OptionColumns, volatilities: [Double], method: AmericanMethod = .accurate, threads: Int = 1
  ) -> PriceColumns {
    price(options.problems(volatilities), method: method, threads: threads)
  }

  /// The prices of many American options on spot prices, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func price(
    _ options: SpotOptionColumns, volatilities: [Double], method: AmericanMethod = .accurate, threads: Int = 1
  ) -> PriceColumns {
    price(options.problems(volatilities), method: method, threads: threads)
  }

  /// The values of an approximation's formula as they stand (see `approximation(_:spot:…)`) for options on futures.
  public static func approximation(
    _ options: OptionColumns, volatilities: [Double], method: AmericanMethod, threads: Int = 1
  ) -> [Double] {
    let problems = options.problems(volatilities)
    return parallelMap(problems.count, threads: threads) { rawApproximation(problems[$0], method: method) }
  }

  /// The values of an approximation's formula as they stand (see `approximation(_:spot:…)`) for options on spot prices.
  public static func approximation(
    _ options: SpotOptionColumns, volatilities: [Double], method: AmericanMethod, threads: Int = 1
  ) -> [Double] {
    let problems = options.problems(volatilities)
    return parallelMap(problems.count, threads: threads) { rawApproximation(problems[$0], method: method) }
  }

  /// The prices and sensitivities of many American options on futures, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func greeks(
    _ options: OptionColumns, volatilities: [Double], method: AmericanMethod = .accurate, threads: Int = 1
  ) -> (greeks: [AmericanGreeks], statuses: [PriceStatus]) {
    greeks(options.problems(volatilities), method: method, threads: threads)
  }

  /// The prices and sensitivities of many American options on spot prices, with the same bits as the single call.
  ///
  /// - Parameter threads: the result does not depend on it.
  public static func greeks(
    _ options: SpotOptionColumns, volatilities: [Double], method: AmericanMethod = .accurate, threads: Int = 1
  ) -> (greeks: [AmericanGreeks], statuses: [PriceStatus]) {
    greeks(options.problems(volatilities), method: method, threads: threads)
  }

  private static func price(_ problems: [AmericanProblem], method: AmericanMethod, threads: Int) -> PriceColumns {
    let results = parallelMap(problems.count, threads: threads) { price(problems[$0], method: method) }
    return PriceColumns(prices: results.map(\.price), statuses: results.map(\.status))
  }

  private static func greeks(
    _ problems: [AmericanProblem], method: AmericanMethod, threads: Int
  ) -> (greeks: [AmericanGreeks], statuses: [PriceStatus]) {
    let results = parallelMap(problems.count, threads: threads) { greeks(problems[$0], method: method) }
    return (results.map(\.greeks), results.map(\.status))
  }
}

extension OptionColumns {
  /// The rows as American problems.
  func problems(_ volatilities: [Double]) -> [AmericanProblem] {
    precondition(hasOneLength, "the columns of options differ in length")
    precondition(volatilities.count == count, "\(volatilities.count) volatilities, \(count) options")
    return kinds.indices.map { index in
      AmericanProblem(
        kind: kinds[index], spot: forwards[index], strike: strikes[index], years: years[index],
        volatility: volatilities[index], rate: rates[index], yield: rates[index], isFutures: true)
    }
  }
}

extension SpotOptionColumns {
  /// The rows as American problems.
  func problems(_ volatilities: [Double]) -> [AmericanProblem] {
    precondition(hasOneLength, "the columns of options differ in length")
    precondition(volatilities.count == count, "\(volatilities.count) volatilities, \(count) options")
    return kinds.indices.map { index in
      AmericanProblem(
        kind: kinds[index], spot: spots[index], strike: strikes[index], years: years[index],
        volatility: volatilities[index], rate: rates[index], yield: dividendYields[index])
    }
  }
}
