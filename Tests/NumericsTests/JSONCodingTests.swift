import Foundation
import HydraNumerics
import Testing

@Suite struct JSONCodingTests {
  struct Limits: Codable, Equatable {
    var size = 5
    var loss: Double? = nil
  }

  enum Mode: String, Codable { case replay, live }

  enum Step: Codable, Equatable { case wait, trade(lots: Int, price: Double) }

  struct Settings: Codable, Equatable {
    var name = "x"
    var seed: UInt64 = .max
    var share = 0.25
    var mode = Mode.live
    var limits = Limits()
    var markets: [String: Limits] = ["b": Limits(size: 1), "a": Limits(loss: 2)]
    var steps: [Step] = [.wait, .trade(lots: 2, price: 0.5)]
    var date = CivilDate(year: 2012, month: 6, day: 4)
    var extra: JSONValue = ["k": [1, nil]]
  }

  @Test func `A value is encoded in its own order with sorted dictionaries`() throws {
    let json = try JSONValue(encoding: Settings())
    #expect(
      json.text == #"{"name":"x","seed":"18446744073709551615","share":0.25,"mode":"live","limits":{"size":5},"#
        + #""markets":{"a":{"size":5,"loss":2},"b":{"size":1}},"steps":[{"wait":{}},{"trade":{"lots":2,"price":0.5}}],"#
        + #""date":"2012-06-04","extra":{"k":[1,null]}}"#)
    #expect(try json.decoded(as: Settings.self, strict: true) == Settings())
    #expect(try JSONValue(parsing: json.bytes).decoded(as: Settings.self) == Settings())
  }

  @Test func `Single values, arrays and missing numbers`() throws {
    #expect(try JSONValue(encoding: 3.5).text == "3.5")
    #expect(try JSONValue(encoding: [1, Double.nan, -Double.infinity]).text == #"[1,null,"-inf"]"#)
    #expect(try JSONValue(encoding: [Int?.none, 2]).text == "[null,2]")
    #expect(try JSONValue(encoding: Float(0.1)).text == "0.1")
    let numbers: [Double] = try JSONValue(parsing: #"[1,null,"inf"]"#).decoded()
    #expect(numbers[0] == 1 && numbers[1].isNaN && numbers[2] == .infinity)
    let optional: [Double?] = try JSONValue(parsing: "[1,null]").decoded()
    #expect(optional == [1, nil])
    let matrix: Matrix = try JSONValue(encoding: Matrix([[1, .nan]])).decoded()
    #expect(matrix[0, 0] == 1 && matrix[0, 1].isNaN)
    var random = CounterRandom(seed: .max, stream: "x")
    _ = random.next()
    #expect(try JSONValue(encoding: random).decoded(as: CounterRandom.self) == random)
  }

  @Test func `Other libraries' coders carry JSON values`() throws {
    let value: JSONValue = ["a": [1, 2.5, nil, true, "x"], "b": .number(.infinity)]
    let back = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    #expect(back["a"] == value["a"] && back["b"]?.double == .infinity)
  }

  @Test func `What has no order is refused`() {
    #expect(throws: EncodingError.self) { try JSONValue(encoding: Set([1, 2])) }
    #expect(throws: EncodingError.self) { try JSONValue(encoding: [0.5: "a", 1.5: "b"]) }
    #expect(throws: EncodingError.self) { try JSONValue(encoding: ["a": Set([1])]) }
  }

  @Test(arguments: [
    (#"{"size":"x"}"#, #"size: "x" is not a whole number of 64 bits"#),
    (#"{"size":1.5}"#, "size: 1.5 is not a whole number of 64 bits"),
    ("{}", "has no member 'size'"), ("[1]", "[1] is not an object"),
    (#"{"size":1,"loss":"x"}"#, #"loss: "x" is not a number"#),
    (#"{"size":1,"los":1}"#, "unknown member 'los'; did you mean 'loss'?"),
    (#"{"size":1,"zebra":1}"#, "unknown member 'zebra'"),
  ])
  func `What does not fit is reported with its place`(text: String, message: String) throws {
    let json = try JSONValue(parsing: text)
    let error = #expect(throws: JSONMismatch.self) { try json.decoded(as: Limits.self, strict: true) }
    #expect(error?.description == message)
  }

  @Test func `Places deep inside are named`() throws {
    let json = try JSONValue(parsing: #"{"a":{"x":[{"size":1},{"size":null}]}}"#)
    let error = #expect(throws: JSONMismatch.self) { try json.decoded(as: [String: [String: [Limits]]].self) }
    #expect(error?.description == "a.x[1].size: null is not a whole number of 64 bits")
    let unknown = try JSONValue(parsing: #"{"a":{"x":[{"size":1,"zebra":2}]}}"#)
    let second = #expect(throws: JSONMismatch.self) {
      try unknown.decoded(as: [String: [String: [Limits]]].self, strict: true)
    }
    #expect(second?.description == "a.x[0]: unknown member 'zebra'")
  }

  @Test func `The nearest name is found`() {
    #expect(nearestName(to: "vollatility", in: ["forward", "volatility", "strike"]) == "volatility")
    #expect(nearestName(to: "Strik", in: ["strike"]) == "strike")
    #expect(nearestName(to: "abc", in: ["xyz"]) == nil && nearestName(to: "a", in: []) == nil)
  }
}
