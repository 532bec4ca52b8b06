import HydraConnect
import HydraNumerics

/// Proposes changes by rule, without a network: the language model that is always there.
///
/// | cause | proposes |
/// |---|---|
/// | data fault | nothing: a broken feed is no reason to learn from it |
/// | volatility | sizing on a faster and on a slower volatility |
/// | relation | the window from the estimated change on; decay; leaving out the features whose weight in the forecast moved most; half the risk |
/// | covariate | decay; weights by likeness; leaving out the feature that moved most |
/// | liquidity | half the risk, or all of it when volume is back |
/// | staleness | leaves refitted to the newest years; decay |
/// | execution | a higher entry threshold; smaller orders |
///
/// Fitting the same recipe to newer data is not among them: that is maintenance and needs no proposal. Every proposal
/// raises the bar for all that follow, so there are few.
///
/// It answers in the same JSON as any other model and passes the same checks; a proposal that equals the champion's
/// present setting is left out.
public struct RuleBook: LanguageModel {
  public init() {}

  /// Answers by the table above; never fails.
  public func reply(to request: LanguageRequest) async throws(LanguageModelError) -> LanguageReply {
    let isDecision = request.replySchema == AgentDecision.schema
    let reply = Self.reply(to: request.context, isDecision: isDecision)
    return LanguageReply(json: isDecision ? Self.decision(reply) : reply)
  }

  /// The first proposal that a language model could have made too, in the form that those answer in.
  private static func decision(_ reply: JSONValue) -> JSONValue {
    let first = reply["hypotheses"]?.array?.first { item in
      guard let bound = AgentDecision.bounds.bounds[item["param"]?.string ?? ""] else { return false }
      return item["value"]?.double.map(bound.range.contains) ?? false
    }
    return [
      "diagnosis": "by rule", "hypothesis": first?["reason"] ?? "no rule of the subset applies",
      "change": ["param": first?["param"] ?? "none", "value": first?["value"] ?? 0],
      "confidence": first?["confidence"] ?? 0,
    ]
  }

  /// The reply to a context with the members `diagnosis` and `recipe`.
  ///
  /// A decision is of numbers alone, and has a window of a fixed length in place of one that begins on a day.
  static func reply(to context: JSONValue, isDecision: Bool = false) -> JSONValue {
    let diagnosis = context["diagnosis"] ?? .null
    let recipe = context["recipe"] ?? .null
    guard let cause = diagnosis["cause"]?.string.flatMap(Cause.init) else { return ["hypotheses": []] }
    let confidence = min(0.9, 0.3 + 0.1 * (diagnosis["findings"]?.array?.first?["score"]?.double ?? 0))
    var proposals: [JSONValue] = []
    func propose(_ parameter: String, _ value: JSONValue, _ reason: String) {
      guard recipe[parameter] != value else { return }
      proposals.append(
        .object([
          ("param", .string(parameter)), ("value", value), ("reason", .string(reason)),
          ("confidence", .number(confidence)),
        ]))
    }
    func names(_ key: String) -> [String] {
      (diagnosis[key]?.array ?? []).compactMap { $0["feature"]?.string }
    }
    switch cause {
    case .dataFault: break
    case .volatility:
      propose("sizing.volatility_span", .number(12), "moves changed in size: size on the newest weeks")
      propose("sizing.volatility_span", .number(24), "moves changed in size: size a little faster")
      propose("sizing.volatility_span", .number(72), "a burst that passes: size on a longer past")
    case .relation:
      if !isDecision, let date = diagnosis["change_date"] {
        propose("retrain.since_change", date, "features mean something else: learn from what came since")
      } else {
        propose(
          "retrain.window_days", .number(1260), "features mean something else: forget what is older than five years")
      }
      propose("retrain.decay_half_life", .number(504), "features mean something else: let the newest years weigh more")
      let moved = names("attributions").prefix(2)
      if !moved.isEmpty {
        propose(
          "features.drop", .array(moved.sorted().map { .string($0) }), "their weight in the forecast moved most")
      }
      propose("sizing.risk_scale", .number(0.5), "the model's skill is in doubt: half the risk")
    case .covariate:
      propose("retrain.decay_half_life", .number(756), "features moved to where few rows are: weigh the newest more")
      propose(
        "retrain.similarity_width", .number(0.5), "features moved: weigh days whose volatility was like today's")
      if let moved = names("features").first {
        propose("features.drop", .array([.string(moved)]), "it moved most")
      }
    case .staleness:
      propose("model.refit_leaves", .number(504), "the forecasts wore off: refit the leaves to the newest two years")
      propose("retrain.decay_half_life", .number(504), "the forecasts wore off: let the newest years weigh more")
    case .execution:
      propose(
        "signal.entry_threshold", .number(1.5), "trading costs more than expected: trade what pays half as much again")
      propose("risk.max_order_fraction_adv", .number(0.02), "trading costs more than expected: smaller orders")
    case .liquidity:
      let isBack = diagnosis["direction"]?.string == "up"
      propose(
        "sizing.risk_scale", .number(isBack ? 1 : 0.5),
        isBack ? "volume is back: full risk" : "volume fell: half the risk")
    }
    if let share = recipe["sizing.risk_scale"]?.double, share < 1, [.volatility, .covariate].contains(cause) {
      propose("sizing.risk_scale", .number(1), "the risk was lowered; see whether that is still right")
    }
    return .object([("hypotheses", .array(proposals))])
  }
}

extension Recipe {
  /// The settings under the names of ``Change/parameter``, for requests and journals.
  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("retrain.window_days", .number(Double(window))),
      ("retrain.decay_half_life", decayHalfLife.map { .number(Double($0)) } ?? .null),
      ("model.num_leaves", .number(Double(trees.leaves))),
      ("model.learning_rate", .number(trees.learningRate)),
      ("features.drop", .array(dropped.map { .string($0) })),
      ("sizing.volatility_span", .number(Double(volatilitySpan))),
      ("sizing.risk_scale", .number(riskScale)),
    ]
    // Only where they are set: recipes of earlier versions keep their bytes.
    if let since { members.append(("retrain.since_change", .string(since.description))) }
    if let similarityWidth { members.append(("retrain.similarity_width", .number(similarityWidth))) }
    if let entryThreshold { members.append(("signal.entry_threshold", .number(entryThreshold))) }
    if let orderFraction { members.append(("risk.max_order_fraction_adv", .number(orderFraction))) }
    return .object(members)
  }
}
