import Foundation
import HydraNumerics
import TestSupport
import Testing

@testable import HydraConnect

/// The contract of the client, over a real socket: each cassette is one decision.
@Suite(.enabled(if: LanguageServer.python != nil, "SKIPPED: there is no python3 to replay cassettes with"))
struct CassetteTests {
  static let cassettes: [String] = {
    let folder = TestSupport.vectors("llm/cassettes").path
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }()

  @Test func thereAreCassettes() { #expect(Self.cassettes.count == 44) }

  @Test(arguments: cassettes)
  func decisionIsAsExpected(name: String) async throws {
    let file = TestSupport.vectors("llm/cassettes/\(name)")
    let cassette = try JSONValue(parsing: Array(Data(contentsOf: file)))
    let server = try LanguageServer(cassette: file)
    let (policy, tokens) = try Self.policy(cassette["policy"]!)
    var request = try DecisionContract.request()
    request.maximumTokens = tokens
    let providers = ["a", "b"].map { name in
      var settings = OpenAICompatible.Settings(baseURL: server.address(name), model: "m-\(name)")
      settings.name = name
      settings.keyVariable = "CASSETTE_KEY"
      return settings
    }
    let record = ExchangeRecord()
    let client = try LanguageClient(
      providers, policy: policy, seed: 7, source: .recording(record), environment: ["CASSETTE_KEY": "sk-cassette-12345"]
    )
    let decision = await client.decide(request)

    let expected = cassette["expect"]!
    switch decision.result {
    case .success(let reply):
      #expect(expected["outcome"] == "ok")
      #expect(reply.json == expected["decision"])
      #expect(reply.repairs.map(\.rawValue) == expected["repairs"]?.array?.compactMap(\.string))
    case .failure(let error):
      #expect(expected["outcome"] == "failed", "\(error)")
      #expect(error.code == expected["error"]?.string)
    }
    #expect(decision.provider == expected["provider"]?.string)
    #expect(decision.reasks == expected["reasks"]?.int)
    if let usage = expected["usage"] {
      #expect(decision.usage?.prompt == usage["prompt_tokens"]?.int)
      #expect(decision.usage?.completion == usage["completion_tokens"]?.int)
      #expect(decision.usage?.cached == usage["cached_tokens"]?.int)
    }
    let log = try #require(try await server.log().array)
    for name in ["a", "b"] {
      let sent = log.filter { $0["provider"]?.string == name }
      #expect(sent.count == expected["requests"]?[name]?.int, "requests to \(name)")
      #expect(decision.requests(to: name) == sent.count)
      // At most one correction, whatever happened before.
      #expect(sent.allSatisfy { (2...3).contains($0["body"]?["messages"]?.array?.count ?? 0) })
    }
    if let gap = expected["min_gap_ms"]?.int {
      #expect(log[1]["t_ms"]!.int! - log[0]["t_ms"]!.int! >= gap - 20)
    }
    try Self.checkRequests(log, cassette)
    // No key anywhere but in its header.
    let seen = decision.attempts.map { "\($0)" }.joined() + log.map(\.text).joined()
    #expect(!seen.contains("sk-cassette-12345"))
    try await Self.checkReplay(decision, request, policy, providers, record.answers)
  }

  /// The format is stepped down one rung at a time, and tokens grow only after a reply that was cut off.
  private static func checkRequests(_ log: [JSONValue], _ cassette: JSONValue) throws {
    let formats = log.map { $0["body"]?["response_format"]?["type"]?.string ?? "none" }
    if cassette["id"]?.string == "23-format-ladder" {
      #expect(formats == ["json_schema", "json_object", "none"])
    } else {
      #expect(formats.allSatisfy { $0 == "json_schema" })
    }
    let tokens = log.map { $0["body"]?["max_tokens"]?.int }
    #expect(tokens == (cassette["id"]?.string == "11-truncated-length" ? [400, 800] : tokens.map { _ in 400 }))
    let cleaned = log.allSatisfy { !($0["body"]?.text ?? "").contains("<|im_end|>") }
    #expect(cleaned)
  }

  /// The same decision from the record alone; faults of the connection leave nothing to replay.
  private static func checkReplay(
    _ decision: LanguageDecision, _ request: LanguageRequest, _ policy: LanguagePolicy,
    _ providers: [OpenAICompatible.Settings], _ answers: [String: [ExchangeRecord.Answer]]
  ) async throws {
    guard decision.attempts.allSatisfy({ $0.status != nil }) else { return }
    let replayed = try LanguageClient(
      providers, policy: policy, seed: 7, source: .replay(ExchangeRecord(answers)),
      environment: ["CASSETTE_KEY": "another"])
    let again = await replayed.decide(request)
    #expect(again.attempts.map(\.outcome) == decision.attempts.map(\.outcome))
    #expect((try? again.result.get().json) == (try? decision.result.get().json))
    #expect(again.attempts.map(\.requestHash) == decision.attempts.map(\.requestHash))
    // What was never recorded is an error and no call.
    var other = request
    other.maximumTokens = 399
    let unknown = await replayed.decide(other)
    guard case .failure(.notRecorded) = unknown.result else {
      Issue.record("an unknown request was answered")
      return
    }
  }

  private static func policy(_ own: JSONValue) throws -> (LanguagePolicy, tokens: Int) {
    let standard = try DecisionContract.file("policy.json")["default"]!
    func value(_ name: String) -> JSONValue { own[name] ?? standard[name]! }
    func seconds(_ name: String) -> Double { value(name).double! / 1000 }
    var policy = LanguagePolicy()
    policy.maximumAttempts = value("max_attempts").int!
    (policy.backoffBaseSeconds, policy.backoffCapSeconds) = (seconds("base_ms"), seconds("cap_ms"))
    (policy.timeoutSeconds, policy.streamIdleSeconds) = (seconds("timeout_ms"), seconds("stream_idle_ms"))
    policy.maximumRetryAfterSeconds = seconds("max_retry_after_ms")
    policy.reaskLimit = value("reask_limit").int!
    policy.maximumTokensCap = value("max_tokens_cap").int!
    policy.streams = value("stream") == .bool(true)
    return (policy, value("max_tokens").int!)
  }
}
