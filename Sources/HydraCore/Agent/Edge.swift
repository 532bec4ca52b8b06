import Foundation
import HydraConnect
import HydraLearning
import HydraMarket
import HydraNumerics
import HydraStore

/// Where effects become real: the journal, the registry, fits, experiments and the language model.
///
/// Each moment is one transaction: what the arms decided and what that changed in the store are kept together or not at
/// all. Fits, experiments and a language model's replies are artefacts under the hash of what they follow from, so that
/// a run that is executed again takes them from the store.
final class Edge {
  let store: Store
  let run: Run
  private let writer: JournalWriter
  private let instrument: Instrument
  let settings: AgentSettings
  private let experiments: any ExperimentRunner
  let ruleBook: any LanguageModel
  let advice: LanguageAdvice?
  private let threads: Int
  private var batches: [ExperimentData.Batch] = []
  private var waiting: [MarketEvent] = []
  /// Entries of the moment, each with what it changes in the store.
  private var pending: [(entry: JournalEntry, effects: [(Store.Transaction) throws -> Void])] = []

  init(
    store: Store, run: Run, writer: JournalWriter, instrument: Instrument, settings: AgentSettings,
    experiments: any ExperimentRunner, ruleBook: any LanguageModel, advice: LanguageAdvice?, threads: Int
  ) {
    self.store = store
    self.run = run
    self.writer = writer
    self.instrument = instrument
    self.settings = settings
    self.experiments = experiments
    (self.ruleBook, self.advice) = (ruleBook, advice)
    self.threads = threads
  }

