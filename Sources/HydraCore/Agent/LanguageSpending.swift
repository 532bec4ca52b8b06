import HydraConnect
import HydraNumerics
import HydraStore

/// What the language models of a run were asked, answered and cost, by its journal.
public struct LanguageSpending: Sendable {
  /// The sums as they are printed.
  public let json: JSONValue

  private struct Sum {
    var attempts = 0
    var prompt = 0
    var completion = 0
    var cost = 0.0
    var outcomes: [String: Int] = [:]
  }

  /// Reads the run's entries of decisions.
  public init(of run: Run, in store: Store) throws {
    var filter = JournalFilter()
    filter.kinds = ["language"]
    var decisions: [String: Int] = [:]
    var providers: [String: Sum] = [:]
    for entry in try store.journal.entries(of: run, filter) {
      decisions[entry.payload["error"]?.string ?? "ok", default: 0] += 1
      for attempt in entry.payload["attempts"]?.array ?? [] {
        var sum = providers[attempt["provider"]?.string ?? "", default: Sum()]
        sum.attempts += 1
        sum.prompt += attempt["usage"]?["prompt_tokens"]?.int ?? 0
        sum.completion += attempt["usage"]?["completion_tokens"]?.int ?? 0
        sum.cost += attempt["cost"]?.double ?? 0
        sum.outcomes[attempt["outcome"]?.string ?? "", default: 0] += 1
        providers[attempt["provider"]?.string ?? ""] = sum
      }
    }
    func counts(_ counts: [String: Int]) -> JSONValue {
      .object(counts.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue($0.value)) })
    }
    json = .object([
      ("run", .string(run.key)), ("decisions", counts(decisions)),
      ("cost", .number(providers.values.reduce(0) { $0 + $1.cost })),
      (
        "providers",
        .object(
          providers.sorted { $0.key < $1.key }.map { name, sum in
            (
              key: name,
              value: .object([
                ("attempts", JSONValue(sum.attempts)), ("prompt_tokens", JSONValue(sum.prompt)),
                ("completion_tokens", JSONValue(sum.completion)), ("cost", .number(sum.cost)),
                ("outcomes", counts(sum.outcomes)),
              ])
            )
          })
      ),
    ])
  }
}
