import Foundation
import HydraMarket
import HydraNumerics
import HydraStore

/// The agent's run over one generated world, beside the truth about that world.
struct WorldReading {
  let world: SyntheticWorld
  let report: RunReport
  let findings: [DataFinding]
  let outlook: TrueOutlook
  private let store: Store
  private let run: Run
  private var prices: [CivilDate: Double] = [:]

  /// Bars over which a change of model is judged by the truth.
  static let judgedBars = 250

  /// Runs the agent; the world's folder lives as long as the reading takes, the store in memory as long as this value.
  init(_ world: SyntheticWorld, from: CivilDate, settings: AgentSettings) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-study-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try world.write(to: folder.path)
    let input = try RunInput(
      folder: MarketFolder(path: folder.path), symbol: "ZO", ingested: Timestamp(nanoseconds: 0))
    guard let span = input.span else { throw Agent.RunError.noBars(symbol: "ZO", from: from, to: from) }
    self.world = world
    store = try Store(path: ":memory:")
    let agent = Agent(store: store, settings: settings, threads: 1)
    report = try await agent.run(market: input.market, related: input.related, from: from, to: span.upperBound)
    run = try store.runs.run(prefix: report.summary.runKey)
    findings = input.market.findings
    outlook = TrueOutlook(world.truth, report.history)
    for bar in input.market.bars { prices[bar.date] = bar.close }
  }

  var history: FeatureHistory { report.history }

  /// The first row at or after a date.
  func row(_ date: CivilDate) -> Int { history.dates.firstIndex { $0 >= date } ?? history.count }

  /// The rows that the truth judges a decision at `row` by: what follows it under the same law.
  func judged(after row: Int) -> Range<Int> {
    let changes = world.truth.shifts.flatMap { [$0.date, $0.until].compactMap { $0 } }
    let next = changes.map { self.row($0) }.filter { $0 > row }.min() ?? history.count
    return row..<min(next, row + Self.judgedBars)
  }

  // MARK: - Models

  /// The policy of a version of an arm.
  func policy(_ arm: Arm, version: Int) throws -> Policy {
    guard let bytes = try store.artefacts.artefact(key: "\(run.key)/\(arm.rawValue)/\(version)") else {
      throw StudyError.missingPolicy(arm: arm.rawValue, version: version)
    }
    return try JSONDecoder().decode(Policy.self, from: bytes)
  }

  /// The version that an arm traded with at a row; nil before the first.
  func champion(_ arm: Arm, at row: Int) throws -> Int? {
    guard row < history.count else { return nil }
    let time = history.known[row]
    return try store.models.moves(of: run, arm: arm.rawValue).last { $0.time <= time }?.to
  }

  /// The true skill of a policy over rows, its linear forecast following where the arm's does.
  func skill(_ policy: Policy, rows: Range<Int>, follows: Bool) throws -> Double? {
    let columns = try policy.columns(in: history.names)
    return outlook.skill(
      { policy.forecast(at: $0, of: history, columns: columns, follows: follows) }, rows: rows)
  }

  /// The true skill of what an arm forecast over rows.
  func skill(_ arm: Arm, rows: Range<Int>) -> Double? {
    guard let forecasts = report.forecasts[arm] else { return nil }
    return outlook.skill({ $0 < forecasts.count ? forecasts[$0] : .nan }, rows: rows)
  }

  /// The policy that an arm trades with at a row, as it stands there.
  func standing(_ arm: Arm, at row: Int) throws -> Policy? {
    guard let version = try champion(arm, at: row) else { return nil }
    let policy = try policy(arm, version: version)
    return policy.standing(
      at: row, of: history, columns: try policy.columns(in: history.names), follows: follows(arm))
  }

  private func follows(_ arm: Arm) -> Bool { history.linear.settings.follows(in: arm) }

  /// Whether the truth prefers the candidate to the champion over the rows after a decision; nil when it cannot say.
  ///
  /// A forecast is judged by its skill, a span by the QLIKE of its variance, a share of the risk by whether the
  /// champion's skill is on the side of the change.
  func isBetter(_ candidate: Policy, than champion: Policy, after row: Int) throws -> Bool? {
    let rows = judged(after: row)
    let (old, new) = (champion.recipe, candidate.recipe)
    if champion.model == candidate.model {
      if old.volatilitySpan != new.volatilitySpan {
        func loss(_ span: Int) -> Double? {
          outlook.varianceLoss(span: span, history, prices: { prices[history.dates[$0]] ?? .nan }, rows: rows)
        }
        guard let before = loss(old.volatilitySpan), let after = loss(new.volatilitySpan) else { return nil }
        return after < before
      }
      guard let skill = try skill(champion, rows: rows, follows: follows(.selfHealing)), old.riskScale != new.riskScale
      else { return nil }
      return (skill > 0) == (new.riskScale > old.riskScale)
    }
    let follows = follows(.selfHealing)
    guard let before = try skill(champion, rows: rows, follows: follows),
      let after = try skill(candidate, rows: rows, follows: follows)
    else { return nil }
    return after > before
  }

  /// The risk of an arm's sizing over rows as a multiple of its target, by the truth; nil where it had no champion.
  func risk(_ arm: Arm, rows: Range<Int>) throws -> Double? {
    guard let version = try champion(arm, at: rows.lowerBound) else { return nil }
    return outlook.risk(
      span: try policy(arm, version: version).recipe.volatilitySpan, history,
      prices: { prices[history.dates[$0]] ?? .nan }, rows: rows)
  }

  // MARK: - What was tried

  /// Every experiment of the self-healing arm, what was decided, and what the truth says.
  func trials() throws -> [WorldStudy.Trial] {
    let arm = Arm.selfHealing
    var filter = JournalFilter()
    filter.arm = arm.rawValue
    filter.kinds = ["experiment"]
    var champions: [Int: Policy] = [:]
    return try store.journal.entries(of: run, filter).compactMap { entry in
      guard let row = history.known.lastIndex(where: { $0 <= entry.time }),
        let before = entry.payload["champion"]?.double.map({ Int($0) })
      else { return nil }
      let payload = entry.payload
      let plan = payload["plan"] ?? .null
      let key = CanonicalJSON.hash(["run": .string(run.key), "experiment": plan])
      guard let bytes = try store.artefacts.artefact(key: key),
        let candidate = try JSONDecoder().decode(ExperimentAnswer.self, from: bytes).result?.policy
      else { return nil }
      let current = try champions[before] ?? policy(arm, version: before)
      champions[before] = current
      let primary = payload["result"]?["primary"]
      return WorldStudy.Trial(
        seed: world.settings.seed, date: history.dates[row],
        change: plan["hypothesis"]?["param"]?.string ?? "", pValue: primary?["p"]?.double,
        netStatistic: payload["result"]?["net_return"]?["statistic"]?.double,
        isBetter: try isBetter(candidate, than: current, after: row),
        decision: payload["verdict"]?["decision"]?.string.flatMap(Verdict.Decision.init) ?? .reject)
    }
  }

  /// Every promotion of the self-healing arm, calendar fits apart, and whether the truth agrees.
  func promotions() throws -> [WorldStudy.Promotion] {
    try store.models.moves(of: run, arm: Arm.selfHealing.rawValue).compactMap { move in
      guard move.action == .promote, let from = move.from, move.evidence["verdict"] != nil,
        let row = history.known.lastIndex(where: { $0 <= move.time })
      else { return nil }
      let (old, new) = (try policy(.selfHealing, version: from), try policy(.selfHealing, version: move.to))
      return WorldStudy.Promotion(
        seed: world.settings.seed, date: history.dates[row], reason: move.reason,
        isBetter: try isBetter(new, than: old, after: row))
    }
  }
}

/// Why a study could not be read.
enum StudyError: Error, Hashable, CustomStringConvertible {
  case missingPolicy(arm: String, version: Int)

  var description: String {
    switch self {
    case .missingPolicy(let arm, let version): "the registry has no model of \(arm) version \(version)"
    }
  }
}
