/// Time as variance feels it: calendar time, and an extra jump forward on each report day.
///
/// A crop report moves the price by as much as several ordinary days. With the extra time of such a day known, implied
/// volatilities of expiries before and after it become comparable, and total variance is interpolated without smearing
/// the report's share over the days around it.
///
///     let clock = ReportClock([ReportClock.Report(years: 20.0 / 365, move: 0.044, volatility: 0.202)])
///     clock.time(30.0 / 365)   // 30 days, and 17.3 that the report counts as
public struct ReportClock: Hashable, Codable, Sendable {
  /// One scheduled report.
  public struct Report: Hashable, Codable, Sendable {
    /// When it comes, in years from now; at or before now it has no influence.
    public var years: Double
    /// How many years of ordinary variance it adds; not negative.
    public var extraYears: Double

    public init(years: Double, extraYears: Double) {
      self.years = years
      self.extraYears = extraYears
    }

    /// A report whose move has a standard deviation of `move` (0.044 = 4.4 %) in a market with this volatility on
    /// ordinary days: move² / volatility² years.
    public init(years: Double, move: Double, volatility: Double) {
      self.init(years: years, extraYears: move * move / (volatility * volatility))
    }
  }

  /// The reports, in order of time.
  public let reports: [Report]

  public init(_ reports: [Report] = []) { self.reports = reports.sorted { $0.years < $1.years } }

  /// Years of ordinary variance from now to a time: its own years, and those of every report on the way.
  public func time(_ years: Double) -> Double {
    var total = years
    for report in reports where report.years > 0 && report.years <= years { total += report.extraYears }
    return total
  }
}
