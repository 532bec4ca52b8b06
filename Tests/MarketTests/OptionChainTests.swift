import Foundation
import HydraMarket
import HydraNumerics
import HydraOptions
import Testing

/// Generated option chains, the reader of such files, and what is read out of them.
@Suite struct OptionChainTests {
  static let world: SyntheticWorld = {
    var settings = SyntheticWorld.Settings(seed: 42, years: 1)
    settings.options = true
    return SyntheticWorld.generate(settings)
  }()

  /// The world as a folder, with the chains and the history that are read from it.
  static let read: (history: MarketHistory, chains: [DailyOptionChain], findings: [DataFinding]) = {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("chains-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    do {
      try world.write(to: url.path)
      let folder = MarketFolder(path: url.path)
      return (
        try folder.history(symbol: "ZO", ingested: MarketFixture.ingested),
        try folder.chains(symbol: "ZO", ingested: MarketFixture.ingested),
        try DataCheck(folder: folder).findings(markets: ["ZO"])
      )
    } catch {
      fatalError("\(error)")
    }
  }()

  @Test func everyDayHasItsChainsAndManyStrikesNoBid() {
    let chains = Self.read.chains
    #expect(Set(chains.map(\.date)).count == Self.world.days.count)
    #expect(chains.count == Self.world.truth.smiles.count)
    let quotes = chains.flatMap(\.quotes)
    let bids = quotes.count { $0.bid != nil }
    #expect(bids > quotes.count / 3 && bids < quotes.count * 9 / 10)
    #expect(quotes.allSatisfy { ($0.bid ?? 0) <= ($0.ask ?? .infinity) })
    // Premiums in eighths of a cent; no offer far below what exercising would give.
    for chain in chains {
      for quote in chain.quotes {
        #expect(((quote.ask ?? 0) * 8).rounded() == (quote.ask ?? 0) * 8)
        let exercise = max(0, quote.kind.sign * (chain.underlying - quote.strike))
        if let ask = quote.ask { #expect(ask >= exercise - 0.5, "\(chain.date) \(quote)") }
      }
    }
  }

  @Test func withoutOptionsTheWorldIsAnother() {
    var settings = SyntheticWorld.Settings(seed: 42, years: 1)
    settings.options = false
    let bare = SyntheticWorld.generate(settings)
    #expect(bare.contents(of: "options/ZO.csv") == nil && bare.truth.smiles.isEmpty)
    #expect(bare.truth.days.allSatisfy { $0.skewDrift == 0 })
    #expect(Self.world.truth.days.contains { $0.skewDrift != 0 })
    #expect(Self.world.truth.effects.contains { $0.kind == .skew })
  }

  @Test func plantedFaultsAreFoundAndLittleElse() {
    let kinds: Set<PlantedFault.Kind> = [.crossedQuote, .settleAboveNeighbour]
    let planted = Self.world.truth.faults.filter { kinds.contains($0.kind) }
    #expect(Set(planted.map(\.kind)) == kinds)
    let found = Self.read.findings.filter { $0.file == "options/ZO.csv" }
    #expect(
      Set(planted.map { "\($0.findingKind.rawValue) \($0.line)" })
        == Set(found.map { "\($0.kind.rawValue) \($0.line ?? 0)" }))
  }

