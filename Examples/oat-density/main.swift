// Finds the density of the price at expiry in a thin chain of American options on oat futures, and draws it.
//
//     oat-density [PICTURE.svg] [QUOTES.csv FORWARD RATE YEARS]
//
// Without quotes it takes eleven of its own: few strikes, an eighth of a cent or more between bid and ask, wings without
// bid, prices in cents a bushel.
import HydraCore

let arguments = Array(CommandLine.arguments.dropFirst())
var market = FuturesOptionMarket(forward: 362.25, rate: 0.043, years: 0.21)
var quotes: OptionQuotes = [
  OptionQuote(.put, strike: 280, ask: 0.625), OptionQuote(.put, strike: 300, bid: 1, ask: 1.75),
  OptionQuote(.put, strike: 320, bid: 3.5, ask: 4.5), OptionQuote(.put, strike: 340, bid: 9, ask: 10.5),
  OptionQuote(.put, strike: 360, bid: 18.25, ask: 20.25), OptionQuote(.call, strike: 360, bid: 20.75, ask: 22.5),
  OptionQuote(.call, strike: 380, bid: 13, ask: 14.75), OptionQuote(.call, strike: 400, bid: 8.25, ask: 9.5),
  OptionQuote(.call, strike: 440, bid: 3, ask: 4), OptionQuote(.call, strike: 480, bid: 1, ask: 1.75),
  OptionQuote(.call, strike: 520, ask: 1),
]
if arguments.count == 5, let forward = Double(arguments[2]), let rate = Double(arguments[3]),
  let years = Double(arguments[4])
{
  quotes = try OptionQuotes(csv: arguments[1])
  market = FuturesOptionMarket(forward: forward, rate: rate, years: years)
}

// Grain options may be exercised early: first the European premiums of the same volatilities.
let european = quotes.european(in: market)
let density = try RiskNeutralDensity(fitting: european, in: market)
let moments = try ImpliedMoments(of: european, in: market)

print("forward \(market.forward), mean of the density \(rounded(density.mean)), mass \(rounded(density.mass))")
for share in density.models where share.weight > 0.01 {
  print("weight \(rounded(share.weight)) \(share.model.rawValue)")
}
for level in [0.05, 0.25, 0.5, 0.75, 0.95] {
  let quantile = density.quantileEstimate(level)
  print("quantile \(level): \(rounded(quantile.value)) ± \(rounded(quantile.standardError))")
}
let below = density.probabilityEstimate(below: 320)
print("below 320: \(rounded(below.value)) ± \(rounded(below.standardError))")
print("skewness \(rounded(density.skewness)) of the density, \(rounded(moments.skewness)) of the strip")
print("volatility \(rounded(moments.volatilityIndex)) model-free")
print("quoted \(rounded(moments.quotedShare)) of the variance between the strikes")
if let path = arguments.first {
  try FileBytes.write(Array(picture(of: density, quotes: quotes).utf8), to: path)
}

/// Four decimal places.
func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

/// The density with a band of two standard errors, and the quoted strikes below it.
func picture(of density: RiskNeutralDensity, quotes: OptionQuotes) -> String {
  let (low, high) = (density.quantile(0.0005), density.quantile(0.9995))
  let prices = (0...240).map { low + (high - low) * Double($0) / 240 }
  let bands = prices.map { density.band(at: $0, deviations: 2) }
  let top = bands.map(\.upperBound).max()! * 1.05
  func x(_ price: Double) -> String { "\(((price - low) / (high - low) * 6200 + 200).rounded() / 10)" }
  func y(_ value: Double) -> String { "\((2700 - value / top * 2300).rounded() / 10)" }
  func points(_ prices: [Double], _ values: [Double]) -> String {
    zip(prices, values).map { "\(x($0)),\(y($1))" }.joined(separator: " ")
  }
  let lower = points(prices, bands.map(\.lowerBound))
  let line = points(prices, prices.map { density.density(at: $0) })
  let upper = points(prices.reversed(), bands.map(\.upperBound).reversed())
  var svg = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 330" font-family="sans-serif" font-size="12">
    <rect width="660" height="330" fill="white"/>
    <text x="20" y="20" font-size="14">Price of oats at expiry, in cents: density and two standard errors</text>
    <polygon points="\(lower) \(upper)" fill="#bcd4ee"/>
    <polyline points="\(line)" fill="none" stroke="#1f4e8c"/>
    <line x1="20" x2="640" y1="270" y2="270" stroke="black"/>
    <line x1="\(x(density.forward))" x2="\(x(density.forward))" y1="36" y2="270" stroke="#888" stroke-dasharray="4 3"/>
    <text x="\(x(density.forward))" y="34" text-anchor="middle">forward \(density.forward)</text>

    """
  for strike in Set(quotes.map(\.strike)).sorted() where strike > low && strike < high {
    let place = x(strike)
    svg += "<line x1=\"\(place)\" x2=\"\(place)\" y1=\"270\" y2=\"277\" stroke=\"#b03030\"/>\n"
    svg += "<text x=\"\(place)\" y=\"292\" text-anchor=\"middle\">\(Int(strike))</text>\n"
  }
  svg += "<text x=\"20\" y=\"316\" fill=\"#b03030\">Quoted strikes</text>\n</svg>\n"
  return svg
}
