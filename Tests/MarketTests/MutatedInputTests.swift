import Foundation
import HydraMarket
import HydraNumerics
import Testing

/// Damaged files end in findings or in an error, never in a crash.
@Suite struct MutatedInputTests {
  @Test func twoThousandDamagedFoldersAreSurvived() throws {
    let daily = (0..<60).map { index -> String in
      "\(date("2013-10-14").adding(days: index)),400,404,398,401,\(400 + index % 3),\(index % 7),12"
    }
    let reports = (0..<40).map { "\(date("2013-01-08").adding(days: 7 * $0)),\(500 + $0),\(700 - $0)" }
    let originals: [(path: String, text: [String])] = [
      ("carry/OATIES.csv", [MarketFixture.carryHeader] + CarryImportTests.snapshotRows.prefix(120)),
      ("daily/ZO.csv", [MarketFixture.dailyHeader] + daily),
      ("cot/ZO_commercials.csv", [MarketFixture.reportHeader] + reports),
      ("carry/instruments.csv", MarketFixture.instruments),
    ]
    let fixture = try MarketFixture([:])
    for (path, text) in originals { try fixture.write(path, text) }
    let clean = originals.map { Array(($0.text.joined(separator: "\n") + "\n").utf8) }
    var (read, refused) = (0, 0)
    for seed in 0..<2000 {
      var random = CounterRandom(seed: UInt64(seed), stream: "mutations")
      let victim = random.below(originals.count)
      var bytes = clean[victim]
      for _ in 0...random.below(4) {
        let place = random.below(bytes.count)
        let isDigit = (48...57).contains(bytes[place])
        switch random.below(8) {
        case 0: bytes[place] ^= UInt8(1 << random.below(8))
        case 1: bytes[place] = UInt8(random.below(256))
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(Array("0123456789.,-\n\"e".utf8)[random.below(16)], at: place)
        default: if isDigit { bytes[place] = UInt8(48 + random.below(10)) }
        }
      }
      if random.below(20) == 0 { bytes.removeLast(random.below(bytes.count)) }
      try fixture.write(originals[victim].path, bytes: bytes)
      do {
        let history = try fixture.oats()
        _ = history.days()
        _ = BackAdjustedSeries(bars: history.bars, rolls: history.rolls)
        for (a, b) in zip(history.bars, history.bars.dropFirst()) { #expect(a.date < b.date) }
        #expect(history.bars.allSatisfy { $0.close > 0 && $0.close.isFinite && $0.date.weekday < 5 })
        read += 1
      } catch {
        refused += 1
      }
      try fixture.write(originals[victim].path, bytes: clean[victim])
    }
    #expect(read > 300 && refused > 300, "\(read) read, \(refused) refused")
  }
}
