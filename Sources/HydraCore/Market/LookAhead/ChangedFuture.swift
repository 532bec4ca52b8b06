import HydraNumerics

extension [MarketEvent] {
  /// The events that were known at a moment, in their order.
  public func known(by moment: Timestamp) -> [MarketEvent] { filter { $0.knownTime <= moment } }

  /// The same times and dates, but another future: of the events known after a moment the figures change places within
  /// one kind and market, and size by factors between a half and two.
  public func scrambled(after moment: Timestamp, seed: UInt64) -> [MarketEvent] {
    let later = indices.filter { self[$0].knownTime > moment }
    var result = self
    let groups = Dictionary(grouping: later) { "\(self[$0].symbol) \(self[$0].kindName)" }
    for (name, places) in groups.sorted(by: { $0.key < $1.key }) {
      var random = CounterRandom(seed: seed, stream: "future \(name)")
      var sources = places
      for index in sources.indices.reversed() { sources.swapAt(index, random.below(index + 1)) }
      for (place, source) in zip(places, sources) {
        result[place] = self[place].figures(of: self[source], factor: 0.5 + 1.5 * random.uniform())
      }
    }
    return result
  }

  /// Facts that claim to have been known before what they describe had happened.
  ///
  /// Nothing that runs again can see such a fact: it has the wrong time in the whole as in the part.
  public func knownTooEarly() -> [MarketEvent] { filter { $0.knownTime < $0.eventTime } }
}

extension MarketEvent {
  fileprivate var kindName: String {
    switch self {
    case .positions: "positions"
    case .daily: "daily"
    case .implied: "implied"
    case .bar: "bar"
    case .roll: "roll"
    }
  }

  /// This event's times with another one's figures, times a factor.
  fileprivate func figures(of other: MarketEvent, factor: Double) -> MarketEvent {
    switch (self, other) {
    case (.bar(var bar), .bar(let source)):
      bar.close = source.close * factor
      bar.carryClose = source.carryClose.map { $0 * factor }
      bar.nextClose = source.nextClose.map { $0 * factor }
      return .bar(bar)
    case (.daily(var bar), .daily(let source)):
      (bar.open, bar.high) = (source.open * factor, source.high * factor)
      (bar.low, bar.settle) = (source.low * factor, source.settle * factor)
      (bar.volume, bar.previousOpenInterest) = (source.volume, source.previousOpenInterest)
      return .daily(bar)
    case (.positions(var report), .positions(let source)):
      report.commercialLong = source.commercialLong * factor
      report.commercialShort = source.commercialShort
      return .positions(report)
    case (.implied(var reading), .implied(let source)):
      for (_, figure) in ImpliedReading.figures {
        reading[keyPath: figure] = source[keyPath: figure].map { $0 * factor }
      }
      return .implied(reading)
    case (.roll(var roll), .roll(let source)):
      roll.fromPrice = source.fromPrice * factor
      roll.toPrice = source.toPrice * factor
      return .roll(roll)
    default: return self
    }
  }
}

extension MarketHistory {
  /// Everything that was known at a moment. Findings and files are not cut: nothing computes with them.
  public func known(by moment: Timestamp) -> MarketHistory {
    var history = self
    history.bars.removeAll { $0.times.available > moment }
    history.rolls.removeAll { $0.times.available > moment }
    history.daily.removeAll { $0.times.available > moment }
    history.reports.removeAll { $0.times.available > moment }
    history.implied.removeAll { $0.times.available > moment }
    return history
  }

  /// The same times with another future, see ``Swift/Array/scrambled(after:seed:)``.
  public func scrambled(after moment: Timestamp, seed: UInt64) -> MarketHistory {
    var history = self
    history.bars = []
    history.rolls = []
    history.daily = []
    history.reports = []
    history.implied = []
    for event in MarketHistory.events(primary: self).scrambled(after: moment, seed: seed) {
      switch event {
      case .bar(let bar): history.bars.append(bar)
      case .roll(let roll): history.rolls.append(roll)
      case .daily(let bar): history.daily.append(bar)
      case .positions(let report): history.reports.append(report)
      case .implied(let reading): history.implied.append(reading)
      }
    }
    return history
  }
}
