import Foundation
import HydraNumerics
import Synchronization

/// Decisions of language models by the hash of what was asked, for runs that repeat to the last byte.
///
/// A decision is kept whole: reply or error, attempts with their latency and cost. So a recorded time-out is a time-out
/// again, without waiting for it. The hash covers models, instructions, context, schema, seed and length of the reply,
/// never a key or the time.
public final class DecisionRecord: Sendable {
  private let state: Mutex<[String: [LanguageDecision.Recorded]]>
  private let places = Mutex<[String: Int]>([:])
  private let added = Mutex<[(key: String, value: LanguageDecision.Recorded)]>([])

  /// An empty record.
  public init() { state = Mutex([:]) }

  /// Reads what ``lines`` wrote: JSON Lines of `key` and `decision`.
  ///
  /// - Throws: `CSVError` or `DecodingError` of the first line that is no decision.
  public init(jsonLines text: String) throws {
    var all: [String: [LanguageDecision.Recorded]] = [:]
    for line in text.split(separator: "\n") {
      let entry = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      all[entry.key, default: []].append(entry.decision)
    }
    state = Mutex(all)
  }

  private struct Line: Codable {
    var key: String
    var decision: LanguageDecision.Recorded
  }

  /// The hash of a request to models of this identity.
  public static func key(of request: LanguageRequest, to identity: JSONValue) -> String {
    var asked: JSONValue = [
      "models": identity, "instructions": .string(request.instructions),
      "context": UntrustedText.cleaned(request.context), "schema": request.replySchema,
      "tokens": JSONValue(request.maximumTokens), "prompt": .string(request.promptVersion),
    ]
    if let seed = request.seed { asked["seed"] = .string(String(seed)) }
    return SHA256.hash(Array(Self.sorted(asked).text.utf8))
  }

  /// The members of every object in the order of their names.
  static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let items): .array(items.map(sorted))
    case .object(let members):
      .object(members.map { (key: $0.key, value: sorted($0.value)) }.sorted { $0.key < $1.key })
    default: value
    }
  }

  /// Keeps a decision.
  func append(_ decision: LanguageDecision, for key: String) {
    let recorded = LanguageDecision.Recorded(decision)
    state.withLock { $0[key, default: []].append(recorded) }
    added.withLock { $0.append((key, recorded)) }
  }

  /// The next recorded decision on a request; nil when there is none left.
  func next(for key: String) -> LanguageDecision? {
    let place = places.withLock { places in
      defer { places[key, default: 0] += 1 }
      return places[key, default: 0]
    }
    return state.withLock { $0[key].flatMap { place < $0.count ? $0[place] : nil } }?.decision
  }

  /// What was recorded since it was made, one decision a line.
  public var lines: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return added.withLock { added in
      added.map { entry in
        let data = (try? encoder.encode(Line(key: entry.key, decision: entry.value))) ?? Data()
        return String(decoding: data, as: UTF8.self) + "\n"
      }.joined()
    }
  }
}

/// A model whose decisions are kept, or come from a record alone.
///
///     let recording = RecordedLanguageModel(recording: client, to: record, identity: settings.json)
///     let replaying = RecordedLanguageModel(replaying: record, identity: settings.json)
///
/// A replaying one never calls anybody: what its record does not hold is ``LanguageModelError/notRecorded(_:)``.
public struct RecordedLanguageModel: DecidingLanguageModel {
  private let model: (any LanguageModel)?
  private let record: DecisionRecord
  private let identity: JSONValue

  /// Asks `model` and keeps what it decides.
  public init(recording model: any LanguageModel, to record: DecisionRecord, identity: JSONValue) {
    (self.model, self.record, self.identity) = (model, record, identity)
  }

  /// Answers from the record.
  public init(replaying record: DecisionRecord, identity: JSONValue) {
    (model, self.record, self.identity) = (nil, record, identity)
  }

