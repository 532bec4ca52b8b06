import Foundation
import HydraCore
import TestSupport
import Testing

@testable import HydraAgent

/// The loop with a real, very small model on the loopback. It cannot reason; what is looked at is that each answer,
/// whatever it says, ends as an experiment within bounds or as a refusal with its class, and changes nothing else.
///
/// Runs where `HYDRA_LIVE_MODEL` names a GGUF file and `HYDRA_LIVE_PYTHON` a Python with `ik-llama-cpp-python`.
@Suite struct LiveModelTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let model = environment["HYDRA_LIVE_MODEL"]

  @Test(
    .enabled(if: model != nil, "SKIPPED: HYDRA_LIVE_MODEL names no model file"), arguments: [false, true])
  func whateverItSaysNothingLeavesTheBounds(streams: Bool) async throws {
    let python = Self.environment["HYDRA_LIVE_PYTHON"] ?? LanguageServer.python!
    let server = try LanguageServer(model: Self.model!, key: "local-test", python: python)
    setenv("HYDRA_LIVE_TEST_KEY", "local-test", 1)
    var provider = OpenAICompatible.Settings(
      baseURL: "http://127.0.0.1:\(server.port)/v1", model: "smollm2-135m-instruct-q4_1")
    (provider.name, provider.keyVariable) = ("live", "HYDRA_LIVE_TEST_KEY")
    var settings = LanguageSettings(providers: [provider])
    (settings.policy.timeoutSeconds, settings.policy.streamIdleSeconds) = (120, 60)
    (settings.policy.maximumTokensCap, settings.policy.streams) = (300, streams)
    var advice = LanguageAdvice(try settings.client(seed: 7), identity: settings.json)
    advice.maximumTokens = 150
    var world = try LanguageWorld(advice)
    let before = world.standing
    let (input, effects) = try await world.ask()
    guard case .proposed(let hypotheses, let refused, let source) = input else {
      Issue.record("the model's answer is no proposal")
      return
    }
    #expect(world.standing == before)
    for hypothesis in hypotheses {
      let change = hypothesis.change
      #expect(try Change(parameter: change.parameter, value: change.value, features: world.history.names) == change)
    }
    if hypotheses.isEmpty { #expect(world.state.phase == .observing) }
    print("the model's answer: \(hypotheses.map(\.change)), refused \(refused)")
    let isOnlyText = effects.allSatisfy { effect in
      switch effect {
      case .journal, .experiment: true
      default: false
      }
    }
    #expect(isOnlyText)
    #expect(!"\(input) \(effects) \(source)".contains("local-test"), "the key stands in what is kept")
  }
}
