import HydraMarket
import HydraNumerics

/// A harder world in which a candidate is traded again beside the champion.
public enum Stress: String, Hashable, Codable, Sendable, CaseIterable {
  /// Twice the spread.
  case spread
  /// A bar of delay on top: what is decided on one bar is sent on the next.
  case latency
  /// A quarter of the volume can be had, and may be taken.
  case drought

  /// What a stress left of the two accounts.
  public struct Outcome: Hashable, Codable, Sendable {
    public var stress: Stress
    /// Annual means of daily net returns, as shares of capital.
    public var champion: Double
    public var candidate: Double

    /// Annual return of the candidate over the champion's.
    public var gain: Double { candidate - champion }
  }

  /// An account's settings under the stress.
  func applied(to settings: TradingBook.Settings) -> TradingBook.Settings {
    var settings = settings
    switch self {
    case .spread: settings.cost.halfSpread *= 2
    case .latency: break
    case .drought:
      settings.venue.participation /= 4
      settings.limits.maximumParticipation /= 4
    }
    return settings
  }

  /// Forecasts as they are acted upon under the stress.
  func applied(to forecasts: [Double]) -> [Double] { self == .latency ? [.nan] + forecasts.dropLast() : forecasts }
}
