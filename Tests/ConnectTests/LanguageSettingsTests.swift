import HydraCore
import HydraNumerics
import Testing

@testable import HydraConnect

@Suite struct LanguageSettingsTests {
  static func settings(_ text: String) throws -> LanguageSettings { try LanguageSettings(JSONValue(parsing: text)) }

  @Test func aConfigurationIsRead() throws {
    let settings = try Self.settings(
      """
      {"providers": [
         {"profile": "deepseek", "model": "m1", "prices": [
            {"input": 0.5, "input-cached": 0.1, "output": 2, "valid-from": "2026-01-01", "window": "16:30-00:30"}]},
         {"name": "house", "base-url": "http://127.0.0.1:9/v1", "model": "m2", "response-format": "none",
          "prices": [{"input": 0, "output": 0}]}],
       "policy": {"maximum-attempts": 5, "deadline-seconds": 30, "streams": true},
       "budget": {"day": 1.5, "run": 20}, "fallback": "rule-book", "maximum-tokens": 700}
      """)
    #expect(settings.providers.map(\.name) == ["deepseek", "house"])
    #expect(settings.providers[0].keyVariable == "DEEPSEEK_API_KEY")
    #expect(settings.providers[0].responseFormat == .jsonObject && settings.providers[1].responseFormat == .none)
    #expect(settings.providers[0].extraFields?["thinking"]?["type"] == "disabled")
    #expect(settings.providers[0].prices[0].window == .init(fromMinute: 990, toMinute: 30))
    #expect(settings.policy.maximumAttempts == 5 && settings.policy.deadlineSeconds == 30 && settings.policy.streams)
    #expect(settings.budget.day == 1.5 && settings.budget.month == nil && settings.budget.run == 20)
    #expect(settings.fallback == .ruleBook && settings.maximumTokens == 700)
  }

  @Test(arguments: [
    ("{}", "providers"), (#"{"providers": [{"profile": "openai"}]}"#, "providers.0"),
    (#"{"providers": [{"profile": "opnai", "model": "x"}]}"#, "providers.0.profile"),
    (#"{"providers": [{"base-url": "ftp://x", "model": "x"}]}"#, "providers.0.base-url"),
    (#"{"providers": [{"base-url": "https://u:p@x/v1", "model": "x"}]}"#, "providers.0.base-url"),
    (#"{"providers": [{"base-url": "https://x/v1?key=sk-1", "model": "x"}]}"#, "providers.0.base-url"),
    (#"{"providers": [{"profile": "groq", "model": "x", "api-key": "sk-123456"}]}"#, "providers.0.api-key"),
    (#"{"providers": [{"profile": "groq", "model": "x", "key-variable": "sk-123-456"}]}"#, "providers.0.key-variable"),
    (#"{"providers": [{"profile": "ollama", "model": "x"}], "budget": {"day": 1}}"#, "providers.0"),
    (
      #"{"providers": [{"profile": "ollama", "model": "x"}], "policy": {"maximum-attempt": 1}}"#,
      "policy.maximum-attempt"
    ),
    (
      #"{"providers": [{"profile": "ollama", "model": "x"}], "policy": {"maximum-attempts": 0}}"#,
      "policy.maximum-attempts"
    ),
    (#"{"providers": [{"profile": "ollama", "model": "x"}, {"profile": "ollama", "model": "y"}]}"#, "providers.1"),
    (#"{"providers": [{"profile": "ollama", "model": "x"}], "fallback": "guess"}"#, "fallback"),
  ])
  func whatIsWrongIsNamedWithItsPlace(text: String, path: String) {
    do {
      _ = try Self.settings(text)
      Issue.record("\(text) was read")
    } catch let error as LanguageSettingsError {
      #expect(error.path.joined(separator: ".") == path, "\(error)")
      #expect(!error.description.contains("sk-123"))
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func aMissingKeyIsSaidWithoutACall() throws {
    let settings = try Self.settings(#"{"providers": [{"profile": "openai", "model": "x"}]}"#)
    #expect(throws: LanguageModelError.self) { _ = try settings.client(seed: 1, environment: [:]) }
    _ = try settings.client(seed: 1, environment: ["OPENAI_API_KEY": "sk-abc"])
    #expect(!settings.json.text.contains("sk-abc"))
  }

  @Test func aRecordHoldsFailuresAndLatenciesToo() async throws {
    let record = DecisionRecord()
    var attempt = LanguageAttempt(
      provider: "a", modelAsked: "m", requestHash: "h", promptVersion: "1", outcome: "timeout", repairs: [],
      latencySeconds: 0.7)
    attempt.cost = 0.25
    let failing = FixedDecisions(
      LanguageDecision(result: .failure(.timedOut("a sk-abcdefgh")), provider: nil, attempts: [attempt], reasks: 1))
    let request = LanguageRequest(instructions: "x", context: ["y": 1], replySchema: ["type": "object"])
    let recorded = await RecordedLanguageModel(recording: failing, to: record, identity: "i").decide(request)
    let replaying = RecordedLanguageModel(
      replaying: try DecisionRecord(jsonLines: record.lines), identity: "i")
    let replayed = await replaying.decide(request)
    #expect(replayed.attempts == recorded.attempts && replayed.reasks == 1 && replayed.cost == 0.25)
    guard case .failure(let error) = replayed.result else { return }
    #expect(error.code == "timeout" && !record.lines.contains("sk-abcdefgh"))
    // Once each: the second time the same is asked, the record has nothing more.
    let third = await replaying.decide(request)
    guard case .failure(.notRecorded) = third.result else {
      Issue.record("an answer was given twice")
      return
    }
    var other = request
    other.seed = 9
    #expect(DecisionRecord.key(of: other, to: "i") != DecisionRecord.key(of: request, to: "i"))
    #expect(DecisionRecord.key(of: request, to: "j") != DecisionRecord.key(of: request, to: "i"))
  }
}

private struct FixedDecisions: DecidingLanguageModel {
  let decision: LanguageDecision
  init(_ decision: LanguageDecision) { self.decision = decision }
  func decide(_ request: LanguageRequest) async -> LanguageDecision { decision }
}
