import HydraMarket
import HydraNumerics
import TestSupport
import Testing

/// The public sample of oats and its neighbours, where it is at hand.
@Suite(.enabled(if: TestSupport.sharedData("market/carry/OATIES.csv.gz") != nil))
struct FeaturesRealDataTests {
  static let folder = MarketFolder(path: TestSupport.sharedData("market")!.path)
  static let world = Result { try folder.marketWithRelated("ZO", ingested: Timestamp(nanoseconds: 0)) }

  static func table(knownBy moment: Timestamp = .distantFuture) throws -> FeatureTable {
    let (primary, related) = try world.get()
    return FeatureTable(
      events: MarketHistory.events(primary: primary, related: related).prefix { $0.knownTime <= moment },
      instrument: primary.instrument, relatedSymbols: primary.instrument.related, labelHorizon: 20)
  }

  @Test func `the newest row known at a moment is the same row of the whole table`() throws {
    let whole = try Self.table()
    for text in ["1991-03-15T23:00:00Z", "2012-06-06T12:00:00Z"] {
      let moment = Timestamp(text)!
      let (then, past) = (try Self.table(knownBy: moment), whole.rows(knownBy: moment))
      #expect(then.count == past.count && then.known.last! <= moment)
      #expect(then.values.map(\.bitPattern) == past.values.map(\.bitPattern))
      #expect(then.targets!.map(\.bitPattern) == past.targets!.map(\.bitPattern))
    }
  }

  @Test func `oats have the volatility that others measured`() throws {
    let table = try Self.table()
    func median(_ name: String, _ years: ClosedRange<Int>) -> Double {
      let values = zip(table.times, table.column(name)!).filter { years.contains($0.date.year) && $1.isFinite }
      return values.map(\.1).sorted()[values.count / 2]
    }
    // Published beside the sample: 29.2 % is the median of 60-day windows 1990–2014.
    #expect(abs(median("volatility_60", 1990...2014) - 0.292) < 0.01)
    // Estimators of whole days agree with each other; those of the session alone lie below.
    #expect(abs(median("yang_zhang_20", 1990...2007) / median("volatility_20", 1990...2007) - 1) < 0.1)
    #expect(median("parkinson_20", 1990...2007) < median("volatility_20", 1990...2007))
    // Two thirds of the rows have no neighbour's price.
    let known = table.column("carry_raw")!.count { $0.isFinite }
    #expect((0.4...0.8).contains(Double(known) / Double(table.count)))
  }

  @Test func `a market without volume and reports keeps their columns`() throws {
    let table = try Self.folder.features(of: "KE")
    #expect(table.names.contains("volume_surprise") && table.column("cot_net_share")!.allSatisfy { $0.isNaN })
    #expect(table.column("return_20")!.contains { $0.isFinite })
  }
}
