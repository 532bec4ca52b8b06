import HydraNumerics

/// One typed, bounded change of how the champion is made or sized.
///
/// Whoever proposes, a rule book or a language model, can say nothing else: what does not decode to a case within its
/// bounds is refused, never clamped. No case can raise a risk limit; those that
/// concern risk only ever lower exposure below what the operator allows.
public enum Change: Hashable, Codable, Sendable {
  /// Fit the same recipe again to what is known now.
  case retrain
  /// Train on the newest so many bars.
  case trainingWindow(Int)
  /// Train on what has come since this day, the estimated one of a change of the world, and on a year at least.
  case trainingSince(CivilDate)
  /// Weight training rows by 2^(−age / half-life), in bars.
  case decayHalfLife(Int)
  /// Number of leaves of each tree.
  case leaves(Int)
  /// Shrinkage of each tree.
  case learningRate(Double)
  /// Leave these features out.
  case dropFeatures([String])
  /// Use all features again.
  case restoreFeatures
  /// Keep the trees and refit their leaf values to the newest so many bars.
  case refitLeaves(Int)
  /// Weight training rows by how like today's their volatility was: exp(−d²/2w²) of the difference d of the logarithms.
  case similarity(Double)
  /// Bring the past champion of this number back.
  case recall(Int)
  /// Let past champions and the present one forecast together, weighted by how well each has done lately.
  case ensemble
  /// Span, in bars, of the exponentially weighted volatility that positions are sized with.
  case volatilitySpan(Int)
  /// Multiply the volatility target by this share of the operator's.
  case riskScale(Double)
  /// Take new risk only where the expected gain is so many times the cost of a round trip; only ever tightens.
  case entryThreshold(Double)
  /// Largest order as a share of a day's volume; only ever tightens.
  case orderFraction(Double)

  /// The name under which replies and journals speak of the change.
  public var parameter: String {
    switch self {
    case .retrain: "retrain.now"
    case .trainingWindow: "retrain.window_days"
    case .trainingSince: "retrain.since_change"
    case .decayHalfLife: "retrain.decay_half_life"
    case .leaves: "model.num_leaves"
    case .learningRate: "model.learning_rate"
    case .dropFeatures: "features.drop"
    case .restoreFeatures: "features.restore"
    case .refitLeaves: "model.refit_leaves"
    case .similarity: "retrain.similarity_width"
    case .recall: "champion.recall"
    case .ensemble: "champion.ensemble"
    case .volatilitySpan: "sizing.volatility_span"
    case .riskScale: "sizing.risk_scale"
    case .entryThreshold: "signal.entry_threshold"
    case .orderFraction: "risk.max_order_fraction_adv"
    }
  }

  /// Whether the change concerns position sizes only and leaves predictions as they are.
  public var isSizing: Bool {
    switch self {
    case .volatilitySpan, .riskScale, .entryThreshold, .orderFraction: true
    default: false
    }
  }

  /// Parameters that take one number, with the bounds outside of which a proposal is refused.
  public static let numericBounds: [(parameter: String, range: ClosedRange<Double>, isInteger: Bool)] = [
    ("retrain.window_days", 30...7560, true),
    ("retrain.decay_half_life", 60...5040, true),
    ("model.num_leaves", 4...255, true),
    ("model.learning_rate", 0.001...0.3, false),
    ("model.refit_leaves", 60...2520, true),
    ("retrain.similarity_width", 0.1...3, false),
    ("sizing.volatility_span", 5...250, true),
    ("sizing.risk_scale", 0.1...1, false),
    ("signal.entry_threshold", 0...5, false),
    ("risk.max_order_fraction_adv", 0.001...0.05, false),
  ]

  /// Days that training may begin on; what is later than the newest row trains on the newest year.
  public static let days = CivilDate(year: 1900, month: 1, day: 1)...CivilDate(year: 2199, month: 12, day: 31)

