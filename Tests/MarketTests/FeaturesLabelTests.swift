import HydraMarket
import HydraNumerics
import Testing

@Suite struct FeaturesLabelTests {
  static let world = RandomWalkMarket.world(days: 300, seed: 33)

  @Test(arguments: [1, 5, 20]) func `labels are changes from the second bar after the decision`(horizon: Int) {
    let history = Self.world.primary
    let labels = LabelBuilder.labels(
      MarketHistory.events(primary: history, related: Self.world.related), symbol: "ZO", horizon: horizon)
    #expect(labels.count == 300 - horizon - 1)
    let changes = FeaturesPriceTests.changes(history).absolute
    for (row, label) in labels.enumerated() {
      #expect(label.date == history.bars[row].date && label.decided == history.bars[row].times.available)
      #expect(label.entry == history.bars[row + 1].date && label.end == history.bars[row + 1 + horizon].date)
      #expect(label.known == history.bars[row + 1 + horizon].times.available)
      guard row >= 20 else {
        #expect(label.value.isNaN)
        continue
      }
      let sigma = FeaturesPriceTests.deviation(changes[...row])
      let earned = changes[(row + 2)...(row + 1 + horizon)].reduce(0, +)
      #expect(abs(label.value - earned / (sigma * Double(horizon).squareRoot())) < 1e-9)
      #expect(abs(label.scale - sigma) < 1e-9)
    }
  }

  @Test func `a label over a roll without a price is missing`() {
    var history = Self.world.primary
    history.rolls.removeAll()
    let labels = LabelBuilder.labels(MarketHistory.events(primary: history), symbol: "ZO", horizon: 5)
    // The change into bar 120 is unknown: it lies in the spans of rows 114 to 118.
    #expect(
      labels[113].value.isFinite && (114...118).allSatisfy { labels[$0].value.isNaN } && labels[119].value.isFinite)
  }

  @Test func `the table joins features with labels and hides those not yet known`() {
    let (primary, related) = Self.world
    let events = MarketHistory.events(primary: primary, related: related)
    let table = FeatureTable(
      events: events, instrument: primary.instrument, relatedSymbols: related.map(\.instrument.symbol), labelHorizon: 5)
    let labels = LabelBuilder.labels(events, symbol: "ZO", horizon: 5)
    #expect(table.count == 300)
    for (row, label) in labels.enumerated() {
      #expect(table.targets![row].bitPattern == label.value.bitPattern && table.targetKnown![row] == label.known)
      #expect(table.known[row] == label.decided)
    }
    #expect(table.targets!.suffix(6).allSatisfy { $0.isNaN })
    let past = table.rows(knownBy: table.known[200])
    #expect(past.count == 201 && past.targets![194].isFinite && past.targets![195].isNaN)
  }

  @Test func `expected gain in price units is label times scale`() {
    let label = LabelBuilder.labels(MarketHistory.events(primary: Self.world.primary), symbol: "ZO", horizon: 5)[100]
    let changes = FeaturesPriceTests.changes(Self.world.primary).absolute
    let earned = changes[102...106].reduce(0, +)
    #expect(abs(label.value * label.scale * 5.0.squareRoot() - earned) < 1e-9)
  }
}
