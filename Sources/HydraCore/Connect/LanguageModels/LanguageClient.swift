import Foundation
import HydraNumerics

/// Asks providers until one gives a usable reply: tries again what may pass, asks again what was no good, goes on to the
/// next provider, and stays within time and money.
///
/// ```
/// busy, lost, slow, broken answers      the same provider again after a wait, then the next one
/// no, broken, wrong or cut-off JSON     asked again with one correction, then the next provider
/// key, money, no such model             the next provider at once
/// the format of the reply not known     json_schema → json_object → none; not an attempt
/// too long, refused, held back          the end: another provider would say the same
/// ```
/// A server's `Retry-After` is a lower bound of the wait; beyond the policy's limit the next provider is asked instead. A
/// re-ask sends the original messages and one correction, which names the error and repeats nothing that the model said.
/// When nobody has a usable reply there is no decision: nothing partial or old stands in for it.
///
///     let client = try LanguageClient([house, backup], policy: policy, budget: LanguageBudget(.init(day: 2)), seed: 7)
///     let decision = await client.decide(request)
///     decision.attempts.forEach { journal($0) }
public actor LanguageClient: DecidingLanguageModel {
  /// Where answers come from.
  public enum Source: Sendable {
    case live
    /// Live, and every answer is kept.
    case recording(ExchangeRecord)
    /// From a record alone; what it does not hold is an error, never a call.
    case replay(ExchangeRecord)
  }

  private struct Provider {
    let model: OpenAICompatible
    var breaker: CircuitBreaker
  }

  /// What changes between the requests of one provider.
  private struct Turn {
    var call: OpenAICompatible.Call
    var faults = 0
    var reasks = 0
    /// Seconds that the newest answer asked to wait.
    var asked: Double?
  }

  private enum Step {
    case again(afterSeconds: Double)
    case nextProvider
    case end
  }

  private var providers: [Provider]
  private let policy: LanguagePolicy
  private var jitter: CounterRandom
  private let clock: any LanguageClock
  private let source: Source
  /// What was spent so far; keep it to go on with the same day and month.
  public private(set) var budget: LanguageBudget

  /// - Parameters:
  ///   - settings: the providers in the order in which they are asked; at least one.
  ///   - seed: of the jitter in the waits.
  /// - Throws: ``LanguageModelError/badConfiguration(_:)`` when the environment lacks a key.
  public init(
    _ settings: [OpenAICompatible.Settings], policy: LanguagePolicy = LanguagePolicy(),
    budget: LanguageBudget = LanguageBudget(), seed: UInt64, clock: any LanguageClock = SystemLanguageClock(),
    source: Source = .live, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(LanguageModelError) {
    guard !settings.isEmpty else { throw .badConfiguration("no provider is named") }
    var providers: [Provider] = []
    for var one in settings {
      (one.connectTimeoutSeconds, one.timeoutSeconds) = (policy.connectTimeoutSeconds, policy.timeoutSeconds)
      providers.append(Provider(model: try OpenAICompatible(one, environment: environment), breaker: .init(policy)))
    }
    (self.providers, self.policy, self.budget, self.clock, self.source) = (providers, policy, budget, clock, source)
    jitter = CounterRandom(seed: seed, stream: "language client")
  }

  /// Asks until there is a reply, a final refusal, or nobody left to ask.
  public func decide(_ request: LanguageRequest) async -> LanguageDecision {
    let begun = await clock.now()
    budget.beginDecision(at: begun)
    var decision = LanguageDecision(result: .failure(.cancelled), provider: nil, attempts: [], reasks: 0)
    for place in providers.indices {
      var turn = Turn(
        call: .init(
          format: providers[place].model.settings.responseFormat, maximumTokens: request.maximumTokens,
          streams: policy.streams, correction: nil))
      asking: while true {
        let now = await clock.now()
        let left = policy.deadlineSeconds - seconds(from: begun, to: now)
        guard left > 0 else {
          decision.result = .failure(.timedOut("the decision"))
          return decision
        }
        do throws(LanguageModelError) {
          let reply = try await attempt(request, place, turn.call, left: left, &turn.asked, &decision.attempts)
          (decision.result, decision.provider) = (.success(reply), providers[place].model.settings.name)
          return decision
        } catch {
          decision.result = .failure(error)
          let reasksBefore = turn.reasks
          let step = step(after: error, &turn)
          decision.reasks += turn.reasks - reasksBefore
          switch step {
          case .again(let wait):
            guard wait < left else { break asking }
            if wait > 0 {
              do {
                try await clock.sleep(seconds: wait)
              } catch {
                decision.result = .failure(.cancelled)
                return decision
              }
            }
          case .nextProvider: break asking
          case .end:
            if error != .cancelled { decision.provider = providers[place].model.settings.name }
            return decision
          }
        }
      }
    }
    return decision
  }

  // MARK: - One exchange

  private func attempt(
    _ request: LanguageRequest, _ place: Int, _ call: OpenAICompatible.Call, left: Double,
    _ asked: inout Double?, _ attempts: inout [LanguageAttempt]
  ) async throws(LanguageModelError) -> LanguageReply {
    asked = nil
    let model = providers[place].model
    let begun = await clock.now()
    guard providers[place].breaker.allows(at: begun) else { throw .circuitOpen(model.settings.name) }
    let body = model.body(for: request, call)
    let price = TokenPrice.inForce(model.settings.prices, at: begun)
    // Two bytes a token is fewer than any language needs on average.
    let most = TokenUsage(prompt: body.bytes.count / 2, completion: call.maximumTokens)
    if let refusal = budget.refusal(worstCase: price?.cost(most), at: begun) { throw .budgetExceeded(refusal) }
    let hash = model.hash(of: body)
    var record = LanguageAttempt(
      provider: model.settings.name, modelAsked: model.settings.model, requestHash: hash,
      promptVersion: request.promptVersion, seed: request.seed, outcome: "ok", repairs: [], latencySeconds: 0)
    let result = await exchange(model, body, hash, call, seconds: min(left, policy.timeoutSeconds))
    let ended = await clock.now()
    record.latencySeconds = seconds(from: begun, to: ended)
    let envelope = model.envelope(now: Double(ended.nanoseconds) / 1e9)
    do throws(LanguageModelError) {
      let response = try result.get()
      record.status = response.status
      asked = envelope.retryAfter(response)
      record.requestID = response.header("x-request-id").map { String($0.prefix(80)) }
      record.usage = envelope.usage(in: response)
      if let price { record.cost = price.cost(record.usage ?? most) }
      let answer = try envelope.answer(in: response)
      record.modelAnswered = answer.model
      let found = try StrictReply.repaired(
        answer.text, schema: request.replySchema, bounds: request.parameterBounds)
      record.repairs = found.repairs
      var reply = LanguageReply(
        json: found.object, model: answer.model, requestID: record.requestID, usage: answer.usage)
      reply.repairs = found.repairs
      finish(&record, place, nil, at: ended, &attempts)
      return reply
    } catch {
      // An exchange without an answer may have been paid for all the same.
      if record.cost == nil, let price, record.status == nil, error != .cancelled { record.cost = price.cost(most) }
      finish(&record, place, error, at: ended, &attempts)
      throw error
    }
  }

  private func finish(
    _ record: inout LanguageAttempt, _ place: Int, _ error: LanguageModelError?, at now: Timestamp,
    _ attempts: inout [LanguageAttempt]
  ) {
    if let error {
      record.outcome = error.code
      error.isFaultOfProvider ? providers[place].breaker.failed(at: now) : providers[place].breaker.succeeded()
    } else {
      providers[place].breaker.succeeded()
    }
    if let cost = record.cost { budget.charge(cost, at: now) }
    attempts.append(record)
  }

  private func exchange(
    _ model: OpenAICompatible, _ body: JSONValue, _ hash: String, _ call: OpenAICompatible.Call, seconds: Double
  ) async -> Result<HTTPResponse, LanguageModelError> {
    if case .replay(let record) = source {
      return record.next(for: hash).map { .success($0) } ?? .failure(.notRecorded(hash))
    }
    do throws(LanguageModelError) {
      let response = try await model.send(
        body, timeoutSeconds: seconds, idleSeconds: call.streams ? policy.streamIdleSeconds : nil)
      if case .recording(let record) = source { record.append(response, for: hash) }
      return .success(response)
    } catch {
      return .failure(error)
    }
  }

  /// What an answer of a provider is worth, without asking anybody: for recorded answers.
  public static func judge(
    _ response: HTTPResponse, _ request: LanguageRequest
  ) -> Result<LanguageReply, LanguageModelError> {
    do throws(LanguageModelError) {
      let answer = try ChatEnvelope(redact: Secret.redactedPatterns).answer(in: response)
      let found = try StrictReply.repaired(
        answer.text, schema: request.replySchema, bounds: request.parameterBounds)
      var reply = LanguageReply(json: found.object, model: answer.model, usage: answer.usage)
      reply.repairs = found.repairs
      return .success(reply)
    } catch {
      return .failure(error)
    }
  }

  // MARK: - What follows an error

  private func step(after error: LanguageModelError, _ turn: inout Turn) -> Step {
    switch error {
    case _ where error.isFaultOfProvider:
      // A server that is down may say for how long, like one that is asked too much.
      if let asked = turn.asked, asked > policy.maximumRetryAfterSeconds { return .nextProvider }
      return retry(&turn, atLeast: turn.asked ?? 0)
    case .noJSON, .invalidJSON, .ambiguousOutput, .schema, .unknownParameter, .outOfRange, .emptyContent, .tooLarge,
      .truncated:
      guard turn.reasks < policy.reaskLimit else { return .nextProvider }
      turn.reasks += 1
      if error == .truncated {
        turn.call.maximumTokens = max(
          turn.call.maximumTokens, min(2 * turn.call.maximumTokens, policy.maximumTokensCap))
      } else {
        turn.call.correction = error.correction
      }
      return .again(afterSeconds: 0)
    case .formatUnsupported:
      guard let simpler = turn.call.format.simpler else { return .end }
      turn.call.format = simpler
      return .again(afterSeconds: 0)
    case .unauthorized, .quotaExceeded, .modelNotFound, .badConfiguration, .circuitOpen: return .nextProvider
    default: return .end
    }
  }

  private func retry(_ turn: inout Turn, atLeast: Double) -> Step {
    turn.faults += 1
    guard turn.faults < policy.maximumAttempts else { return .nextProvider }
    var wait = policy.backoffBaseSeconds
    for _ in 1..<turn.faults { wait = min(2 * wait, policy.backoffCapSeconds) }
    wait = min(wait, policy.backoffCapSeconds) * (0.5 + 0.5 * jitter.uniform())
    return .again(afterSeconds: max(wait, atLeast))
  }

  private func seconds(from start: Timestamp, to end: Timestamp) -> Double {
    Double(end.nanoseconds - start.nanoseconds) / 1e9
  }
}

extension LanguageModelError {
  /// Whether the provider, not the reply or the request, is to blame, so that the same request may pass later.
  var isFaultOfProvider: Bool {
    switch self {
    case .rateLimited, .serverError, .timedOut, .unreachable, .invalidEnvelope, .emptyChoices, .streamIncomplete: true
    default: false
    }
  }

  /// What a model is told about its last reply: the kind of error, nothing that it said.
  var correction: String {
    let reason =
      switch self {
      case .noJSON: "it held no JSON object"
      case .invalidJSON: "its JSON was broken"
      case .ambiguousOutput: "it held more than one JSON object"
      case .unknownParameter: "it named a parameter that is not on the list"
      case .outOfRange: "its value was outside of the parameter's bounds"
      case .emptyContent: "it was empty"
      case .tooLarge: "it was too long"
      default: "it did not fit the JSON Schema"
      }
    return
      "Your previous reply was refused: \(reason). Reply again with one JSON object that fits the schema, nothing else."
  }
}
