import HydraLearning
import HydraNumerics

/// What is done with a candidate, and why.
public struct Verdict: Hashable, Codable, Sendable {
  /// What is done.
  public enum Decision: String, Codable, Sendable {
    /// It becomes champion, on probation.
    case promote
    /// It stays a challenger and is compared again on days to come.
    case hold
    case reject
  }

  /// One bound of the gate and where the candidate stands.
  public struct Check: Hashable, Codable, Sendable {
    public var name: String
    public var value: Double
    public var bound: Double
    /// Whether the value has to be at least the bound, or at most.
    public var isLeast: Bool

    public var hasPassed: Bool { isLeast ? value >= bound : value <= bound }

    var json: JSONValue {
      [
        "name": .string(name), "value": .number(value), "bound": .number(bound),
        "at": .string(isLeast ? "least" : "most"),
        "passed": .bool(hasPassed),
      ]
    }

    var text: String {
      "\(name) \(Verdict.short(value)), needed at \(isLeast ? "least" : "most") \(Verdict.short(bound))"
    }
  }

  public var decision: Decision
  public var reason: String
  /// Every bound that was looked at, in order; empty when there was nothing to compare.
  public var checks: [Check]

  public init(_ decision: Decision, reason: String, checks: [Check] = []) {
    self.decision = decision
    self.reason = reason
    self.checks = checks
  }

  /// Judges an experiment, of whose round all `results` were, after everything in `ledger`.
  ///
  /// Promotion needs every check of the gate: the deflated probability of being better, the gain at the dear cost, the
  /// probability of overfitting, drawdown and turnover. A candidate with promising losses that fails only for want of
  /// evidence is held and judged again by days to come, at most `challenges` times; `look` says how often it was. With a
  /// `shadow` the probability is that of what the challenger has shown beside the champion, which holds on whatever day
  /// one looks.
  public init(
    on result: ExperimentResult, look: Int, round results: [ExperimentResult], ledger: TrialLedger,
    shadow: ShadowTrial? = nil, settings: HealingSettings
  ) {
    guard let primary = result.primary else {
      self.init(.reject, reason: "cannot be told from the champion on the days compared")
      return
    }
    let gate = settings.gate
    let evidence = Check(
      name: "deflated_probability",
      value: shadow.map { ledger.deflatedProbability(ofLogEvidence: $0.logEvidence) }
        ?? ledger.deflatedProbability(of: primary),
      bound: gate.confidence, isLeast: true)
    var others = Self.accountChecks(result, gate)
    if let overfitting = Self.overfitting(results, blocks: gate.blocks) {
      others.append(.init(name: "overfitting", value: overfitting, bound: gate.overfitting, isLeast: false))
    }
    self.init(
      checks: [evidence] + others,
      evidence: shadow.map { "ln e = \(Self.short($0.logEvidence)) after \($0.evidence.count) days in shadow" }
        ?? "p = \(Self.short(primary.pValue)) over \(primary.days) days",
      isHopeful: (shadow != nil || primary.pValue < settings.holdSignificance) && look < settings.challenges,
      trials: ledger.count)
  }

  private init(checks: [Check], evidence: String, isHopeful: Bool, trials: Int) {
    let failed = checks.filter { !$0.hasPassed }
    let p = "\(evidence) after \(trials) trials"
    if failed.isEmpty {
      self.init(.promote, reason: p, checks: checks)
    } else {
      let why = "\(p): \(failed.map(\.text).joined(separator: "; "))"
      let wantsEvidence = failed.allSatisfy { $0.name == "deflated_probability" || $0.name == "overfitting" }
      self.init(isHopeful && wantsEvidence ? .hold : .reject, reason: why, checks: checks)
    }
  }

  private static func accountChecks(_ result: ExperimentResult, _ gate: GateSettings) -> [Check] {
    let isVariance = result.primary?.basis == .varianceForecast
    var checks: [Check] = []
    if isVariance, let gain = result.primary?.meanDifference {
      checks.append(Check(name: "variance_gain", value: gain, bound: gate.minimumVarianceGain, isLeast: true))
    }
    checks.append(
      Check(
        name: "gain_at_dear_cost", value: result.gainAtDearCost, bound: isVariance ? 0 : gate.minimumGain, isLeast: true
      ))
    let (old, new) = (result.champion, result.candidate)
    checks.append(
      Check(
        name: "drawdown", value: new.maximumDrawdown,
        bound: max(gate.drawdownFloor, gate.drawdownFactor * old.maximumDrawdown + gate.drawdownAllowance),
        isLeast: false))
    checks.append(
      Check(
        name: "lots_traded", value: Double(new.lotsTraded),
        bound: gate.turnoverFactor * Double(old.lotsTraded) + gate.turnoverAllowance, isLeast: false))
    for outcome in result.stress ?? [] {
      checks.append(
        Check(
          name: "stress_\(outcome.stress.rawValue)", value: outcome.gain, bound: -gate.stressAllowance, isLeast: true))
    }
    return checks
  }

  /// The probability of backtest overfitting of choosing among the champion and the round's candidates by their returns
  /// at the dear cost; nil with too few days in common.
  private static func overfitting(_ results: [ExperimentResult], blocks: Int) -> Double? {
    guard let first = results.first else { return nil }
    let columns = [first.championReturns] + results.map(\.candidateReturns)
    let (days, blocks) = (columns.map(\.count).min() ?? 0, max(2, blocks - blocks % 2))
    guard days >= 2 * blocks else { return nil }
    let newest = columns.map { $0.suffix(days) }
    let values = (0..<days).flatMap { day in newest.map { $0[$0.startIndex + day] } }
    return BacktestOverfitting(returns: Matrix(rows: days, columns: columns.count, values: values), blocks: blocks)
      .probability
  }

  /// Three significant digits without a library's formatting.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value.description }
    var scale = 1.0
    while abs(value) * scale < 100 && scale < 1e12 { scale *= 10 }
    return ((value * scale).rounded() / scale).description
  }

  /// The verdict as it stands in journals.
  public var json: JSONValue {
    .object([
      ("decision", .string(decision.rawValue)), ("reason", .string(reason)), ("checks", .array(checks.map(\.json))),
    ])
  }
}