  /// The model's decision, or the recorded one.
  public func decide(_ request: LanguageRequest) async -> LanguageDecision {
    let key = DecisionRecord.key(of: request, to: identity)
    guard let model else {
      return record.next(for: key)
        ?? LanguageDecision(result: .failure(.notRecorded(key)), provider: nil, attempts: [], reasks: 0)
    }
    let decision = await model.decision(on: request)
    // What was cut short is not what the model decided.
    if case .failure(.cancelled) = decision.result { return decision }
    record.append(decision, for: key)
    return decision
  }
}

extension LanguageDecision {
  /// A decision as records and stores keep it; an error keeps its code and its text.
  public struct Recorded: Hashable, Codable, Sendable {
    public var reply: JSONValue?
    public var model: String?
    public var repairs: [ReplyRepair]
    /// ``LanguageModelError/code`` and text, where there is no reply.
    public var error: String?
    public var reason: String?
    public var provider: String?
    public var reasks: Int
    public var attempts: [LanguageAttempt]

    public init(_ decision: LanguageDecision) {
      (provider, reasks, attempts) = (decision.provider, decision.reasks, decision.attempts)
      switch decision.result {
      case .success(let answer): (reply, model, repairs) = (answer.json, answer.model, answer.repairs)
      case .failure(let failure):
        (error, reason) = (failure.code, Secret.redactedPatterns(in: failure.description))
        repairs = []
      }
    }

    /// The decision again; its error is ``LanguageModelError/recorded(code:reason:)``.
    public var decision: LanguageDecision {
      let result: Result<LanguageReply, LanguageModelError>
      if let reply {
        var answer = LanguageReply(json: reply, model: model)
        answer.repairs = repairs
        result = .success(answer)
      } else {
        result = .failure(.recorded(code: error ?? "no_json", reason: reason ?? ""))
      }
      return LanguageDecision(result: result, provider: provider, attempts: attempts, reasks: reasks)
    }

    /// The decision as journals and the runner show it, with the sums of its attempts.
    public var json: JSONValue {
      let decision = decision
      var requests: [(key: String, value: JSONValue)] = []
      for attempt in attempts where !requests.contains(where: { $0.key == attempt.provider }) {
        requests.append((attempt.provider, JSONValue(decision.requests(to: attempt.provider))))
      }
      var usage: JSONValue = .null
      if let sum = decision.usage {
        usage = [
          "prompt_tokens": JSONValue(sum.prompt), "completion_tokens": JSONValue(sum.completion),
          "cached_tokens": JSONValue(sum.cached),
        ]
      }
      return .object([
        ("outcome", .string(reply == nil ? "failed" : "ok")), ("decision", reply ?? .null),
        ("error", error.map { .string($0) } ?? .null), ("reason", reason.map { .string($0) } ?? .null),
        ("repairs", JSONValue(repairs.map(\.rawValue))), ("provider", provider.map { .string($0) } ?? .null),
        ("model", model.map { .string($0) } ?? .null), ("requests", .object(requests)), ("reasks", JSONValue(reasks)),
        ("usage", usage), ("cost", .number(decision.cost)), ("attempts", .array(attempts.map(\.json))),
      ])
    }
  }
}

extension LanguageAttempt {
  /// The attempt as journals show it.
  public var json: JSONValue {
    .object([
      ("provider", .string(provider)), ("model_asked", .string(modelAsked)),
      ("model_answered", modelAnswered.map { .string($0) } ?? .null), ("request_hash", .string(requestHash)),
      ("prompt_version", .string(promptVersion)), ("seed", seed.map { .string(String($0)) } ?? .null),
      ("status", status.map { JSONValue($0) } ?? .null), ("outcome", .string(outcome)),
      ("repairs", JSONValue(repairs.map(\.rawValue))),
      (
        "usage",
        usage.map {
          [
            "prompt_tokens": JSONValue($0.prompt), "completion_tokens": JSONValue($0.completion),
            "cached_tokens": JSONValue($0.cached),
          ]
        } ?? .null
      ),
      ("cost", JSONValue(cost)), ("latency_seconds", .number(latencySeconds)),
      ("request_id", requestID.map { .string(Secret.redactedPatterns(in: $0)) } ?? .null),
    ])
  }
}
