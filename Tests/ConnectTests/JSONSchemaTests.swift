import Foundation
import HydraConnect
import HydraNumerics
import TestSupport
import Testing

@Suite struct JSONSchemaTests {
  private let schema: JSONValue = [
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "decision", "type": "object",
    "additionalProperties": false, "required": ["diagnosis", "change", "confidence"],
    "properties": [
      "diagnosis": ["type": "string", "minLength": 1, "maxLength": 5],
      "change": [
        "type": "object", "additionalProperties": false, "required": ["param", "value"],
        "properties": [
          "param": ["type": "string", "enum": ["signal.entry_threshold", "none"]], "value": ["type": "number"],
        ],
      ],
      "confidence": ["type": "number", "minimum": 0, "maximum": 1],
    ],
  ]

  private func faults(_ text: String) throws -> [String] {
    JSONSchema.faults(of: try JSONValue(parsing: text), against: schema)
  }

  private func decision(
    diagnosis: String = #""grüße""#, param: String = #""none""#, value: String = "0", confidence: String = "0.5",
    more: String = ""
  ) -> String {
    #"{"diagnosis":\#(diagnosis),"change":{"param":\#(param),"value":\#(value)},"confidence":\#(confidence)\#(more)}"#
  }

  @Test func `a value that fits has no faults`() throws {
    #expect(try faults(decision()) == [])
    #expect(try faults(decision(value: "-1e300", confidence: "1")) == [])
    #expect(try faults(decision(confidence: "0.0")) == [])
  }

