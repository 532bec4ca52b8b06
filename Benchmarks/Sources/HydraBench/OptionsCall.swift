import HydraNumerics
import HydraOptions

/// `hydra-bench options`: Black-76 over the rows of a file.
enum OptionsCall {
  static let usage = "options price|greeks|iv|density IN.csv OUT.csv [--threads N] [--repeat R] [--greek NAME]"

  static func run(_ words: ArraySlice<String>) throws {
    if words.first == "american" { return try OptionsAmericanCall.run(words) }
    if let task = words.first, SmileCall.tasks.contains(task) { return try SmileCall.run(words) }
    let arguments = try Arguments(words, call: "options", positional: 3, options: ["threads", "repeat", "greek"])
    let task = arguments[0]
    guard ["price", "greeks", "iv", "density"].contains(task) else {
      let tasks = "price, greeks, iv, american, sabr, surface, density"
      throw BenchError.usage("options: '\(task)' is not a task; tasks: \(tasks)")
    }
    let name = arguments.optional("greek") ?? "delta"
    guard let greek = Greeks.Name(rawValue: name) else {
      let known = Greeks.Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw BenchError.usage("options: unknown Greek '\(name)'; known: \(known)")
    }
    let threads = try arguments.whole("threads", default: 1)
    let repeats = try arguments.whole("repeat", default: 5)
    var form = CSVTable.Options()
    form.missing = ["nan", "NaN"]
    let table = try CSVTable(path: arguments[1], options: form)
    if task == "density" { return try DensityCall.run(table, to: arguments[2], repeats: repeats) }
    let options = try columns(of: table)
    let given = try table.doubles(task == "iv" ? "price" : "vol")

    let numbers: [Double]
    let measurement: Measurement
    switch task {
    case "price":
      var result = PriceColumns()
      let compute = { Black76.price(options, volatilities: given, threads: threads, into: &result) }
      compute()
      try OptionChecks.prices(options, volatilities: given, result)
      numbers = result.prices
      measurement = Measurement(repeats: repeats, compute)
    case "greeks":
      var result = GreekColumns()
      let compute = { Black76.greeks(options, volatilities: given, threads: threads, into: &result) }
      compute()
      try OptionChecks.greeks(options, volatilities: given, result)
      numbers = result[greek]
      measurement = Measurement(repeats: repeats, compute)
    default:
      var result = ImpliedVolatilityColumns()
      let compute = { Black76.impliedVolatility(of: given, options, threads: threads, into: &result) }
      compute()
      try OptionChecks.volatilities(options, prices: given, result)
      numbers = result.volatilities
      measurement = Measurement(repeats: repeats, compute)
    }
    try write(lines: numbers.map(numberField), to: arguments[2])
    print(JSONValue.object([("seconds", .number(measurement.seconds))]).text)
  }

  /// The options of a table: columns `type`, `forward`, `strike`, `expiry_years`, `rate`, and European `style`.
  private static func columns(of table: CSVTable) throws -> OptionColumns {
    if let styles = table.index(of: "style") {
      for (row, style) in table.strings(column: styles).enumerated() where style != "" && style != "european" {
        guard style == "american" else {
          throw table.error(row: row, column: styles, expected: "european or american")
        }
        throw BenchError.usage("\(table.file):\(table.line(of: row)): style 'american' is not in this version")
      }
    }
    let types = try table.requiredIndex(of: "type")
    let kinds = try table.strings(column: types).enumerated().map { row, text in
      guard let kind = OptionKind(rawValue: text) else {
        throw table.error(row: row, column: types, expected: "call or put")
      }
      return kind
    }
    return OptionColumns(
      kinds: kinds, forwards: try table.doubles("forward"), strikes: try table.doubles("strike"),
      years: try table.doubles("expiry_years"), rates: try table.doubles("rate"))
  }
}

/// A number as it stands in files: shortest exact text, empty when missing.
func numberField(_ value: Double) -> String { value.isNaN ? "" : NumberText.text(value) }

/// Writes lines to a file without a header.
func write(lines: [String], to path: String) throws {
  var bytes: [UInt8] = []
  for line in lines {
    bytes.append(contentsOf: line.utf8)
    bytes.append(10)
  }
  try FileBytes.write(bytes, to: path)
}
