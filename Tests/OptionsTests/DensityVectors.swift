import Foundation
import HydraNumerics
import HydraOptions
import TestSupport

/// The golden densities: quotes of three qualities under thirty known truths.
struct DensityVectors: Decodable {
  struct Quote: Decodable {
    var type: OptionKind
    var strike, bid, ask, mid: Double
  }

  struct Truth: Decodable {
    var sameTruthAs: String?
    var quantileLevels, quantiles, grid, pdf, cdf: [Double]?
    var tails: [String: Double]
    var logVariance, logSkewness, logKurtosis, varianceSwapRate: Double?

    enum CodingKeys: String, CodingKey {
      case quantiles, grid, pdf, cdf
      case sameTruthAs = "same_truth_as"
      case quantileLevels = "quantile_levels"
      case tails = "tail_probability_below_strike"
      case logVariance = "log_variance"
      case logSkewness = "log_skewness"
      case logKurtosis = "log_kurtosis"
      case varianceSwapRate = "variance_swap_rate"
    }
  }

  struct Case: Decodable {
    var id, model, noise: String
    var forward, years, discount: Double
    var quotes: [Quote]
    var truth: Truth

    enum CodingKeys: String, CodingKey {
      case id, noise, forward, discount, quotes, truth
      case model = "truth_model"
      case years = "expiry_years"
    }

    var market: FuturesOptionMarket {
      FuturesOptionMarket(forward: forward, rate: -log(discount) / years, years: years)
    }

    var optionQuotes: OptionQuotes {
      OptionQuotes(
        quotes.map {
          OptionQuote(
            $0.type, strike: $0.strike, bid: $0.bid > 0 ? $0.bid : nil, ask: $0.ask, statedMid: $0.mid)
        })
    }
  }

  var cases: [Case]

  static let all = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/density.json")))

  /// The truth of a case, which the other qualities of the same chain refer to.
  static func truth(_ item: Case) -> Truth {
    guard let id = item.truth.sameTruthAs else { return item.truth }
    return all.cases.first { $0.id == id }!.truth
  }

  /// A density of each case; fitted once for all tests.
  static let fitted: [RiskNeutralDensity] = parallelMap(all.cases.count, threads: 4) { index in
    let item = all.cases[index]
    return try! RiskNeutralDensity(fitting: item.optionQuotes, in: item.market)
  }

  /// ∫ |density - truth| over the truth's grid, by the trapezoid rule.
  static func error(_ density: RiskNeutralDensity, _ truth: Truth) -> Double {
    let (x, pdf) = (truth.grid!, truth.pdf!)
    let gaps = zip(x, pdf).map { abs(density.density(at: $0) - $1) }
    var sum = 0.0
    for i in 1..<x.count { sum += (gaps[i] + gaps[i - 1]) / 2 * (x[i] - x[i - 1]) }
    return sum
  }
}