  /// Journals what the run depends on: settings, files with their hashes, and what was odd about them.
  func begin(
    _ market: MarketHistory, _ related: [MarketHistory], from: CivilDate, earlierTrials: Int, isLive: Bool
  ) throws {
    let time = from.timestamp()
    var members: [(String, JSONValue)] = [
      ("key", .string(run.key)), ("market", .string(instrument.symbol)), ("version", .string(Agent.version)),
      ("earlier_trials", JSONValue(earlierTrials)), ("settings", try settings.json()),
    ]
    guard !isLive else {
      // Files that grow have no lasting hash: each bar's digest stands in for them.
      try writer.append([JournalEntry(time: time, kind: "run", payload: .object(members))])
      return
    }
    var files: [(String, JSONValue)] = []
    for history in [market] + related {
      for (name, hash) in history.fileHashes.sorted(by: { $0.key < $1.key }) { files.append((name, .string(hash))) }
    }
    var counts: [String: Int] = [:]
    for finding in market.findings { counts[finding.kind.rawValue, default: 0] += 1 }
    members += [
      ("files", .object(files.map { (key: $0.0, value: $0.1) })),
      ("findings", .object(counts.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue($0.value)) })),
    ]
    try writer.append([JournalEntry(time: time, kind: "run", payload: .object(members))])
    try writer.append(Self.repairs([market] + related, at: time))
  }

  /// Most repairs of one market that get an entry each; the count of all is in the last entry of the market.
  static let longestRepairList = 2000

  /// An entry for each repair of the data, and one a market with how many of each kind there were.
  private static func repairs(_ histories: [MarketHistory], at time: Timestamp) -> [JournalEntry] {
    histories.flatMap { history -> [JournalEntry] in
      let repairs = history.repairs
      guard !repairs.isEmpty else { return [] }
      let symbol = JSONValue.string(history.instrument.symbol)
      let counts = Dictionary(repairs.map { ("\($0.kind.rawValue) \($0.rule.rawValue)", 1) }, uniquingKeysWith: +)
      let total = JournalEntry(
        time: time, kind: "repairs",
        payload: [
          "market": symbol, "count": JSONValue(repairs.count),
          "listed": JSONValue(min(repairs.count, longestRepairList)),
          "kinds": .object(counts.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue($0.value)) }),
        ])
      return repairs.prefix(longestRepairList).map { repair in
        var payload = repair.json
        payload["market"] = symbol
        return JournalEntry(time: time, kind: "repair", payload: payload)
      } + [total]
    }
  }

  /// Keeps the market's own events for experiments, as many bars as those can ask for. What came since the bar before,
  /// rolls above all, goes with the next bar.
  func remember(_ events: some Sequence<MarketEvent>, row: Int?) {
    waiting += events
    guard let row else { return }
    batches.append(.init(row: row, events: waiting))
    waiting = []
    if batches.count > 2 * keptBatches { batches.removeFirst(batches.count - keptBatches) }
  }

  /// Batches that an experiment can ask for: the compared bars, and those before them that volume is learnt from.
  private var keptBatches: Int {
    max(settings.healing.evaluationBars, settings.healing.challengeBars * settings.healing.challenges) + 120
  }

  /// Steps an arm with an input, and with the answers to what it asks for, until it asks for nothing more.
  func carryOut(
    _ input: AgentInput, _ state: inout AgentState, _ history: FeatureHistory, at time: Timestamp
  ) async throws {
    var inputs = [input]
    while !inputs.isEmpty {
      let input = inputs.removeFirst()
      let effects = try safely(input, &state, history)
      for effect in effects {
        do {
          if let answer = try await carryOut(effect, state, history, at: time) { inputs.append(answer) }
        } catch  where Self.isInternal(error) {
          inputs.append(.failed(stage: effect.stage, reason: "\(error)"))
        }
      }
    }
  }

  /// Steps a state; when that fails inside, the state goes back to what it was and on in safe mode.
  ///
  /// A moment of the market cannot be left out: its errors are errors of the data, and end the run.
  private func safely(
    _ input: AgentInput, _ state: inout AgentState, _ history: FeatureHistory
  ) throws -> [AgentEffect] {
    if case .moment = input { return try state.next(input, history: history) }
    let before = state
    do {
      return try state.next(input, history: history)
    } catch  where Self.isInternal(error) {
      state = before
      return try state.next(.failed(stage: input.stage, reason: "\(error)"), history: history)
    }
  }

  /// Whether an error is the agent's own: not of the store, not of the journal, and no wish to stop.
  static func isInternal(_ error: any Error) -> Bool { !(error is StoreError || error is CancellationError) }

  /// Adds what is about to be sent to a broker.
  func note(_ order: BrokerOrder, at time: Timestamp) {
    let asked = order.approved.order
    note(
      .object([
        ("client_id", .string(order.clientID)), ("order", JSONValue(asked.id)),
        ("contract", .string(asked.contract.description)), ("lots", JSONValue(asked.signedLots)),
        ("kind", .string(asked.kind.rawValue)), ("reason", .string(asked.reason.rawValue)),
        ("reference_price", .number(asked.referencePrice)),
      ]), kind: "order", arm: Arm.selfHealing.rawValue, at: time)
  }

  /// Adds what a live run has seen of its feed.
  func note(_ digest: FeedDigest, until date: CivilDate, at time: Timestamp) {
    note(
      ["date": .string(date.description), "events": JSONValue(digest.count), "sha256": .string(digest.hex)],
      kind: Self.feedKind, arm: "", at: time)
  }

  private static let feedKind = "feed"

  /// What it means that a live run does not repeat its journal: other data, where the entry is that of the feed.
  func explained(_ mismatch: JournalMismatch, at date: CivilDate) throws -> any Error {
    var filter = JournalFilter()
    filter.kinds = [Self.feedKind]
    let isFeed = try store.journal.entries(of: run, filter).contains { $0.sequence == mismatch.sequence }
    return isFeed ? FeedError.pastChanged(until: date) : StoreError.journalMismatch(mismatch)
  }

  /// Adds an entry to the moment's.
  func note(_ payload: JSONValue, kind: String, arm: String, at time: Timestamp) {
    pending.append((JournalEntry(time: time, arm: arm, kind: kind, payload: payload), []))
  }

  /// Writes the moment's entries and effects in one transaction.
  func commit(at time: Timestamp) throws {
    guard !pending.isEmpty else { return }
    defer { pending = [] }
    if pending.allSatisfy({ $0.effects.isEmpty }) {
      try writer.append(pending.map(\.entry))
      return
    }
    try store.write { transaction in
      for (entry, effects) in pending {
        try writer.append(entry, in: transaction) { for effect in effects { try effect($0) } }
      }
    }
  }

  // MARK: - Effects

  private func carryOut(
    _ effect: AgentEffect, _ state: AgentState, _ history: FeatureHistory, at time: Timestamp
  ) async throws -> AgentInput? {
    let arm = state.arm.rawValue
    switch effect {
    case .journal(let kind, let payload):
      pending.append((JournalEntry(time: time, arm: arm, kind: kind, payload: payload), []))
    case .fit(let recipe, let purpose):
      return try fit(recipe, purpose, history)
    case .diagnose(let alarm): return .diagnosed(Diagnostician().diagnose(alarm, evidence(state, history)))
    case .propose(let diagnosis, let recipe):
      return try await propose(diagnosis, recipe, arm: arm, history, at: time)
    case .experiment(let plans):
      return try experiment(plans, state, history, at: time)
    case .register(let version, let isChallenger):
      try register(version, isChallenger: isChallenger, arm: arm, at: time)
    case .promote(let version, let over, let reason, let evidence):
      attach(arm, "registry", "promote \(version)", at: time) { [run] in
        try $0.models.promote(
          version, of: run, arm: arm, expected: over, reason: MoveReason(reason, evidence: evidence, at: time))
      }
    case .rollBack(let version, let to, let reason, let evidence):
      attach(arm, "registry", "roll back \(version) to \(to)", at: time) { [run] in
        _ = try $0.models.rollBack(
          of: run, arm: arm, expected: version, to: to, reason: MoveReason(reason, evidence: evidence, at: time))
      }
    case .archive(let version):
      attach(arm, "registry", "archive \(version)", at: time) { [run] in
        try $0.models.archive(version, of: run, arm: arm)
      }
    }
    return nil
  }

  private func evidence(_ state: AgentState, _ history: FeatureHistory) -> Diagnostician.Evidence {
    Diagnostician.Evidence(
      history: history, forecasts: state.forecasts, policy: state.champion?.policy,
      executions: state.executions)
  }

  /// Journals a change of the registry together with the change itself.
  private func attach(
    _ arm: String, _ kind: String, _ text: String, at time: Timestamp,
    _ change: @escaping (Store.Transaction) throws -> Void
  ) {
    pending.append((JournalEntry(time: time, arm: arm, kind: kind, payload: ["action": .string(text)]), [change]))
  }

  private func fit(_ recipe: Recipe, _ purpose: FitPurpose, _ history: FeatureHistory) throws -> AgentInput {
    let key = CanonicalJSON.hash([
      "run": .string(run.key), "fit": .string(String(decoding: try recipe.encoded(), as: UTF8.self)),
      "row": JSONValue(history.count),
    ])
    if let bytes = try store.artefacts.artefact(key: key) {
      return .fitted(try JSONDecoder().decode(Policy.self, from: bytes), purpose: purpose)
    }
    do {
      let policy = try Policy.fit(
        recipe, to: history, before: history.count, embargo: settings.embargo, seed: settings.seed, threads: threads)
      try store.artefacts.put(key: key, bytes: policy.encoded(), kind: "policy")
      return .fitted(policy, purpose: purpose)
    } catch let error as Policy.FitError {
      return .fitFailed(error.description, purpose: purpose)
    }
  }

  private func experiment(
    _ plans: [ExperimentPlan], _ state: AgentState, _ history: FeatureHistory, at time: Timestamp
  ) throws -> AgentInput {
    let arm = state.arm.rawValue
    var outcomes = [ExperimentOutcome?](repeating: nil, count: plans.count)
    var missing: [Int] = []
    for (index, plan) in plans.enumerated() {
      if let bytes = try store.artefacts.artefact(key: ExperimentInput.answerKey(plan, of: run)),
        let answer = try? JSONDecoder().decode(ExperimentAnswer.self, from: bytes)
      {
        outcomes[index] = ExperimentOutcome(plan: plan, answer)
      } else {
        missing.append(index)
      }
    }
    if !missing.isEmpty, let champion = state.champion {
      let data = ExperimentData(
        instrument: instrument, book: settings.book(for: instrument), capital: settings.capital, history: history,
        champion: champion.policy, forecasts: state.forecasts,
        batches: Array(batches.suffix(keptBatches)))
      let wanted = missing.map { plans[$0] }
      try ExperimentInput.keep(wanted, data, of: run, in: store)
      let found = experiments.run(wanted, on: data)
      // Experiments that were cut short say nothing about their hypotheses.
      try Task.checkCancellation()
      for (index, outcome) in zip(missing, found) {
        outcomes[index] = outcome
        try store.artefacts.put(
          key: ExperimentInput.answerKey(plans[index], of: run), bytes: ExperimentAnswer(outcome).encoded(),
          kind: "experiment")
      }
    }
    let all = outcomes.compactMap { $0 }
    for outcome in all {
      attach(arm, "experiment_record", outcome.plan.id, at: time) { [run] transaction in
        let (plan, queue) = (outcome.plan, transaction.experiments)
        _ = try queue.enqueue(plan.id, of: run, arm: arm, plan: plan.json, seed: plan.seed, at: time)
        try queue.start(plan.id, of: run)
        switch outcome.result {
        case .success(let result): try queue.finish(plan.id, of: run, result: result.json, at: time)
        case .failure(let failure): try queue.fail(plan.id, of: run, error: failure.reason, at: time)
        }
      }
    }
    return .experimented(all)
  }

  private func register(_ version: PolicyVersion, isChallenger: Bool, arm: String, at time: Timestamp) throws {
    let policy = version.policy
    let bytes = try policy.encoded()
    attach(arm, "registry", "register \(version.number)", at: time) { [run] transaction in
      let hash = try transaction.artefacts.put(
        key: "\(run.key)/\(arm)/\(version.number)", bytes: bytes, kind: "policy")
      try transaction.models.register(
        ModelRecord(
          run: run, arm: arm, version: version.number, artefactHash: hash,
          trainedRange: policy.trainedFrom.timestamp()...policy.trainedTo.timestamp(), settings: policy.recipe.json,
          metrics: [
            "rows": JSONValue(policy.trainingRows), "rounds": JSONValue(policy.model.rounds),
            "validation_loss": JSONValue(policy.validationLoss), "origin": .string(version.origin),
          ], parent: version.parent, created: time))
    }
  }
}

extension AgentInput {
  /// What an input belongs to, for messages.
  var stage: String {
    switch self {
    case .moment: "moment"
    case .fitted, .fitFailed: "fit"
    case .diagnosed: "diagnosis"
    case .proposed: "hypotheses"
    case .experimented: "experiment"
    case .control: "control"
    case .failed(let stage, _): stage
    }
  }
}

extension AgentEffect {
  /// What an effect belongs to, for messages.
  var stage: String {
    switch self {
    case .journal: "journal"
    case .fit: "fit"
    case .diagnose: "diagnosis"
    case .propose: "hypotheses"
    case .experiment: "experiment"
    case .register, .promote, .rollBack, .archive: "registry"
    }
  }
}

extension Encodable {
  /// Canonical bytes: JSON with sorted keys.
  func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(self)
  }
}
