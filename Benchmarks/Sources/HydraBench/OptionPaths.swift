import HydraNumerics
import HydraOptions

/// Black-76 over a generated chain: prices, all Greeks, implied volatilities.
enum OptionPaths {
  static func measure(_ load: Load) throws {
    let count = 100_000
    var random = CounterRandom(seed: load.seed, stream: "options")
    var kinds: [OptionKind] = []
    var (forwards, strikes, years, rates): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    var volatilities: [Double] = []
    for _ in 0..<count {
      let forward = 300 + 100 * random.uniform()
      kinds.append(random.below(2) == 0 ? .call : .put)
      forwards.append(forward)
      strikes.append(forward * (0.7 + 0.6 * random.uniform()))
      years.append(0.05 + 1.95 * random.uniform())
      rates.append(0.05 * random.uniform())
      volatilities.append(0.1 + 0.5 * random.uniform())
    }
    let options = OptionColumns(kinds: kinds, forwards: forwards, strikes: strikes, years: years, rates: rates)
    let known = Black76.price(.call, forward: 100, strike: 100, years: 1, volatility: 0.2)
    try check(abs(known - 7.965567455405797) < 1e-14, "Black-76 at the money is \(known)")

    let priced = Black76.price(options, volatilities: volatilities, threads: load.threads)
    try OptionChecks.prices(options, volatilities: volatilities, priced)
    try check(priced.statuses.allSatisfy { $0 == .ok }, "an ordinary option has no price")
    load.measure("black76 price", count: count, unit: "option") {
      Black76.price(options, volatilities: volatilities, threads: load.threads)
    }

    let greeks = Black76.greeks(options, volatilities: volatilities, threads: load.threads)
    try OptionChecks.greeks(options, volatilities: volatilities, greeks)
    load.measure("black76 greeks", count: count, unit: "option") {
      Black76.greeks(options, volatilities: volatilities, threads: load.threads)
    }

    let implied = Black76.impliedVolatility(of: priced.prices, options, threads: load.threads)
    try OptionChecks.volatilities(options, prices: priced.prices, implied)
    let vegas = greeks[.vega]
    for row in 0..<count where implied.statuses[row] == .ok {
      // Deep in the money the price says little about the volatility; times vega the error is one of price.
      let error = abs(implied.volatilities[row] - volatilities[row]) * vegas[row]
      try check(error <= 1e-13 * (forwards[row] + strikes[row]), "row \(row): implied volatility is off by \(error)")
    }
    load.measure("black76 iv", count: count, unit: "option") {
      Black76.impliedVolatility(of: priced.prices, options, threads: load.threads)
    }
  }
}
