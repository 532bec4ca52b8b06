import Foundation
import HydraMarket
import HydraNumerics
import Testing

/// Settings of a run that stand in files: what they do, and where their faults are.
@Suite struct ReplayFilesTests {
  /// A folder with files of a test's own.
  final class Scratch {
    let url: URL
    init(_ files: [String: String]) throws {
      url = FileManager.default.temporaryDirectory.appendingPathComponent("replay-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      for (name, text) in files { try Data(text.utf8).write(to: url.appendingPathComponent(name)) }
    }
    deinit { try? FileManager.default.removeItem(at: url) }
    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  }

  /// Hourly bars of three days whose averages cross.
  static var bars: String {
    var text = "ts,open,high,low,close,volume\n"
    for hour in 0..<72 {
      let price = 350 + 0.25 * Double([0, 3, 8, 12, 8, 3][hour % 6])
      text += "\(Int64(1_384_300_800 + 3600 * hour))000000000,\(price),\(price),\(price),\(price),50\n"
    }
    return text
  }

  static func record(_ scratch: Scratch, _ values: [String: String]) throws -> ReplayRecord {
    try ReplayRecord(
      file: scratch.path("bars.csv"), strategy: "sma",
      values: values.merging(["fast": "2", "slow": "3"]) { $1 }, seed: 1)
  }

  @Test func hoursMultiplyTheSpread() throws {
    let scratch = try Scratch([
      "bars.csv": Self.bars, "hours.csv": "from,spread,impact\n06:00,1,1\n18:00:00,3,1\n",
    ])
    let plain = try Self.record(scratch, ["half_spread": "0.5"])
    let timed = try Self.record(scratch, ["half_spread": "0.5", "cost_hours": scratch.path("hours.csv")])
    #expect(plain.report.fills.count == timed.report.fills.count && plain.report.fills.count > 20)
    var kinds: Set<Bool> = []
    for (a, b) in zip(plain.report.fills, timed.report.fills) {
      let hour = Timestamp(nanoseconds: a.time).nanosecondsOfDay / 3_600_000_000_000
      let isNight = hour >= 18 || hour < 6
      kinds.insert(isNight)
      #expect(a.side.sign * (b.price - a.price) == (isNight ? 4 : 0), "\(hour)")
      #expect(b.impact == 0)
    }
    #expect(kinds.count == 2)
    // The file is part of what a run is verified by.
    let manifest = timed.manifest(version: "x")
    #expect(try ReplayRecord(manifest: manifest).compare(manifest).allSatisfy(\.1))
    try Data("from,spread,impact\n06:00,1,1\n".utf8).write(to: scratch.url.appendingPathComponent("hours.csv"))
    let other = try ReplayRecord(manifest: manifest).compare(manifest).filter { !$0.1 }.map(\.0)
    #expect(other.contains("input_cost_hours") && other.contains("fills"))
  }

