// Runs the agent over a market folder: agent-on-a-folder DIR SYMBOL STORE. Without arguments it generates a small market.
import Foundation
import HydraCore

let arguments = CommandLine.arguments
let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-example-\(UUID().uuidString)").path
var folder = scratch
var settings = AgentSettings()
if arguments.count > 1 {
  folder = arguments[1]
} else {
  try SyntheticWorld.generate(.init(seed: 7, years: 5)).write(to: scratch)
  settings.warmUpRows = 400
  settings.recipe.trees.rounds = 20
}
let symbol = arguments.count > 2 ? arguments[2] : "ZO"
let store = try Store(path: arguments.count > 3 ? arguments[3] : ":memory:")

let input = try RunInput(
  folder: MarketFolder(path: folder), symbol: symbol, ingested: Timestamp(nanoseconds: 0))
guard let span = input.span else { fatalError("\(symbol) has no bars in \(folder)") }
let agent = Agent(store: store, settings: settings)
let report = try await agent.run(
  market: input.market, related: input.related, from: span.lowerBound, to: span.upperBound)
for arm in Arm.allCases {
  guard let summary = report.summary.arms[arm] else { continue }
  print(arm.rawValue, "net profit", summary.netProfit, "Sharpe", summary.sharpe ?? 0, "alarms", summary.driftAlarms)
}
