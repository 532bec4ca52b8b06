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
    }
  }
}
