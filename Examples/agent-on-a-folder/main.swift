// Runs the agent over a market folder with a language model of one's own: agent-on-a-folder DIR SYMBOL STORE.
// Without arguments it generates a small market.
import Foundation
import HydraCore

/// Any provider is one method. This one answers from a house rule, and only when features have moved; otherwise it is
/// unreachable, and the next model in line is asked. A reply is data: it is checked, tried on the past, never obeyed.
struct HouseModel: LanguageModel {
  func reply(to request: LanguageRequest) async throws(LanguageModelError) -> LanguageReply {
    guard request.context["diagnosis"]?["cause"]?.string == "covariate" else { throw .unreachable("house model") }
    return LanguageReply(json: [
      "hypotheses": [
        ["param": "retrain.decay_half_life", "value": 504, "reason": "house rule: forget faster", "confidence": 0.5]
      ]
    ])
  }
}

let arguments = CommandLine.arguments
let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-example-\(UUID().uuidString)").path
var folder = scratch
var settings = AgentSettings()
if arguments.count > 1 {
  folder = arguments[1]
} else {
  try SyntheticWorld.generate(.init(seed: 7, years: 4)).write(to: scratch)
  settings.warmUpRows = 400
  settings.recipe.trees.rounds = 8
  settings.healing.trials = 1
}
settings.maximumPosition = 20
settings.participation = 0.05
settings.dailyLossStop = 0.03
let symbol = arguments.count > 2 ? arguments[2] : "ZO"
let store = try Store(path: arguments.count > 3 ? arguments[3] : ":memory:")

let input = try RunInput(
  folder: MarketFolder(path: folder), symbol: symbol, ingested: Timestamp(nanoseconds: 0))
if arguments.count == 1 { try FileManager.default.removeItem(atPath: scratch) }
guard let span = input.span else { fatalError("\(symbol) has no bars in \(folder)") }
let agent = Agent(store: store, settings: settings, languageModel: Failover([HouseModel(), RuleBook()]))
let report = try await agent.run(
  market: input.market, related: input.related, from: span.lowerBound, to: span.upperBound
) { progress in
  if progress.done % 250 == 0 { print(progress.date, "\(Int(100 * progress.share)) %") }
  return true
}
for arm in Arm.allCases {
  guard let summary = report.summary.arms[arm] else { continue }
  print(
    arm.rawValue, "net profit", summary.netProfit, "drawdown", summary.maximumDrawdown, "promotions",
    summary.promotions)
}
