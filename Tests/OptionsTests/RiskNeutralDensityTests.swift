import Foundation
import HydraNumerics
import HydraOptions
import Testing
import TestSupport

@Suite struct RiskNeutralDensityTests {
  /// Reached: 0.0000002 (exact), 0.0042 (rounded to ticks), 0.0113 (wide); the best single one of five ordinary
  /// methods has 0.0020, 0.0068, 0.0168.
  @Test(arguments: [("none", 1e-5), ("tick", 0.0050), ("wide", 0.0125)])
  func densitiesAreNearTheTruth(_ quality: String, _ bound: Double) {
    var errors: [Double] = []
    for (item, density) in zip(DensityVectors.all.cases, DensityVectors.fitted) where item.noise == quality {
      errors.append(DensityVectors.error(density, DensityVectors.truth(item)))
    }
    let mean = errors.reduce(0, +) / Double(errors.count)
    #expect(errors.count == 30)
    #expect(mean <= bound, "mean L1 of \(quality): \(mean)")
  }

  @Test func everyDensityHasMassOneTheForwardAsMeanAndRisingProbabilities() {
    for (item, density) in zip(DensityVectors.all.cases, DensityVectors.fitted) {
      #expect(abs(density.mass - 1) <= 1e-12, "\(item.id)")
      #expect(abs(density.mean - item.forward) <= 1e-9 * item.forward, "\(item.id)")
      // Mass and mean again, from the functions of the price.
      var (mass, mean, last) = (0.0, 0.0, 0.0)
      let (low, high) = (density.quantile(1e-12), density.quantile(1 - 1e-12))
      let step = (high - low) / 4000
      for i in 0...4000 {
        let x = low + Double(i) * step
        let height = density.density(at: x)
        let weight = i == 0 || i == 4000 ? 0.5 * step : step
        #expect(height >= 0)
        mass += weight * height
        mean += weight * height * x
        let probability = density.probability(below: x)
        #expect(probability >= last, "\(item.id) at \(x)")
        last = probability
      }
      #expect(abs(mass - 1) <= 1e-6, "\(item.id): \(mass)")
      #expect(abs(mean - item.forward) <= 1e-4 * item.forward, "\(item.id): \(mean)")
    }
  }

  @Test func exactQuotesGiveQuantilesTailsAndMoments() {
    for (item, density) in zip(DensityVectors.all.cases, DensityVectors.fitted) where item.noise == "none" {
      let truth = DensityVectors.truth(item)
      for (level, quantile) in zip(truth.quantileLevels!, truth.quantiles!) {
        #expect(abs(density.quantile(level) - quantile) <= 1e-5 * quantile, "\(item.id) \(level)")
      }
      for (strike, tail) in truth.tails {
        #expect(abs(density.probability(below: Double(strike)!) - tail) <= 1e-6, "\(item.id) \(strike)")
      }
      for (x, cdf) in zip(truth.grid!, truth.cdf!) {
        #expect(abs(density.probability(below: x) - cdf) <= 1e-6)
      }
      #expect(abs(density.variance / truth.logVariance! - 1) <= 1e-4, "\(item.id)")
      #expect(abs(density.skewness - truth.logSkewness!) <= 1e-3, "\(item.id)")
      #expect(abs(density.kurtosis - truth.logKurtosis!) <= 1e-2, "\(item.id)")
      #expect(abs(density.varianceSwapRate / truth.varianceSwapRate! - 1) <= 1e-4, "\(item.id)")
    }
  }

  /// Two standard errors hold the truth at most prices, though not at all: errors along a density hang together.
  @Test func bandsHoldTheTruth() {
    var (inside, count) = (0, 0)
    for (item, density) in zip(DensityVectors.all.cases, DensityVectors.fitted) where item.noise != "none" {
      let truth = DensityVectors.truth(item)
      for (x, pdf) in zip(truth.grid!, truth.pdf!) {
        count += 1
        if density.band(at: x, deviations: 2).contains(pdf) { inside += 1 }
      }
    }
    let share = Double(inside) / Double(count)
    #expect(share > 0.85 && share < 0.999, "\(share)")
  }

  @Test func optionsAreRepricedByTheDensity() {
    for (item, density) in zip(DensityVectors.all.cases, DensityVectors.fitted) where item.noise == "none" {
      for quote in item.quotes where quote.strike > 0 {
        let value = density.value(quote.type, strike: quote.strike) * item.discount
        #expect(abs(value - quote.mid) <= 2e-5 * item.forward, "\(item.id) \(quote.strike)")
      }
    }
  }
}
