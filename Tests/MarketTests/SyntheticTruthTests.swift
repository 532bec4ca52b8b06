import HydraMarket
import HydraNumerics
import Testing

@Suite struct SyntheticTruthTests {
  static let world = SyntheticWorld.generate(.init(seed: 11, years: 8))

  @Test func oneShiftOfEachKindIsPlanted() {
    let shifts = Self.world.truth.shifts
    #expect(Set(shifts.map(\.kind)) == Set(PlantedShift.Kind.allCases) && shifts.count == 3)
    #expect(shifts.map(\.date) == shifts.map(\.date).sorted())
    let days = Self.world.truth.days.map(\.date)
    #expect(shifts.allSatisfy { days.contains($0.date) })
  }

  @Test func eachShiftChangesOneThing() throws {
    var settings = Self.world.settings
    settings.shifts = false
    let bare = SyntheticWorld.generate(settings).truth.days
    let shifts = Self.world.truth.shifts
    let drift = try #require(shifts.first { $0.kind == .drift })
    let volatility = try #require(shifts.first { $0.kind == .volatility })
    let relation = try #require(shifts.first { $0.kind == .relation })
    let before = Self.world.truth.days[0].volatility / bare[0].volatility
    for (day, same) in zip(Self.world.truth.days, bare) {
      #expect(day.shiftDrift == (drift.isInForce(on: day.date) ? drift.size : 0))
      let ratio = day.volatility / same.volatility / before
      #expect(abs(ratio - (volatility.isInForce(on: day.date) ? volatility.size : 1)) < 1e-12)
      if day.positionsFeature != 0 {
        let sign = relation.isInForce(on: day.date) ? -1.0 : 1
        #expect((day.positionsDrift * day.positionsFeature * sign) > 0)
      }
    }
  }

  @Test func driftIsTheSumOfItsParts() {
    for day in Self.world.truth.days {
      let regime: Double =
        switch day.regime {
        case .trendUp: 0.25
        case .trendDown: -0.25
        case .selloff: -0.3
        default: 0
        }
      let parts = regime + day.shiftDrift + day.positionsDrift + day.carryDrift + day.skewDrift
      #expect(abs(day.drift - parts) < 1e-12)
    }
  }

  @Test func faultsStandInTheLinesThatAreNamed() throws {
    for fault in Self.world.truth.faults {
      let bytes = try #require(Self.world.contents(of: fault.file))
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      let line = String(lines[fault.line - 1])
      switch fault.kind {
      case .staleSettlement, .badTick, .highBelowLow, .outsideRange, .zeroVolumeRun, .gap:
        #expect(line.hasPrefix(fault.date.description), "\(fault)")
      case .duplicate: #expect(lines[fault.line - 1] == lines[fault.line - 2], "\(fault)")
      case .restatedReport: #expect(line.hasPrefix(fault.date.description) && line.hasSuffix(",1"), "\(fault)")
      case .delayedReport: #expect(line.hasPrefix(fault.date.description), "\(fault)")
      case .clockChange:
        let right = Timestamp(fault.trueValue!)!
        let offByAnHour = [-3600, 3600].contains { line.contains(right.adding(seconds: $0).description) }
        #expect(offByAnHour && ExchangeZone.newYork.time(at: right) == (15, 30), "\(fault)")
      case .withheldReport: #expect(line > fault.date.description, "\(fault)")
      case .unitChange: #expect(lines[fault.lastLine].hasPrefix(fault.date.description), "\(fault)")
      case .crossedQuote, .settleAboveNeighbour: #expect(line.hasPrefix(fault.date.description), "\(fault)")
      case .reusedCode: #expect(lines.count { $0.contains(line.split(separator: ",")[1]) } >= 2, "\(fault)")
      }
    }
  }

  @Test func theTrueDriftIsInTheReturns() {
    // With effects five times their size the part of returns that they make is plain: a regression of returns over
    // their true volatility on the true expected ones has slope one.
    var settings = SyntheticWorld.Settings(seed: 5, years: 30)
    settings.effectScale = 5
    settings.faults = false
    let world = SyntheticWorld.generate(settings)
    var prices: [(price: Double, contract: Substring, next: Double?)] = []
    let text = String(decoding: world.contents(of: "carry/OATIES.csv")!, as: UTF8.self)
    for line in text.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      prices.append((Double(fields[3])!, fields[4], Double(fields[5])))
    }
    var (xy, xx) = (0.0, 0.0)
    for (index, day) in world.truth.days.enumerated().dropFirst() {
      let before = prices[index - 1]
      let base = before.contract == prices[index].contract ? before.price : before.next!
      let sigma = day.volatility / 252.0.squareRoot()
      let expected = day.drift / 252 / sigma
      xy += expected * (prices[index].price / base - 1) / sigma
      xx += expected * expected
    }
    // The standard error is 1/√Σx²; a 28th part of a move comes a day late.
    #expect(abs(xy / xx - 1) < 3 / xx.squareRoot() + 0.05, "slope \(xy / xx), Σx² \(xx)")
    #expect(xx > 100)
  }
}
