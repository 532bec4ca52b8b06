import HydraNumerics
import Testing

@Suite struct JSONValueTests {
  @Test func `A document is read with its order and its whole numbers`() throws {
    let value = try JSONValue(
      parsing:
        #" { "b" : [1, -2.5e3, true, null, "x\u00e9\ud83d\ude00\n"], "a": {}, "t": 9223372036854775807, "e": [] } "#)
    #expect(value.object?.map(\.key) == ["b", "a", "t", "e"])
    #expect(value["b"]?[1]?.double == -2500)
    #expect(value["b"]?[4]?.string == "xé😀\n")
    #expect(value["t"]?.int == .max)
    #expect(value["b"]?[2]?.bool == true)
    #expect(value["b"]?[3]?.isNull == true)
    #expect(value["nothing"] == nil)
    #expect(value["b"]?[9] == nil)
    #expect(value.text == #"{"b":[1,-2500,true,null,"xé😀\n"],"a":{},"t":9223372036854775807,"e":[]}"#)
  }

  @Test func `Numbers print as the shortest text and missing ones as null`() {
    let value: JSONValue = [
      "a": 3.0, "b": 0.1, "c": .number(.nan), "d": .number(.infinity), "e": .number(-.infinity), "f": 1e300, "g": -7,
      "h": .number(-0.0),
    ]
    #expect(value.text == #"{"a":3,"b":0.1,"c":null,"d":"inf","e":"-inf","f":1e+300,"g":-7,"h":-0}"#)
    #expect(value["d"]?.double == .infinity)
  }

  @Test func `What is printed reads back equal`() throws {
    var random = CounterRandom(seed: 7, stream: "json")
    func make(_ depth: Int) -> JSONValue {
      switch random.below(depth > 4 ? 5 : 7) {
      case 0: return .null
      case 1: return .bool(random.below(2) == 0)
      case 2: return .integer(Int64(bitPattern: random.next()))
      case 3:
        let value = Double(bitPattern: random.next())
        return value.isFinite ? .number(value) : .number(0.5)
      case 4:
        return .string(String((0..<random.below(8)).map { _ in Character(Unicode.Scalar(UInt8(random.below(128)))) }))
      case 5: return .array((0..<random.below(5)).map { _ in make(depth + 1) })
      default: return .object((0..<random.below(20)).map { ("k\($0)", make(depth + 1)) })
      }
    }
    for _ in 0..<2000 {
      let value = make(0)
      try #require(try JSONValue(parsing: value.bytes) == value)
      try #require(try JSONValue(parsing: value.prettyText) == value)
      try #require(try JSONValue(parsing: value.bytes).hashValue == value.hashValue)
    }
  }

  @Test func `Numbers are equal however they are held`() {
    #expect(JSONValue.integer(3) == .number(3))
    #expect(JSONValue.integer(3).hashValue == JSONValue.number(3).hashValue)
    #expect(JSONValue.integer(.max) != .number(0x1p63))
    #expect(JSONValue.number(.nan) != .number(.nan))
  }

  @Test(arguments: [
    ("", 0), ("nul", 0), ("[1,]", 3), ("[1 2]", 3), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{\"a\" 1}", 5), ("01", 0),
    ("1.", 2),
    ("-", 1), ("1e", 2), ("1e999", 0), (".5", 0), ("+1", 0), ("\"abc", 4), ("\"a\nb\"", 2), ("\"\\x\"", 2),
    ("\"\\ud800\"", 7), ("\"\\u12g4\"", 5), ("[1] x", 4), ("{\"a\":1,\"a\":2}", 7), ("// c\n1", 0), ("NaN", 0),
    ("[", 1),
    ("{\"a\":", 5), ("'a'", 0),
  ])
  func `Text that is not JSON is refused with its place`(text: String, offset: Int) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.offset == offset, "\(error?.description ?? "")")
  }

  @Test func `Bytes that are not UTF-8 and nesting without end are refused`() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [34, 0xff, 34]) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: Array(repeating: UInt8(ascii: "["), count: 1_000_000)) }
    #expect(throws: Never.self) {
      try JSONValue(parsing: String(repeating: "[", count: 512) + String(repeating: "]", count: 512))
    }
  }

  @Test func `Many keys are checked too`() {
    let members = (0..<40).map { "\"k\($0 == 39 ? 3 : $0)\":0" }.joined(separator: ",")
    #expect(throws: JSONError.self) { try JSONValue(parsing: "{\(members)}") }
  }

  @Test func `Members are set, replaced and removed by name`() {
    var value: JSONValue = [:]
    value["a"] = 1
    value["b"] = "x"
    value["a"] = 2
    #expect(value.text == #"{"a":2,"b":"x"}"#)
    value["a"] = nil
    #expect(value.text == #"{"b":"x"}"#)
    #expect(JSONValue([1, .nan]).doubles?[1].isNaN == true)
    #expect(JSONValue(["a"]).doubles == nil)
  }

  @Test func `The long form has one member a line`() {
    let value: JSONValue = ["a": [1, 2], "b": ["c": []], "d": [["e": 1]], "f": [:]]
    #expect(
      value.prettyText == """
        {
          "a": [1, 2],
          "b": {
            "c": []
          },
          "d": [
            {
              "e": 1
            }
          ],
          "f": {}
        }
        """)
  }
}