  @Test func `every fault is named with its place`() throws {
    #expect(try faults(decision(confidence: "1.6")) == ["confidence: 1.6 is above the maximum 1"])
    #expect(try faults(decision(confidence: "-1e-9")) == ["confidence: -1e-09 is below the minimum 0"])
    #expect(try faults(decision(confidence: #""0.5""#)) == [#"confidence: "0.5" is of type string, not number"#])
    #expect(try faults(decision(value: "true")) == ["change.value: true is of type boolean, not number"])
    #expect(try faults(decision(value: "null")) == ["change.value: null is of type null, not number"])
    #expect(
      try faults(decision(param: #""sell_everything""#))
        == [#"change.param: "sell_everything" is not one of "signal.entry_threshold", "none""#])
    #expect(try faults(decision(diagnosis: #""""#)) == ["diagnosis: has 0 characters, at least 1 are needed"])
    #expect(try faults(decision(diagnosis: #""123456""#)) == ["diagnosis: has 6 characters, at most 5 are allowed"])
    #expect(try faults(decision(more: #","order":1"#)) == ["order: is not among the members that are asked for"])
    #expect(
      try faults(#"{"change":{"value":1,"x":{}}}"#) == [
        "'diagnosis' is missing", "'confidence' is missing", "change: 'param' is missing",
        "change.x: is not among the members that are asked for",
      ])
    #expect(try faults("[]") == ["[] is of type array, not object"])
  }

  @Test func `a member that occurs twice in a value made by hand is a fault`() {
    let value = JSONValue.object([("a", 1), ("a", 2)])
    #expect(JSONSchema.faults(of: value, against: ["type": "object"]) == ["a: occurs twice"])
  }

  @Test func `items, several types, whole numbers and exclusive bounds are understood`() {
    func check(_ value: JSONValue, _ schema: JSONValue) -> [String] { JSONSchema.faults(of: value, against: schema) }
    let list: JSONValue = ["type": "array", "minItems": 1, "maxItems": 2, "items": ["type": "integer"]]
    #expect(check([1, 2.0], list) == [])
    #expect(check([], list) == ["has 0 items, at least 1 are needed"])
    #expect(check([1, 2, 3], list) == ["has 3 items, at most 2 are allowed"])
    #expect(check([1, 2.5], list) == ["[1]: 2.5 is of type number, not integer"])
    #expect(check(.null, ["type": ["string", "null"]]) == [])
    #expect(check(1, ["type": ["string", "null"]]) == ["1 is of type number, not string or null"])
    #expect(check(5, ["exclusiveMaximum": 5]) == ["5 is not below 5"])
    #expect(check(5, ["exclusiveMinimum": 5]) == ["5 is not above 5"])
    #expect(check("x", ["const": "y"]) == [#""x" is not "y""#])
    #expect(check(["a": 1], ["additionalProperties": ["type": "string"]]) == ["a: 1 is of type number, not string"])
    #expect(check(["a": 1], [:]) == [])
    #expect(check("inf", ["type": "number", "minimum": 0]) == [#""inf" is of type string, not number"#])
  }

  @Test func `a keyword that is not understood lets nothing through`() {
    #expect(
      JSONSchema.faults(of: "x", against: ["type": "string", "pattern": "^y$"])
        == ["the schema's keyword 'pattern' is not supported"])
    #expect(JSONSchema.faults(of: 1, against: ["type": "float"]) == ["the schema's type 'float' is not known"])
    #expect(JSONSchema.faults(of: 1, against: "number") == ["the schema is not an object"])
  }

  @Test func `a reply is one object, strictly`() throws {
    func error(_ text: String) -> LanguageModelError? {
      do throws(LanguageModelError) {
        _ = try StrictReply.json(text, schema: schema)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(decision()) == nil)
    #expect(error(" \n\(decision())\r\n\t") == nil)
    #expect(error("") == .emptyContent)
    #expect(error(" \n") == .emptyContent)
    for text in [
      "no idea", "```json\n\(decision())\n```", "[1]", "null", #""{}""#, "<think>{}</think>{}", "\u{feff}{}",
    ] {
      #expect(error(text) == .noJSON, "\(text)")
    }
    #expect(error(decision() + decision()) == .ambiguousOutput)
    #expect(error(decision() + "\n" + #"{"a":1}"#) == .ambiguousOutput)
    let broken = [
      decision(value: "NaN"), decision(value: "Infinity"), decision(value: "1e999"), decision(value: "01"),
      decision(more: ","), decision(more: #","confidence":0.4"#), decision() + "!", "{'a':1}", #"{"a":1"#, "{",
      decision(diagnosis: "\"a\nb\""), decision().replacing("}", with: ",}"), "// c\n{}",
    ]
    for text in broken.dropLast() {
      guard case .invalidJSON = error(text) else {
        Issue.record("\(text): \(String(describing: error(text)))")
        continue
      }
    }
    #expect(error(broken[broken.count - 1]) == .noJSON)
    #expect(error(decision(diagnosis: #""a\nb""#)) == .schema(["a text holds a control character"]))
    let deep = String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17)
    guard case .schema(let faults) = error(deep) else {
      Issue.record("deep: \(String(describing: error(deep)))")
      return
    }
    #expect(faults[0] == "nested more than 16 deep")
    #expect(error(String(repeating: " ", count: 65_537)) == .tooLarge(bytes: 65_537))
  }

  @Test func `random damage to a reply never passes as another decision`() throws {
    let good = Array(decision(diagnosis: #""ok""#, param: #""signal.entry_threshold""#, value: "1.25").utf8)
    var random = CounterRandom(seed: 3, stream: "damage")
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0..<(1 + random.below(3)) {
        switch random.below(3) {
        case 0: bytes.remove(at: random.below(bytes.count))
        case 1: bytes.insert(UInt8(random.below(128)), at: random.below(bytes.count))
        default: bytes[random.below(bytes.count)] = UInt8(random.below(128))
        }
      }
      guard let value = try? StrictReply.json(String(decoding: bytes, as: UTF8.self), schema: schema) else { continue }
      #expect(JSONSchema.faults(of: value, against: schema).isEmpty)
      let confidence = try #require(value["confidence"]?.double)
      #expect((0...1).contains(confidence))
    }
  }
}
