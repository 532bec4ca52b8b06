import HydraMarket
import HydraNumerics
import Testing

@Suite struct SyntheticWorldTests {
  static let world = SyntheticWorld.generate(.init(seed: 1, years: 4))

  /// Lines of a file, split at commas; the header first.
  static func rows(_ path: String, of world: SyntheticWorld = world) throws -> [[String]] {
    let bytes = try #require(world.contents(of: path))
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func theSameSettingsGiveTheSameBytes() {
    #expect(SyntheticWorld.generate(Self.world.settings).hash == Self.world.hash)
    var other = Self.world.settings
    other.seed = 2
    #expect(SyntheticWorld.generate(other).hash != Self.world.hash)
  }

  /// A change here means that the same seed now gives another world: raise `SyntheticWorld.version`.
  @Test func aSmallWorldHasItsGoldenHash() {
    var settings = SyntheticWorld.Settings(seed: 20, years: 2)
    settings.effectScale = 3
    #expect(
      SyntheticWorld.generate(settings).hash == "90ba4832a555be717280e6f1a88a2c92018c03c3c5ae3ee2dc2dacd90243e5a7")
  }

  @Test func theFolderHasTheLayoutOfTheSampleData() throws {
    #expect(
      Self.world.fileRecords.map(\.path) == [
        "bars/ZO.csv", "carry/CORN.csv", "carry/OATIES.csv", "carry/SOYBEAN.csv", "carry/VIX.csv", "carry/WHEAT.csv",
        "carry/instruments.csv", "contracts.csv", "cot/ZO_commercials.csv", "daily/ZC.csv", "daily/ZO.csv",
        "daily/ZS.csv", "daily/ZW.csv", "signals/ZO.csv", "truth/days.csv", "truth/effects.csv", "truth/faults.csv",
        "truth/jumps.csv", "truth/shifts.csv", "world.json",
      ])
    for (path, header) in [
      ("carry/OATIES.csv", "datetime,carry,carry_contract,price,price_contract,forward,forward_contract"),
      ("daily/ZO.csv", "date,open,high,low,last,settle,volume,prev_open_interest"),
      ("cot/ZO_commercials.csv", "as_of_date,commercial_long,commercial_short,release_time,revision"),
    ] {
      #expect(try Self.rows(path)[0].joined(separator: ",") == header)
    }
  }

  @Test func eachContractsLastRowHasThePriceOfTheNext() throws {
    let rows = try Self.rows("carry/OATIES.csv").dropFirst()
    var rolls = 0
    for (row, next) in zip(rows, rows.dropFirst()) {
      #expect(row[5].isEmpty == (row[4] == next[4]), "\(row[0])")
      guard row[4] != next[4] else { continue }
      rolls += 1
      #expect(next[4] == row[6] && next[2] == row[4], "\(row[0])")
    }
    #expect(rolls == 20)
  }

  @Test func settlementsStayInsideTheLimit() throws {
    var last: [String: Double] = [:]
    for row in try Self.rows("bars/ZO.csv").dropFirst() {
      let (open, high, low, settle) = (Double(row[2])!, Double(row[3])!, Double(row[4])!, Double(row[5])!)
      #expect(low <= min(open, settle) && max(open, settle) <= high, "\(row)")
      if let before = last[row[1]] {
        #expect(abs(settle - before) <= 20 && high <= before + 20 && low >= before - 20, "\(row)")
      }
      if row[6] == "0" { #expect(open == settle && high == low) }
      last[row[1]] = settle
    }
  }

  @Test func theLeakIsTomorrowsPriceAndTheDecoyIsNot() throws {
    var settings = Self.world.settings
    settings.faults = false
    let clean = SyntheticWorld.generate(settings)
    let signals = try Self.rows("signals/ZO.csv", of: clean).dropFirst()
    let prices = try Self.rows("carry/OATIES.csv", of: clean).dropFirst()
    for (signal, tomorrow) in zip(signals, prices.dropFirst()) { #expect(signal[2] == tomorrow[3]) }
    #expect(signals.last?[2] == "")
    // Weeks without a report are how such a market is, not a fault of the data.
    #expect(clean.truth.faults.allSatisfy { $0.kind == .withheldReport })
  }

  @Test func switchesLeaveAllOtherDrawsAlone() throws {
    var settings = Self.world.settings
    (settings.shifts, settings.effects, settings.faults) = (false, false, false)
    let bare = SyntheticWorld.generate(settings)
    #expect(bare.truth.shifts.isEmpty && bare.truth.effects.isEmpty)
    #expect(bare.truth.days.map(\.regime) == Self.world.truth.days.map(\.regime))
    #expect(bare.contents(of: "daily/ZC.csv") == Self.world.contents(of: "daily/ZC.csv"))
    #expect(bare.truth.days.allSatisfy { $0.positionsDrift == 0 && $0.carryDrift == 0 && $0.shiftDrift == 0 })
  }

  @Test func reportsComeLateRevisedOrNotAtAll() throws {
    var settings = Self.world.settings
    settings.years = 10
    let world = SyntheticWorld.generate(settings)
    let rows = try Self.rows("cot/ZO_commercials.csv", of: world).dropFirst()
    var known: Set<String> = []
    for row in rows {
      let asOf = try #require(CivilDate(row[0]))
      let release = try #require(Timestamp(row[3]))
      #expect(release >= asOf.adding(days: 3).timestamp(hour: 19))
      #expect((row[4] == "1") == known.contains(row[0]))
      known.insert(row[0])
    }
    let kinds = Set(world.truth.faults.map(\.kind))
    #expect(kinds == Set(PlantedFault.Kind.allCases).subtracting([.crossedQuote, .settleAboveNeighbour]))
    let delayed = world.truth.faults.filter { $0.kind == .delayedReport }
    #expect(delayed.count >= 8)
    #expect(known.count >= 440 && known.count <= 523)
  }

  @Test func settingsCodeAsTheyAre() throws {
    let bytes = try #require(Self.world.contents(of: "world.json"))
    let json = try JSONValue(parsing: bytes)
    #expect(json.description.contains("\"seed\":1"))
  }
}