  /// Why a proposal is not a change.
  public enum Refusal: Error, Hashable, CustomStringConvertible {
    case unknownParameter(String)
    case missingValue(parameter: String)
    case outOfBounds(parameter: String, value: Double, low: Double, high: Double)
    case notAnInteger(parameter: String, value: Double)
    case notADay(parameter: String, value: String)
    case unknownFeature(String)

    public var description: String {
      switch self {
      case .unknownParameter(let name): "'\(name)' is not a parameter that can be changed"
      case .missingValue(let name): "'\(name)' has no usable value"
      case .outOfBounds(let name, let value, let low, let high): "\(name) = \(value) is outside \(low)...\(high)"
      case .notAnInteger(let name, let value): "\(name) = \(value) is not a whole number"
      case .notADay(let name, let value):
        "\(name) = '\(value)' is not a day of \(Change.days.lowerBound)...\(Change.days.upperBound)"
      case .unknownFeature(let name): "'\(name)' is not a feature"
      }
    }
  }

  /// Decodes a proposal, refusing whatever is not exactly a change within its bounds.
  ///
  /// `value` is a number, an array of feature names for `features.drop`, a date for `retrain.since_change`, or null for `features.restore` and `retrain.now`.
  public init(parameter: String, value: JSONValue, features: [String]) throws(Refusal) {
    switch parameter {
    case "features.restore": self = .restoreFeatures
    case "retrain.now": self = .retrain
    case "retrain.since_change":
      guard let text = value.string else { throw .missingValue(parameter: parameter) }
      guard let date = CivilDate(text), Self.days.contains(date) else {
        throw .notADay(parameter: parameter, value: String(text.prefix(20)))
      }
      self = .trainingSince(date)
    case "features.drop":
      guard let names = value.array, !names.isEmpty else { throw .missingValue(parameter: parameter) }
      var dropped: [String] = []
      for name in names {
        guard let text = name.string else { throw .missingValue(parameter: parameter) }
        guard features.contains(text) else { throw .unknownFeature(text) }
        if !dropped.contains(text) { dropped.append(text) }
      }
      guard dropped.count < features.count else { throw .missingValue(parameter: parameter) }
      self = .dropFeatures(dropped.sorted())
    default:
      guard let bounds = Self.numericBounds.first(where: { $0.parameter == parameter }) else {
        throw .unknownParameter(parameter)
      }
      guard let number = value.double, number.isFinite else { throw .missingValue(parameter: parameter) }
      guard bounds.range.contains(number) else {
        throw .outOfBounds(
          parameter: parameter, value: number, low: bounds.range.lowerBound, high: bounds.range.upperBound)
      }
      guard !bounds.isInteger || number == number.rounded() else {
        throw .notAnInteger(parameter: parameter, value: number)
      }
      switch parameter {
      case "retrain.window_days": self = .trainingWindow(Int(number))
      case "retrain.decay_half_life": self = .decayHalfLife(Int(number))
      case "model.num_leaves": self = .leaves(Int(number))
      case "model.learning_rate": self = .learningRate(number)
      case "model.refit_leaves": self = .refitLeaves(Int(number))
      case "sizing.volatility_span": self = .volatilitySpan(Int(number))
      case "retrain.similarity_width": self = .similarity(number)
      case "signal.entry_threshold": self = .entryThreshold(number)
      case "risk.max_order_fraction_adv": self = .orderFraction(number)
      default: self = .riskScale(number)
      }
    }
  }

  /// The value as it stands in replies and journals.
  public var value: JSONValue {
    switch self {
    case .trainingWindow(let bars), .decayHalfLife(let bars), .leaves(let bars), .refitLeaves(let bars),
      .volatilitySpan(let bars), .recall(let bars):
      .number(Double(bars))
    case .learningRate(let number), .riskScale(let number), .entryThreshold(let number), .orderFraction(let number),
      .similarity(let number):
      .number(number)
    case .trainingSince(let date): .string(date.description)
    case .dropFeatures(let names): .array(names.map { .string($0) })
    case .restoreFeatures, .retrain, .ensemble: .null
    }
  }
}
