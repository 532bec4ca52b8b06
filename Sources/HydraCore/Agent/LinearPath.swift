import HydraLearning
import HydraNumerics

/// The linear forecast along a history: at each row, as it was known there.
///
/// The outcome of a row is the change of the first bar that a position decided at it earns, over the volatility known at
/// the row; it is known two bars later. Models are kept as they changed, so that any row's can be asked for.
public struct LinearPath: Hashable, Sendable {
  /// What part the linear forecast has in a model.
  public enum Use: String, Codable, Sendable, CaseIterable {
    /// Trees forecast alone.
    case none
    /// It stays what it was at the fit.
    case fitted
    /// The self-healing arm takes each week what it has learnt; in the other arms it stays what it was at the fit.
    case following
  }

  /// Whether a linear forecast is part of every model, and how it learns.
  public struct Settings: Hashable, Codable, Sendable {
    public var use = Use.following
    public var regression = AdaptiveRegression.Settings()

    public init(use: Use = .following) { self.use = use }

    /// Whether the models of an arm forecast with what the linear forecast has learnt since their fit.
    func follows(in arm: Arm) -> Bool { arm == .selfHealing && use == .following }
  }

  /// Bars from a row to the end of the first bar that a position decided at it earns.
  static let delay = 2

  public let settings: Settings
  private var regression: AdaptiveRegression?
  /// The models in force, each from a row on that is a multiple of ``AdaptiveRegression/solveEvery``.
  private var models: [LinearModel]
  /// Rows so far.
  private var rows = 0

  init(columns: Int, horizon: Int, settings: Settings) {
    self.settings = settings
    models = [LinearModel(columns: columns)]
    if settings.use != .none {
      regression = AdaptiveRegression(
        columns: columns, horizon: horizon, delay: Self.delay, settings: settings.regression)
    }
  }

  /// The model as it stood when a row was the newest; the row's own features took part, its outcome did not.
  func model(at row: Int) -> LinearModel {
    models[settings.use != .none ? (row + 1) / AdaptiveRegression.solveEvery : 0]
  }

  /// Takes the newest row, and the outcome of the row ``delay`` before it.
  mutating func append(_ row: ArraySlice<Double>, outcome: Double) {
    rows += 1
    regression?.update(row, outcome: outcome)
    if let regression, rows % AdaptiveRegression.solveEvery == 0 { models.append(regression.model) }
  }
}
