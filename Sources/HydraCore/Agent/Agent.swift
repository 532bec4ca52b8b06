import Foundation
import HydraConnect
import HydraLearning
import HydraMarket
import HydraNumerics
import HydraStore

/// Runs the arms over a market and carries out what they ask for.
///
/// ```swift
/// let agent = Agent(store: try Store(path: "hydra.sqlite"), settings: AgentSettings())
/// let run = try await agent.run(market: oats, related: [corn, wheat], from: start, to: end) { entry in … }
/// print(run.summary.arms[.selfHealing]!.sharpe)
/// ```
/// A run is a function of data, settings and version. What it decides is journaled bar by bar; stopped at any moment, the
/// same call executes it again from the beginning, checks every entry against the journal, takes fits and experiments
/// from the store instead of repeating them, and goes on where it was stopped, to the same last byte.
public actor Agent {
  /// Raised with every change that could alter a decision; part of a run's key.
  public static let version = "0.3.0"

  private let store: Store
  private let settings: AgentSettings
  private let experiments: any ExperimentRunner
  private let languageModel: any LanguageModel
  private let advice: LanguageAdvice?
  private let threads: Int

  /// An agent on a store.
  ///
  /// Without `advice` hypotheses come from the rule book. A `languageModel` other than that is asked as advice is: for one
  /// change within ``AgentDecision``.
  public init(
    store: Store, settings: AgentSettings = AgentSettings(), experiments: any ExperimentRunner = InProcessExperiments(),
    languageModel: any LanguageModel = RuleBook(), advice: LanguageAdvice? = nil, threads: Int = 1
  ) {
    self.store = store
    self.settings = settings
    self.experiments = experiments
    let isRuleBook = languageModel is RuleBook
    self.languageModel = isRuleBook ? languageModel : RuleBook()
    self.advice =
      advice
      ?? (isRuleBook
        ? nil : LanguageAdvice(languageModel, identity: .string(String(describing: type(of: languageModel)))))
    self.threads = threads
  }

  /// How far a run is.
  public struct Progress: Sendable {
    public var date: CivilDate
    /// Bars that are finished, and bars that there are.
    public var done: Int
    public var total: Int
    /// From 0 to 1.
    public var share: Double { WorkProgress(done: done, total: total).share }
  }

  /// What went wrong with a run.
  public enum RunError: Error, Hashable, Sendable, CustomStringConvertible {
    case noBars(symbol: String, from: CivilDate, to: CivilDate)
    /// The run was asked to stop; the same call continues it.
    case interrupted(CivilDate)

    public var description: String {
      switch self {
      case .noBars(let symbol, let from, let to): "\(symbol) has no bars from \(from) to \(to)"
      case .interrupted(let date): "stopped at \(date); the same command continues"
      }
    }
  }

  /// Runs all arms over the bars from `from` to `to`; history before trains but never trades.
  ///
  /// `progress` is called after each bar of the run; when it answers false the run stops there, leaving the store
  /// consistent, and throws ``RunError/interrupted(_:)``. Between two moments, between two rounds of a fit and between
  /// two experiments it looks at its task: once that is cancelled the moment is dropped whole and `CancellationError`
  /// thrown; the same call continues from there too.
  ///
  /// With a `live` session the self-healing arm's orders go to its broker, and the feed is followed at its speed. Such a
  /// run is the same however far its data reach: called with data that have grown, it goes on where these begin to be
  /// new, and throws ``FeedError`` when their past was changed. Whatever else ends it asks for safe mode first, in the
  /// operator's journal, so that it goes on with smaller positions only.
  ///
  /// - Complexity: O(bars × features) beside the fits; each moment is one transaction of the store.
  public func run(
    market: MarketHistory, related: [MarketHistory], from: CivilDate, to: CivilDate, live: LiveSession? = nil,
    progress: @Sendable (Progress) -> Bool = { _ in true }
  ) async throws -> RunReport {
    guard let live else { return try await execute(market, related, from, to, live: nil, progress) }
    do {
      return try await execute(market, related, from, to, live: live, progress)
    } catch StoreError.conflict(let what) {
      // Another process is at work on the run: that is no failure of it.
      throw StoreError.conflict(what)
    } catch  where !(error is CancellationError || error is RunError) {
      await live.fail(error is StoreError ? "store" : error is FeedError ? "market_data" : "run", error)
      throw error
    }
  }

  private func execute(
    _ market: MarketHistory, _ related: [MarketHistory], _ from: CivilDate, _ to: CivilDate, live: LiveSession?,
    _ progress: @Sendable (Progress) -> Bool
  ) async throws -> RunReport {
    var (market, related) = (market, related)
    let instrument = market.instrument
    var total = market.bars.count { (from...to).contains($0.date) }
    guard total > 0 else { throw RunError.noBars(symbol: instrument.symbol, from: from, to: to) }
    let run = try findRun(market, related, from, to, isLive: live != nil)
    let writer = try JournalWriter(store, run: run)
    var pipeline = FeaturePipeline(instrument: instrument, relatedSymbols: instrument.related)
    var labels = LabelBuilder(symbol: instrument.symbol, horizon: settings.horizon)
    var changes = RollFreeChanges()
    var history = FeatureHistory(names: pipeline.names, horizon: settings.horizon, linear: settings.linear)
    let earlier = try EarlierTrials.count(before: run, market: instrument.symbol, in: store)
    var states = Arm.allCases.map {
      AgentState(
        arm: $0, settings: settings, instrument: instrument, features: pipeline.names, earlierTrials: earlier,
        sessions: live == nil ? market.sessions : [])
    }
    let edge = Edge(
      store: store, run: run, writer: writer, instrument: instrument, settings: settings, experiments: experiments,
      ruleBook: languageModel, advice: advice, threads: threads)
    try edge.begin(market, related, from: from, earlierTrials: earlier, isLive: live != nil)
    var controls = try ControlDesk(store, run: run)
    await live?.begin(run, market: instrument.symbol, at: from.timestamp())

    var events = RunInput(market: market, related: related).events(to: to, isLive: live != nil)
    var digest = FeedDigest()
    var done = 0
    var start = events.startIndex
    while true {
      try Task.checkCancellation()
      guard start < events.endIndex else {
        // All that there was has happened; a feed that is followed may bring more.
        let newest = market.bars.last?.date ?? from
        guard let live,
          let more = try await live.more(
            isChecking: writer.isChecking, newest: newest,
            { [digest] input in
              try digest.isContinued(by: input.events(to: to, isLive: true))
            })
        else { break }
        (market, related) = (more.market, more.related)
        events = more.events(to: to, isLive: true)
        total = market.bars.count { (from...to).contains($0.date) }
        continue
      }
      let time = events[start].knownTime
      let end = events[start...].firstIndex { $0.knownTime != time } ?? events.endIndex
      let moment = events[start..<end]
      start = end

      var bar: HeldBar?
      for event in moment {
        let label = labels.update(event)
        let vector = pipeline.update(event)
        guard event.symbol == instrument.symbol else { continue }
        if case .roll(let roll) = event { changes.update(roll) }
        guard case .bar(let held) = event, let step = changes.update(held), let vector else { continue }
        history.append(
          vector.values, date: held.date, known: held.times.available, change: step.change ?? .nan,
          volatility: pipeline.volatility.value ?? .nan, completing: label)
        bar = held
      }
      let own = moment.filter { $0.symbol == instrument.symbol }
      edge.remember(own, row: bar == nil ? nil : history.count - 1)
      if live != nil { for event in moment { try digest.update(event) } }
      if own.isEmpty { continue }
      let wasChecking = writer.isChecking
      let trades = own.contains { $0.date >= from }
      if let live {
        if let bar, trades { edge.note(digest, until: bar.date, at: time) }
        for gap in try await live.open(time, isChecking: wasChecking, trades: trades) {
          edge.note(gap, kind: "feed_gap", arm: Arm.selfHealing.rawValue, at: time)
        }
        if let state = states.first(where: { $0.arm == .selfHealing }) { try await live.compare(state.book) }
      }
      if bar != nil, trades {
        for action in try controls.actions(at: time, isChecking: wasChecking) {
          if action.kind == .halt || action.kind == .flatten { try await live?.cancelAll(at: time) }
          for index in states.indices {
            try await edge.carryOut(.control(action, at: time), &states[index], history, at: time)
          }
        }
      }
      let input = AgentInput.Moment(
        time: time, events: own, bar: bar, trades: trades)
      for index in states.indices {
        try await edge.carryOut(.moment(input), &states[index], history, at: time)
      }
      let healing = states.first { $0.arm == .selfHealing }
      let orders = live.flatMap { live in healing.map { live.named($0.book.sent, at: time, of: run) } } ?? []
      for order in orders { edge.note(order, at: time) }
      do {
        try edge.commit(at: time)
      } catch StoreError.journalMismatch(let mismatch) where live != nil {
        throw try edge.explained(mismatch, at: bar?.date ?? own[own.startIndex].date)
      }
      if let live, let healing {
        try await live.close(time, own, orders, wasChecking: wasChecking)
        try await live.show(healing, bar: trades ? bar : nil, journal: writer.head.count)
      }
      if let bar, bar.date >= from {
        done += 1
        guard progress(Progress(date: bar.date, done: done, total: total)) else { throw RunError.interrupted(bar.date) }
      }
    }
    try await live?.end()
    let report = RunReport(
      market: market, from: from, to: live == nil ? to : min(to, market.bars.last?.date ?? to), settings: settings,
      states: states, history: history,
      journalHash: writer.head.hash, runKey: run.key)
    if live == nil {
      try writer.finish(summary: report.summary.json)
    } else {
      try writer.pause(summary: report.summary.json)
    }
    return report
  }

  private func findRun(
    _ market: MarketHistory, _ related: [MarketHistory], _ from: CivilDate, _ to: CivilDate, isLive: Bool
  ) throws -> Run {
    var hashes: [String: String] = [:]
    var members: [(key: String, value: JSONValue)] = [
      ("market", .string(market.instrument.symbol)), ("from", .string(from.description)),
    ]
    if !isLive { members.append(("to", .string(to.description))) }
    members += [("related", JSONValue(related.map(\.instrument.symbol))), ("agent", try settings.json())]
    if let advice { members.append(("language", advice.json)) }
    if isLive {
      // Its data grow from day to day: what it has seen of them is compared with its journal instead.
      members.append(("live", .bool(true)))
      members.append(("instrument", try JSONValue(parsing: Array(market.instrument.encoded()))))
    } else {
      for history in [market] + related { hashes.merge(history.fileHashes) { $1 } }
    }
    let description = RunDescription(
      settings: .object(members), dataHashes: hashes, version: Self.version)
    return try store.runs.findOrCreate(description, created: from.timestamp())
  }
}

extension AgentSettings {
  /// All settings, for the run's key and for reports.
  public func json() throws -> JSONValue {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try JSONValue(parsing: Array(encoder.encode(self)))
  }
}
