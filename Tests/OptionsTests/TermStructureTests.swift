import Foundation
import HydraNumerics
import HydraOptions
import TestSupport
import Testing

private struct TermVectors: Decodable {
  struct Point: Decodable { var expiry_days, total_variance, vol: Double }

  struct Term: Decodable {
    var expiry_days, atm_vols, forward_variances: [Double]
    var calendar_arbitrage_intervals: [Int]
    var interpolated: [Point]
  }

  struct Slice: Decodable {
    var expiry_years: Double
    var raw_svi: [Double]

    var smile: SVI {
      SVI(
        forward: 1, years: expiry_years, a: raw_svi[0], b: raw_svi[1], rho: raw_svi[2], m: raw_svi[3],
        sigma: raw_svi[4])
    }
  }

  struct Pair: Decodable {
    var near, far: Slice
    var k_range, crossing_k: [Double]
    var min_difference, argmin_k: Double
    var calendar_arbitrage: Bool
  }

  struct Event: Decodable {
    var base_vol, event_move_std, event_day: Double
    var expiry_days, vols: [Double]
  }

  var atm_term_structures: [Term]
  var slice_pairs: [Pair]
  var event_variance: [Event]

  static let shared = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/term_structure.json")))
}

@Suite struct TermStructureTests {
  @Test func totalVarianceIsInterpolatedAsInTheGoldenFile() throws {
    for c in TermVectors.shared.atm_term_structures {
      let term = try TermStructure(years: c.expiry_days.map { $0 / 365 }, volatilities: c.atm_vols)
      #expect(term.fallingGaps == c.calendar_arbitrage_intervals)
      for (got, expected) in zip(term.forwardVariances, c.forward_variances) {
        #expect(abs(got / expected - 1) <= 1e-12, "\(got) \(expected)")
      }
      for point in c.interpolated {
        let time = point.expiry_days / 365
        #expect(abs(term.totalVariance(time) / point.total_variance - 1) <= 1e-14)
        #expect(abs(term.volatility(time) / point.vol - 1) <= 1e-14)
      }
    }
  }

  @Test func crossingsOfSlicesAreFound() {
    for pair in TermVectors.shared.slice_pairs {
      let check = CalendarCheck(
        near: pair.near.smile, far: pair.far.smile, over: pair.k_range[0]...pair.k_range[1])
      #expect(check.isFree != pair.calendar_arbitrage)
      #expect(check.crossings.count == pair.crossing_k.count)
      for (got, expected) in zip(check.crossings, pair.crossing_k) { #expect(abs(got - expected) <= 1e-12) }
      // The file's minimum is that of a grid with a step of 2e-4.
      #expect(check.leastDifference <= pair.min_difference + 1e-15)
      #expect(check.leastDifference > pair.min_difference - 1e-8)
      #expect(abs(check.logMoneyness - pair.argmin_k) <= 2.01e-4)
    }
  }

  @Test func reportDaysAddTheirVariance() {
    for event in TermVectors.shared.event_variance {
      let clock = ReportClock([
        ReportClock.Report(years: event.event_day / 365, move: event.event_move_std, volatility: event.base_vol)
      ])
      for (days, expected) in zip(event.expiry_days, event.vols) {
        let time = days / 365
        let volatility = event.base_vol * (clock.time(time) / time).squareRoot()
        #expect(abs(volatility / expected - 1) <= 1e-14)
      }
    }
  }

  @Test func aReportsVarianceIsNotSmearedOverTheDaysAroundIt() throws {
    let clock = ReportClock([ReportClock.Report(years: 20.0 / 365, move: 0.05, volatility: 0.2)])
    func variance(_ days: Double) -> Double { 0.04 * days / 365 + (days >= 20 ? 0.0025 : 0) }
    let term = try TermStructure(
      years: [10.0 / 365, 40.0 / 365], totalVariances: [variance(10), variance(40)], clock: clock)
    for days in [5.0, 15, 19.9, 20, 30, 80] {
      #expect(abs(term.totalVariance(days / 365) / variance(days) - 1) < (days < 40 ? 1e-13 : 1))
    }
    let plain = try TermStructure(years: [10.0 / 365, 40.0 / 365], totalVariances: [variance(10), variance(40)])
    #expect(plain.totalVariance(19.0 / 365) > 1.3 * variance(19))
    let move = TermStructure.reportMove(
      before: (10.0 / 365, 0.2), after: (40.0 / 365, (variance(40) * 365 / 40).squareRoot()))
    #expect(abs((move ?? 0) - 0.05) < 1e-14)
  }

  @Test func impossibleTimesAreErrors() {
    #expect(throws: SmileFitError.impossibleQuote(index: 1, value: 0.1)) {
      try TermStructure(years: [0.2, 0.1], volatilities: [0.3, 0.3])
    }
    #expect(throws: SmileFitError.tooFewQuotes(count: 0, needed: 1)) { try TermStructure(years: [], volatilities: []) }
  }
}
