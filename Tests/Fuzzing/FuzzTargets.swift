import Foundation
import HydraCore

extension FuzzTarget {
  /// Every reader of the library that takes bytes from outside.
  public static func all() throws -> [FuzzTarget] {
    try tables + texts + replay() + trees() + [compressed(), parameters, markets(), answers(), evaluations]
  }

  private static var tables: [FuzzTarget] {
    let csv =
      "date,x,\"a, b\",n\n2012-01-02,1.5,\"q\"\"uoted\",3\n2012-01-03,,plain,-4\n2012-01-04,inf,\"line\nbreak\",5\n"
    let lines = #"{"x":1.5,"name":"a","n":3}"# + "\n" + #"{"x":null,"name":"ä\n","n":4}"# + "\n"
    @Sendable func use(_ table: CSVTable) throws {
      for name in table.header { _ = try table.strings(name) }
      for name in ["x", "n"] { _ = try table.doubles(name) }
      _ = try table.integers("n")
      _ = try? FeatureTable(table)
    }
    return [
      FuzzTarget("csv", [csv]) { try use(try CSVTable(bytes: $0, file: "fuzz.csv")) },
      FuzzTarget("json lines", [lines]) { try use(try CSVTable(jsonLines: $0, file: "fuzz.jsonl")) },
    ]
  }

  private static var texts: [FuzzTarget] {
    let json = #"{"a":[1,2.5,-3e10,null,true,"x\u00e9\ud83d\ude00"],"b":{"c":{"d":[[],{}]}},"n":9007199254740993}"#
    let export =
      #"{"entry":{"arm":"frozen","kind":"bar","payload":{"position":1},"run":"ab","sequence":1,"time":"2012-06-04T23:00:00Z"},"previous":"ab","hash":"cd"}"#
    let reply =
      #"{"hypotheses":[{"param":"retrain.window_days","value":504,"reason":"newer","confidence":0.5},{"param":"features.drop","value":["carry"],"reason":"odd","confidence":0.1}]}"#
    let schema =
      #"{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":{"type":"array","maxItems":8,"items":{"type":"number","minimum":-5,"maximum":10}},"b":{"type":"string","minLength":1,"maxLength":5,"enum":["x","y"]}}}"#
    return [
      FuzzTarget("json", [json, export, schema]) { bytes in
        let value = try JSONValue(parsing: bytes)
        // What was read can be written and read again.
        guard try JSONValue(parsing: CanonicalJSON.text(value)) == CanonicalJSON.sorted(value) else {
          preconditionFailure("JSON does not survive being written: \(value)")
        }
      },
      FuzzTarget("reply of a language model", [reply]) { bytes in
        let json = try StrictReply.json(String(decoding: bytes, as: UTF8.self), schema: Hypothesis.replySchema)
        let (accepted, _) = Hypothesis.decode(json, features: ["carry", "cot", "season"])
        for hypothesis in accepted { _ = Recipe().applying(hypothesis.change) }
      },
      FuzzTarget("schema", [schema]) { bytes in
        let value = try JSONValue(parsing: bytes)
        _ = JSONSchema.faults(of: ["a": [1, 2], "b": "x"], against: value)
        _ = JSONSchema.faults(of: value, against: value)
      },
      FuzzTarget("dates and numbers", ["2012-06-04", "2012-06-04T23:00:00.5Z", "-12.5e3", "20150300"]) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let date = CivilDate(text)
        let time = Timestamp(text)
        let number = NumberText.number(text)
        let month = ContractMonth(text)
        if let date { _ = "\(date) \(date.weekday) \(date.adding(days: 1))" }
        if let time { _ = "\(time)" }
        if let number { _ = NumberText.text(number) }
        if date == nil, time == nil, number == nil, month == nil { throw FuzzRefusal.text }
      },
      FuzzTarget("store address", ["sqlite:hydra.sqlite", "sqlite:///srv/x", ":memory:"]) {
        _ = try StoreLocation(String(decoding: $0, as: UTF8.self)).description
      },
    ]
  }

  private enum FuzzRefusal: Error { case text }

  private static func compressed() throws -> FuzzTarget {
    let text = Array(String(repeating: "2012-01-02,1.5,abc\n", count: 60).utf8)
    return FuzzTarget("gzip and zstd", bytes: [try Compression.gzip(text), try Compression.zstd(text)]) {
      _ = try Compression.decompressed($0, file: "fuzz", limit: 1 << 20)
    }
  }

  /// Sixty rows of two features, as a model sees them.
  private static func rows() -> (Matrix, [Double]) {
    var random = CounterRandom(seed: 1, stream: "fuzzed model")
    let values = (0..<120).map { _ in random.uniform() }
    return (
      Matrix(rows: 60, columns: 2, values: values), (0..<60).map { values[2 * $0] > 0.5 ? 1 : values[2 * $0 + 1] }
    )
  }

  private static func fitted() throws -> GradientBoostedTrees {
    var settings = GradientBoostedTrees.Settings()
    (settings.rounds, settings.leaves, settings.minimumLeafRows) = (3, 4, 5)
    let (features, targets) = rows()
    return try GradientBoostedTrees.fit(features, targets, settings: settings)
  }

  private static var parameters: FuzzTarget {
    FuzzTarget(
      "LightGBM parameters", ["objective=regression num_leaves=31 learning_rate=0.05 max_bin=255 bagging_freq=1"]
    ) {
      let pairs = String(decoding: $0, as: UTF8.self).split(separator: " ").map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1)
        return (name: String(parts.first ?? ""), value: String(parts.count > 1 ? parts[1] : ""))
      }
      _ = try LightGBMParameters(pairs)
    }
  }

  /// What an experiment's process answers: decoded, used as the agent uses it.
  private static func answers() throws -> FuzzTarget {
    let policy = Policy.self
    var recipe = Recipe()
    recipe.trees.rounds = 3
    let result = JSONValue.object([
      ("model", .string(try fitted().lightGBMText())), ("features", JSONValue(["a", "b"])),
      ("labelDeviation", 1), ("labelMean", 0), ("trainedFrom", "2010-01-04"), ("trainedTo", "2011-01-04"),
      ("trainingRows", 300), ("isPinned", false),
      ("linear", ["means": [0, 1], "scales": [1, 2], "coefficients": [0.1, 0]]),
      ("recipe", try JSONValue(parsing: Array(JSONEncoder().encode(recipe)))),
    ])
    return FuzzTarget("answer of an experiment", [result.text]) { bytes in
      let policy = try JSONDecoder().decode(policy, from: Data(bytes))
      guard let columns = try? policy.columns(in: ["a", "b"]), columns.count == policy.model.featureNames.count else {
        return
      }
      _ = policy.forecast([0.5, 0.5], columns: columns)
    }
  }

  private static var evaluations: FuzzTarget {
    let returns = #""returns":[0.01,-0.02,0.03,0.005,-0.01,0.02,0.001,-0.004]"#
    return FuzzTarget(
      "evaluation", ["{\(returns)}", "{\(returns),\"bench\":0.1}", #"{"pvalues":[0.01,0.2,0.03],"alpha":0.05}"#]
    ) {
      let input = try JSONValue(parsing: $0)
      for kind in [EvaluationKind.sharpe, .psr, .multipleTesting] { _ = try? kind.evaluate(input) }
    }
  }
}
