import Foundation
import HydraCore
import Testing

/// Rows that no program should send, through the verbs that read options.
@Suite struct OptionRowsTests {
  /// Fields that stand where a number should.
  static let odd = [
    "", "nan", "NaN", "inf", "-inf", "abc", "1e999", "-1e999", "-5", "0", "-0", "1e-320", "1e308", "-1e308", "0x10",
    "\"1,5\"", "--1", "1e", "∞", "\"\"", " ", "12 34", "1_000", "+1", ".5", "5.", "\"a \"\"quote\"\"\"", "1e-300",
    "true",
    "99999999999999999999999999", "null", "\"\n\"", "'3'", "4.9e-324", "1.7976931348623157e308",
  ]
  static let types = ["call", "put", "call", "put", "CALL", "", "straddle", "1", "nan", "\"c,p\""]

  static func rows(_ model: String, seed: UInt64, count: Int) -> String {
    var random = CounterRandom(seed: seed, stream: "malformed-\(model)")
    func field(_ usual: Double) -> String {
      random.below(3) == 0 ? odd[random.below(odd.count)] : "\(usual * (0.5 + random.uniform()))"
    }
    let columns = ["type", model == "bsm" ? "spot" : "forward", "strike", "expiry_years", "rate", "dividend_yield"]
    var text = (columns + [model == "bachelier" ? "normal_vol" : "vol", "price"]).joined(separator: ",") + "\n"
    for _ in 0..<count {
      let type = types[random.below(types.count)]
      let numbers = [100, 100, 0.5, 0.03, 0.01, model == "bachelier" ? 20 : 0.2, 8].map(field)
      text += ([type] + numbers).joined(separator: ",") + "\n"
    }
    return text
  }

  @Test(arguments: ["black76", "bsm", "bachelier"], ["price", "iv"])
  func tenThousandMalformedRowsAllHaveAStatus(model: String, verb: String) throws {
    let count = 10_000
    let input = Self.rows(model, seed: 11, count: count)
    var arguments = ["options", verb, "--model", model]
    if verb == "price" { arguments += ["--greeks", "all"] }
    let run = try RunnerProcess.run(arguments, input: input)
    #expect(run.status == 0, "\(run.errors)")
    let table = try CSVTable(bytes: Array(run.output.utf8), file: "output")
    #expect(table.count == count)
    let known: Set<String> =
      verb == "price"
      ? Set(PriceStatus.allCases.map(\.rawValue)) : Set(ImpliedVolatilityStatus.allCases.map(\.rawValue))
    let statuses = try table.strings("status")
    #expect(statuses.allSatisfy(known.contains))
    // These occur, or the rows would not be a test.
    for status in ["ok", "nan_input", "invalid"] + (verb == "iv" ? ["below_intrinsic"] : []) {
      #expect(statuses.contains(status), "no row is \(status)")
    }
    let answers = verb == "price" ? "price" : model == "bachelier" ? "normal_vol" : "vol"
    let answered: Set<String> = ["ok", "ok_zero_vol", "at_maximum"]
    for (row, value) in try table.strings(answers).enumerated() {
      #expect(value.isEmpty != answered.contains(statuses[row]), "row \(row): '\(value)' is \(statuses[row])")
    }
    #expect(try RunnerProcess.run(arguments + ["--strict"], input: input).status == 65)
  }

  @Test func eachModelReadsItsColumns() throws {
    let spot = "type,spot,strike,expiry_years,rate,vol\ncall,100,100,1,0.05,0.2\n"
    let run = try RunnerProcess.run(["options", "price", "--model", "bsm", "--greeks", "all"], input: spot)
    #expect(run.output.contains(",10.450583572185568,") && run.output.contains(",psi,status\n"), "\(run.errors)")
    // Undiscounted premiums are e^{rT} times as large and have the same volatility.
    let grown = try RunnerProcess.run(["options", "price", "--model", "bsm", "--undiscounted"], input: spot)
    let price = try CSVTable(bytes: Array(grown.output.utf8), file: "output").doubles("price")[0]
    #expect(abs(price - 10.450583572185568 * Portable.exp(0.05)) < 1e-13)
    let back = try RunnerProcess.run(["options", "iv", "--model", "bsm", "--undiscounted"], input: grown.output)
    #expect(try abs(CSVTable(bytes: Array(back.output.utf8), file: "output").doubles("vol")[0] - 0.2) < 1e-15)
    let normal = "type,forward,strike,expiry_years,normal_vol,price\nput,100,100,1,20,7.978845608028654\n"
    for (verb, column) in [("price", "price"), ("iv", "normal_vol")] {
      let run = try RunnerProcess.run(["options", verb, "--model", "bachelier", "--undiscounted"], input: normal)
      let value = try CSVTable(bytes: Array(run.output.utf8), file: "output").doubles(column)[0]
      #expect(value == (verb == "price" ? 7.978845608028654 : 20), "\(run.errors)")
    }
    let wrong = try RunnerProcess.run(["options", "price"], input: spot)
    #expect(wrong.status == 64 && wrong.errors.contains("--model bsm"), "\(wrong.errors)")
  }
}
