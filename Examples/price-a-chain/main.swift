// Prices a chain of American options on oat futures: volatilities, Greeks, the worth of early exercise, a smile, and what
// dealers would have to trade.
//
//     price-a-chain [QUOTES.csv FORWARD RATE YEARS]        columns type, strike, bid, ask, open_interest
//
// Without a file it takes six quotes of its own, in cents a bushel.
import HydraCore

let arguments = Array(CommandLine.arguments.dropFirst())
var market = FuturesOptionMarket(forward: 362.25, rate: 0.043, years: 0.21)
var quotes: OptionQuotes = [
  OptionQuote(.put, strike: 320, bid: 3.5, ask: 4.5, openInterest: 410),
  OptionQuote(.put, strike: 340, bid: 9, ask: 10.5, openInterest: 325),
  OptionQuote(.put, strike: 360, bid: 18.25, ask: 20.25, openInterest: 120),
  OptionQuote(.call, strike: 360, bid: 20.75, ask: 22.5, openInterest: 90),
  OptionQuote(.call, strike: 380, bid: 13, ask: 14.75, openInterest: 250),
  OptionQuote(.call, strike: 400, bid: 8.25, ask: 9.5, openInterest: 505),
]
if arguments.count == 4, let forward = Double(arguments[1]), let rate = Double(arguments[2]),
  let years = Double(arguments[3])
{
  quotes = try OptionQuotes(csv: arguments[0])
  market = FuturesOptionMarket(forward: forward, rate: rate, years: years)
}

for quote in quotes where quote.mid.isFinite {
  let mid = quote.mid
  do {
    let volatility = try American.impliedVolatility(of: mid, quote.kind, strike: quote.strike, in: market)
    let greeks = Black76.greeks(quote.kind, strike: quote.strike, volatility: volatility, in: market)
    print(
      quote.strike, quote.kind, "volatility \(rounded(volatility)), delta \(rounded(greeks.delta)),",
      "gamma \(rounded(greeks.gamma)), vanna \(rounded(greeks.vanna)), early exercise \(rounded(mid - greeks.price))")
  } catch ImpliedVolatilityError.belowIntrinsic(let gap) {
    print(quote.strike, quote.kind, "the quote is below exercise value by", gap)
  } catch ImpliedVolatilityError.aboveUpperBound(let gap) {
    print(quote.strike, quote.kind, "the quote is above the bound by", gap)
  }
}

let fitted = try SABR.calibrated(to: quotes, in: market, beta: 0.5)
let (smile, error) = (fitted.smile, fitted.fit.rootMeanSquareError)
print("SABR alpha \(rounded(smile.alpha)), rho \(rounded(smile.rho)), nu \(rounded(smile.nu)), rmse \(rounded(error))")

let exposure = try DealerExposure(of: quotes, in: market, convention: .dealersLongCallsShortPuts)
print(
  "dealers: gamma \(rounded(exposure.gamma)), vanna \(rounded(exposure.vanna)), charm \(rounded(exposure.charm)) a day")
print(
  "flips at \(exposure.flipLevels.map(rounded)), walls \(exposure.putWall ?? .nan) and \(exposure.callWall ?? .nan)")

/// Four decimal places.
func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