  /// The volatility that is read is the true one within a third of a point, mostly; the reversal follows the true skew.
  @Test func readingsMeetTheTruth() throws {
    let truth = Dictionary(grouping: Self.world.truth.smiles.filter { $0.expiry - $0.date >= 7 }, by: \.date)
    var errors: [Double] = []
    var pairs: [(Double, Double)] = []
    for reading in Self.read.history.implied {
      let smiles = try #require(truth[reading.date])
      let target = ImpliedReading.maturityDays / 365
      let nearest = try #require(smiles.min { abs($0.years - target) < abs($1.years - target) })
      if let volatility = reading.volatility, smiles[0].years >= target || smiles.count == 1 {
        errors.append(abs(volatility - smiles[0].atTheMoney))
      }
      if let reversal = reading.riskReversal { pairs.append((reversal, nearest.rho)) }
      if let variance = reading.variance { #expect(variance > 0 && variance < 1) }
      if let share = reading.callShare { #expect((0...1).contains(share)) }
    }
    #expect(errors.count > 20 && errors.sorted()[errors.count / 2] < 0.003)
    #expect(pairs.count > 200)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let (x, y) = (mean(pairs.map(\.0)), mean(pairs.map(\.1)))
    let covariance = mean(pairs.map { ($0.0 - x) * ($0.1 - y) })
    let spread = (mean(pairs.map { ($0.0 - x) * ($0.0 - x) }) * mean(pairs.map { ($0.1 - y) * ($0.1 - y) }))
      .squareRoot()
    #expect(covariance / spread > 0.9)
  }

  /// A reading depends on its day's chains and on earlier ones, never on later ones.
  @Test func laterChainsChangeNoReading() {
    let chains = Self.read.chains
    let half = chains.prefix { $0.date < Self.world.days[120] }
    #expect(
      ImpliedReading.readings(of: Array(half))
        == Array(Self.read.history.implied.prefix { $0.date < Self.world.days[120] }))
  }

  @Test func featuresOfOptionsFollowTheReadings() throws {
    let history = Self.read.history
    var pipeline = FeaturePipeline(instrument: history.instrument)
    var rows: [FeatureVector] = []
    for event in MarketHistory.events(primary: history) { if let row = pipeline.update(event) { rows.append(row) } }
    let place = try #require(pipeline.names.firstIndex(of: "implied_volatility"))
    for (row, reading) in zip(rows.suffix(5), history.implied.suffix(5)) {
      #expect(row.values[place] == reading.volatility ?? .nan)
    }
    #expect(rows.last?.values[try #require(pipeline.names.firstIndex(of: "variance_premium"))].isFinite == true)
    // A market without options keeps the columns.
    var bare = history
    bare.implied = []
    var other = FeaturePipeline(instrument: history.instrument)
    let last = MarketHistory.events(primary: bare).compactMap { other.update($0) }.last
    #expect(other.names == pipeline.names)
    #expect(last?.values[place].isNaN == true)
  }

  static let header = "date,contract,expiry,underlying,rate,type,strike,bid,ask,settle,volume,open_interest"
  static let row = "2014-01-02,20140300,2014-02-21,350,0.03,call,360,8,9,8.5,0,10"

  @Test(arguments: [
    ("2014-13-02,20140300,2014-02-21,350,0.03,call,360,8,9,8.5,0,10", "date"),
    ("2014-01-02,20140300,2014-01-02,350,0.03,call,360,8,9,8.5,0,10", "expiry"),
    ("2014-01-02,,2014-02-21,350,0.03,call,360,8,9,8.5,0,10", "contract"),
    ("2014-01-02,20140300,2014-02-21,0,0.03,call,360,8,9,8.5,0,10", "underlying"),
    ("2014-01-02,20140300,2014-02-21,350,0.03,straddle,360,8,9,8.5,0,10", "type"),
    ("2014-01-02,20140300,2014-02-21,350,0.03,call,-1,8,9,8.5,0,10", "strike"),
    ("2014-01-02,20140300,2014-02-21,350,0.03,call,360,-8,9,8.5,0,10", "bid"),
    ("2014-01-02,20140300,2014-02-21,350,0.03,call,360,8,inf,8.5,0,10", "ask"),
  ])
  func badFieldsAreNamed(row: String, column: String) throws {
    let fixture = try MarketFixture([
      "carry/OATIES.csv": MarketFixture.oneBar, "options/ZO.csv": [Self.header, Self.row, row],
    ])
    let error = #expect(throws: MarketDataError.self) { try fixture.oats() }
    let text = "\(try #require(error))"
    #expect(text.contains("options/ZO.csv:3") && text.contains("'\(column)'"), "\(text)")
  }

  @Test func oddQuotesAreFindingsAndRulesDecide() throws {
    let crossed = "2014-01-02,20140300,2014-02-21,350,0.03,put,340,9,8,8.5,0,10"
    let fixture = try MarketFixture([
      "carry/OATIES.csv": MarketFixture.oneBar, "options/ZO.csv": [Self.header, Self.row, crossed, Self.row],
    ])
    let found = try fixture.oats().findings.filter { $0.file == "options/ZO.csv" }
    #expect(found.map(\.kind) == [.crossedQuote, .duplicate] && found.map(\.line) == [3, 4])
    let quotes = try fixture.folder.chains(symbol: "ZO", ingested: MarketFixture.ingested)[0].quotes
    #expect(quotes.count == 2 && quotes[1].bid == nil && quotes[1].ask == nil)
    var rules = RepairRules()
    try rules.set(.crossedQuote, to: .keep)
    let kept = try fixture.folder.chains(symbol: "ZO", ingested: MarketFixture.ingested, repairs: rules)[0].quotes
    #expect(kept[1].bid == 9 && kept[1].ask == 8)
  }
}
