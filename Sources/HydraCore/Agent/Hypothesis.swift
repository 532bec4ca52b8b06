import HydraNumerics

/// A guess at what would mend the agent: one change, and why.
public struct Hypothesis: Hashable, Codable, Sendable {
  public var change: Change
  public var reason: String
  /// The proposer's own confidence in 0…1; recorded, never acted upon.
  public var confidence: Double

  public init(_ change: Change, reason: String, confidence: Double) {
    self.change = change
    self.reason = reason
    self.confidence = confidence
  }

  /// The shape that a reply must have: JSON Schema, the subset that replies are checked against.
  public static let replySchema = JSONValue.object([
    ("type", .string("object")),
    ("additionalProperties", .bool(false)),
    ("required", .array([.string("hypotheses")])),
    (
      "properties",
      .object([
        (
          "hypotheses",
          .object([
            ("type", .string("array")),
            ("maxItems", .number(8)),
            (
              "items",
              .object([
                ("type", .string("object")),
                ("additionalProperties", .bool(false)),
                ("required", .array(["param", "value", "reason", "confidence"].map { .string($0) })),
                (
                  "properties",
                  .object([
                    ("param", .object([("type", .string("string")), ("maxLength", .number(60))])),
                    ("value", .object([])),
                    (
                      "reason",
                      .object([("type", .string("string")), ("minLength", .number(1)), ("maxLength", .number(600))])
                    ),
                    (
                      "confidence",
                      .object([("type", .string("number")), ("minimum", .number(0)), ("maximum", .number(1))])
                    ),
                  ])
                ),
              ])
            ),
          ])
        )
      ])
    ),
  ])

  /// Reads a reply that has passed the schema; proposals that are no change within bounds are refused one by one.
  public static func decode(
    _ reply: JSONValue, features: [String]
  ) -> (accepted: [Hypothesis], refused: [(parameter: String, reason: String)]) {
    var accepted: [Hypothesis] = []
    var refused: [(parameter: String, reason: String)] = []
    for item in reply["hypotheses"]?.array ?? [] {
      let parameter = item["param"]?.string ?? ""
      do {
        let change = try Change(parameter: parameter, value: item["value"] ?? .null, features: features)
        let hypothesis = Hypothesis(
          change, reason: item["reason"]?.string ?? "", confidence: item["confidence"]?.double ?? 0)
        if !accepted.contains(where: { $0.change == change }) { accepted.append(hypothesis) }
      } catch {
        refused.append((parameter, error.description))
      }
    }
    return (accepted, refused)
  }

  /// The hypothesis as it stands in replies and journals.
  public var json: JSONValue {
    .object([
      ("param", .string(change.parameter)), ("value", change.value), ("reason", .string(reason)),
      ("confidence", .number(confidence)),
    ])
  }
}
