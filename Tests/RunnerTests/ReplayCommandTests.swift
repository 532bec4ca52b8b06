import Foundation
import HydraCore
import Testing

/// `hydra replay run` and `verify` as they are called.
@Suite struct ReplayCommandTests {
  /// Minute bars over twelve days that rise and fall, so that averages cross.
  private static func bars() -> String {
    var text = "ts,open,high,low,close,volume\n"
    var random = CounterRandom(seed: 5, stream: "bars")
    var price = 400.0
    for day in 0..<12 {
      for minute in 0..<120 {
        let next = price + (random.uniform() < 0.5 ? -0.25 : 0.25) * Double(1 + random.below(3))
        let time = 1_577_976_600 + day * 86_400 + minute * 60
        text += "\(time)000000000,\(price),\(max(price, next)),\(min(price, next)),\(next),\(1 + random.below(9))\n"
        price = next
      }
    }
    return text
  }

  /// Minute bars of two contracts on trade dates around the roll of December 2013.
  private static func contracts() -> String {
    var text = "ts,contract,open,high,low,close,volume\n"
    var random = CounterRandom(seed: 6, stream: "contracts")
    var (price, day) = (340.0, CivilDate(year: 2013, month: 11, day: 12))
    while day < CivilDate(year: 2013, month: 12, day: 3) {
      for minute in 0..<60 {
        let next = price + 0.25 * Double(random.below(7) - 3)
        let time = day.timestamp().nanoseconds + Int64(15 * 3600 + 60 * minute) * 1_000_000_000
        for (name, gap) in [("ZOZ13", 0.0), ("ZOH14", 5.0)] {
          let (open, close) = (price + gap, next + gap)
          text += "\(time),\(name),\(open),\(max(open, close)),\(min(open, close)),\(close),\(1 + random.below(9))\n"
        }
        price = next
      }
      day = TradingHours.cbotGrains.tradeDate(after: day)
    }
    return text
  }

  @Test func aRunGoesFromOneContractToTheNext() throws {
    try RunnerProcess.inScratch { folder in
      let file = folder.appendingPathComponent("contracts.csv")
      try Data(Self.contracts().utf8).write(to: file)
      let margins = folder.appendingPathComponent("margins.csv")
      try Data("date,initial,maintenance\n20130102,10,8\n2013-11-20,12,nine\n".utf8).write(to: margins)
      let target = folder.appendingPathComponent("run").path
      let call = ["replay", "run", file.path, "--strategy", "sma", "--dir", target, "--set", "half_spread=0.5"]
      let made = try RunnerProcess.run(call)
      #expect(made.status == 0, "\(made.errors)")
      #expect(try JSONValue(parsing: Array(made.output.utf8))["rolls"]?.int == 1)
      let rolls = String(decoding: try FileBytes.read("\(target)/rolls.csv"), as: UTF8.self).split(separator: "\n")
      #expect(rolls.count == 2 && rolls[1].contains(",ZOZ13,ZOH14,") && rolls[1].contains(",5,"))
      #expect(try RunnerProcess.run(["replay", "verify", target]).status == 0)
      let refused = try RunnerProcess.run(call + ["--set", "margins=\(margins.path)", "--set", "capital=100"])
      #expect(refused.status == 65)
      #expect(
        refused.errors.contains("margins.csv:3: column 'maintenance': 'nine' is not a number"), "\(refused.errors)")
    }
  }

  @Test func aRunStatesHowSureItsResultIs() throws {
    try RunnerProcess.inScratch { folder in
      let file = folder.appendingPathComponent("bars.csv")
      try Data(Self.bars().utf8).write(to: file)
      let target = folder.appendingPathComponent("run").path
      func run(_ trials: String) throws -> JSONValue {
        let made = try RunnerProcess.run(
          ["replay", "run", file.path, "--strategy", "sma", "--trials", trials, "--dir", target])
        #expect(made.status == 0, "\(made.errors)")
        return try JSONValue(parsing: Array(made.output.utf8))
      }
      let (one, many) = (try run("1"), try run("500"))
      let (single, deflated) = (try #require(one["statistics"]), try #require(many["statistics"]))
      let written = try JSONValue(parsing: FileBytes.read("\(target)/statistics.json"))
      #expect(written == deflated)
      let psr = try #require(single["psr"]?.double)
      // One trial chose nothing; of five hundred the best looks good by luck alone.
      #expect(single["dsr"]?.double == psr)
      #expect(try #require(deflated["dsr"]?.double) < psr)
      #expect(single["sharpe"] == deflated["sharpe"] && single["newey_west_t"]?.double != nil)
      let periods = try #require(single["periods"]?.double)
      #expect(periods > 2)
      let verified = try RunnerProcess.run(["replay", "verify", target])
      #expect(verified.status == 0, "\(verified.errors)")
      #expect(try RunnerProcess.run(["replay", "run", file.path, "--strategy", "sma", "--trials", "0"]).status == 64)
      try Data((deflated.prettyText.replacingOccurrences(of: "500", with: "1") + "\n").utf8).write(
        to: URL(fileURLWithPath: "\(target)/statistics.json"))
      let changed = try RunnerProcess.run(["replay", "verify", target])
      #expect(changed.status == 65 && changed.errors.contains("file_statistics.json differ"), "\(changed.errors)")
    }
  }
}