  @Test func cousinsAreThePriorOfFewOwnFills() throws {
    var random = CounterRandom(seed: 3, stream: "cousins")
    var cousins = "market,half_spread,impact,cost\n"
    for index in 0..<200 {
      let impact = random.uniform()
      let cost = 1.2 * 0.25 + 0.5 * impact + 0.05 * (random.uniform() - 0.5)
      cousins += "\(index % 2 == 0 ? "corn" : "wheat"),0.25,\(impact),\(cost)\n"
    }
    let scratch = try Scratch([
      "bars.csv": Self.bars, "cousins.csv": cousins, "own.csv": "half_spread,impact,cost\n0.5,0.2,1\n",
    ])
    let names = ["cost_cousins": scratch.path("cousins.csv"), "cost_noise": "0.05", "half_spread": "0.5"]
    let few = try Self.record(scratch, names.merging(["cost_fills": scratch.path("own.csv")]) { $1 })
    let said = try #require(few.summary["cost_calibration"])
    #expect(said["cousins"]?.array?.compactMap(\.string) == ["corn", "wheat"])
    #expect(said["prior_dominated"] == .bool(true) && said["observations"]?.int == 1)
    // Cousins paid 1.2 half-spreads and half of the impact; without them 1 and 0.8 are believed.
    let none = try Self.record(
      scratch, ["half_spread": "0.5", "cost_noise": "0.05", "cost_fills": scratch.path("own.csv")])
    let alone = try #require(none.summary["cost_calibration"])
    func value(_ json: JSONValue, _ key: String) throws -> Double { try #require(json[key]?.double) }
    let (learned, believed) = (try value(said, "impact_mean"), try value(alone, "impact_mean"))
    #expect(abs(learned - 0.5) < 0.1 && believed > 0.8, "\(learned) \(believed)")
    let (close, wide) = (try value(said, "impact_sd"), try value(alone, "impact_sd"))
    #expect(close < wide)
    // Without any own fill the cousins still say what the run pays at a percentile.
    let cheap = try Self.record(scratch, names.merging(["cost_percentile": "5"]) { $1 })
    let dear = try Self.record(scratch, names.merging(["cost_percentile": "95"]) { $1 })
    #expect(cheap.summary["cost_calibration"]?["observations"]?.int == 0)
    #expect(cheap.report.netProfit(cheap.configuration.settings) >= dear.report.netProfit(dear.configuration.settings))
    #expect(dear.report.fills.allSatisfy { ($0.halfSpread ?? 0) > 2 })
  }

  @Test func marginsWithDatesHoldARunBack() throws {
    let scratch = try Scratch([
      "bars.csv": Self.bars, "margins.csv": "date,initial,maintenance\n20131115,5000,4000\n2013-01-02,500,400\n",
    ])
    let run = try Self.record(scratch, ["margins": scratch.path("margins.csv"), "capital": "1000"])
    #expect(run.report.fills.contains { Timestamp(nanoseconds: $0.time).date == date("2013-11-14") })
    #expect(run.report.endings["margin"] ?? 0 > 0)
    #expect(run.configuration.settings.risk.margins.map(\.initial) == [500, 5000])
  }

  @Test func everyFaultNamesFileLineColumnAndValue() throws {
    let cases: [(key: String, text: String, fault: String)] = [
      ("margins", "date,initial\n", "1: has no column 'maintenance'"),
      (
        "margins", "date,initial,maintenance\n20130102,5,4\n2013-13-01,5,4\n",
        "3: column 'date': '2013-13-01' is not a date"
      ),
      ("margins", "date,initial,maintenance\n20130102,-5,4\n", "2: column 'initial': '-5' is not a margin"),
      (
        "margins", "date,initial,maintenance\n20130102,5,6\n", "2: column 'maintenance': '6' is not at most the initial"
      ),
      (
        "margins", "date,initial,maintenance\n20130102,5,4\n20130102,5,4\n",
        "3: column 'date': '20130102' is not another"
      ),
      ("cost_hours", "from,spread,impact\n25:00,1,1\n", "2: column 'from': '25:00' is not a time of day"),
      ("cost_hours", "from,spread,impact\n08:00,1,1\n07:00,1,1\n", "3: column 'from': '07:00' is not after"),
      ("cost_hours", "from,spread,impact\n08:00,0,1\n", "2: column 'spread': '0' is not a multiplier"),
      ("cost_hours", "from,spread,impact\n", "1: is followed by no line"),
      ("cost_cousins", "market,half_spread,impact,cost\n,1,1,1\n", "2: column 'market' is missing"),
      ("cost_cousins", "market,half_spread,impact,cost\ncorn,x,1,1\n", "2: column 'half_spread': 'x' is not a number"),
    ]
    for (key, text, fault) in cases {
      let scratch = try Scratch(["f.csv": text])
      let path = scratch.path("f.csv")
      let error = #expect(throws: ReplayConfiguration.Fault.self) {
        _ = try ReplayConfiguration(strategy: "sma", values: [key: path, "capital": "1"])
      }
      #expect(error?.description.hasPrefix("\(key): \(path):\(fault)") == true, "\(error?.description ?? "")")
      #expect(error?.kind == .data)
    }
    let missing = #expect(throws: ReplayConfiguration.Fault.self) {
      _ = try ReplayConfiguration(strategy: "sma", values: ["margins": "/nowhere/m.csv", "capital": "1"])
    }
    #expect(missing?.kind == .noFile)
  }

  @Test func settingsThatSayNothingAreRefused() throws {
    let scratch = try Scratch(["bars.csv": Self.bars, "m.csv": "date,initial,maintenance\n20130102,5,4\n"])
    for (values, word) in [
      (["roll": "volume"], "column 'contract'"), (["roll": "sometimes"], "unknown roll"),
      (["roll_days": "3"], "needs roll"),
      (["margins": scratch.path("m.csv")], "need capital"), (["cost_widening": "2"], "needs cost_cousins"),
      (["margins": scratch.path("m.csv"), "capital": "1", "initial_margin": "5"], "twice"),
    ] {
      let error = #expect(throws: ReplayConfiguration.Fault.self) { _ = try Self.record(scratch, values) }
      #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
    }
  }
}
