import Foundation
import HydraMarket
import HydraNumerics

/// A market folder of a test's own, removed when the test is over.
final class MarketFixture {
  let url: URL
  static let ingested = CivilDate(year: 2020, month: 1, day: 1).timestamp()

  static let carryHeader = "datetime,carry,carry_contract,price,price_contract,forward,forward_contract"
  static let dailyHeader = "date,open,high,low,last,settle,volume,prev_open_interest"
  static let reportHeader = "as_of_date,commercial_long,commercial_short"

  /// - Parameter files: lines by path inside the folder.
  init(_ files: [String: [String]]) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("market-\(UUID().uuidString)")
    try write("carry/instruments.csv", Self.instruments)
    for (path, lines) in files { try write(path, lines) }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ path: String, _ lines: [String]) throws {
    try write(path, bytes: Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  func write(_ path: String, bytes: [UInt8]) throws {
    let file = url.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  var folder: MarketFolder { MarketFolder(path: url.path) }

  func oats(_ rules: RepairRules = RepairRules()) throws -> MarketHistory {
    try folder.history(symbol: "ZO", ingested: Self.ingested, repairs: rules)
  }

  /// The history of oats with these rows of the `carry` file.
  static func carry(_ rows: [String]) throws -> MarketHistory {
    try MarketFixture(["carry/OATIES.csv": [carryHeader] + rows]).oats()
  }

  static let oneBar = [carryHeader, "2014-01-02 23:00:00,,,350,20140300,,20140500"]

  static let instruments = [
    "Instrument,Description,Pointsize,Currency,AssetClass,PerBlock,Percentage,PerTrade,Region,SpreadCost,"
      + "HoldRollCycle,RollOffsetDays,CarryOffset,PricedRollCycle,ExpiryOffset",
    "CORN,Corn,50.0,USD,Ags,2.92,0.0,0,US,0.16,Z,-60.0,-1.0,HKNUZ,14.0",
    "OATIES,Oat Futures,50.0,USD,Ags,1.5,0.0,0,US,0.98,HKNUZ,-90.0,-1.0,HKNUZ,14.0",
    "VIX,Vol US equity VIX,1000.0,USD,Vol,2.38,0.0,0,US,0.025,FGHJKMNQUVXZ,-60.0,-1.0,FGHJKMNQUVXZ,19.0",
  ]
}

func date(_ text: String) -> CivilDate { CivilDate(text)! }
func time(_ text: String) -> Timestamp { Timestamp(text)! }
