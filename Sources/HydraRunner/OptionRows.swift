import ArgumentParser
import HydraCore

/// The pricing model of a verb.
enum PricingModel: String, CaseIterable, ExpressibleByArgument {
  case black76, bsm, bachelier

  /// The column of the underlying's price.
  var underlyingColumn: String { self == .bsm ? "spot" : "forward" }
  /// The column of volatilities.
  var volatilityColumn: String { self == .bachelier ? "normal_vol" : "vol" }
}

/// What every verb on rows of options takes.
struct OptionRowsOptions: ParsableArguments {
  @Option(help: "black76 (on futures), bsm (on spot, with dividend_yield) or bachelier (on futures, normal_vol).")
  var model: PricingModel = .black76

  @Flag(help: "Prices are not discounted; the column 'rate' is not needed, except for the carry of bsm.")
  var undiscounted = false

  /// The input's table with its options and one more column of numbers.
  func read(_ input: InputOptions, with column: String) throws -> OptionRows {
    try OptionRows(input.table(), model: model, undiscounted: undiscounted, values: column)
  }
}

/// Rows of options as they stand in a table, with the faults of rows that say something unreadable.
struct OptionRows {
  let table: CSVTable
  let model: PricingModel
  let undiscounted: Bool
  private(set) var kinds: [OptionKind] = []
  private(set) var styles: [OptionStyle] = []
  /// Forwards, or spots for bsm.
  private(set) var underlyings: [Double] = []
  private(set) var strikes: [Double] = []
  private(set) var years: [Double] = []
  /// 0 where nothing is discounted, except for bsm.
  private(set) var rates: [Double] = []
  /// Of bsm; 0 in the other models.
  private(set) var dividendYields: [Double] = []
  /// The column that the verb starts from: volatilities or prices.
  private(set) var values: [Double] = []
  /// The first unreadable field of a row: its column, and what it should be. Such a row's status is `invalid`.
  private(set) var faults: [Int: (column: Int, expected: String)] = [:]

  var count: Int { table.count }

  /// Reads `type`, the underlying, `strike`, `expiry_years`, `rate`, `style` and the column `values`.
  init(_ table: CSVTable, model: PricingModel, undiscounted: Bool, values column: String) throws {
    self.table = table
    self.model = model
    self.undiscounted = undiscounted
    let source = sourceName(of: table)
    let underlying = model.underlyingColumn
    let other = model == .bsm ? "forward" : "spot"
    if !table.hasColumn(underlying), table.hasColumn(other) {
      throw RunnerError(
        .usage, "\(source): --model \(model.rawValue) reads the column '\(underlying)', not '\(other)'",
        hint: model == .bsm ? nil : "--model bsm reads 'spot' and 'dividend_yield'")
    }
    let needsRate = !undiscounted || model == .bsm
    if needsRate, !table.hasColumn("rate") {
      throw RunnerError(
        .badData, "\(source): there is no column 'rate'",
        hint: model == .bsm ? "--model bsm carries the spot forward with it" : "--undiscounted does without")
    }
    readStyles()
    try readKinds()
    underlyings = try numbers(underlying)
    strikes = try numbers("strike")
    years = try numbers("expiry_years")
    rates = needsRate ? try numbers("rate") : Array(repeating: 0, count: table.count)
    dividendYields = try yields()
    values = try numbers(column)
    // One missing number is enough for a row that has an unreadable field.
    for row in faults.keys { strikes[row] = .nan }
  }

  /// The options of the futures models.
  var options: OptionColumns {
    OptionColumns(kinds: kinds, forwards: underlyings, strikes: strikes, years: years, rates: rates)
  }

  /// The options of bsm.
  ///
  /// Without discount V exp(rT) = S exp((r - q) T) N(d1) - K N(d2): a rate of 0 and a yield of q - r.
  var spotOptions: SpotOptionColumns {
    SpotOptionColumns(
      kinds: kinds, spots: underlyings, strikes: strikes, years: years,
      rates: undiscounted ? rates.map { $0 * 0 } : rates,
      dividendYields: undiscounted ? zip(dividendYields, rates).map { $0 - $1 } : dividendYields)
  }

  /// Statuses as they are printed: rows with an unreadable field are `invalid`.
  func statuses(_ statuses: [String]) -> [String] {
    var statuses = statuses
    for row in faults.keys { statuses[row] = "invalid" }
    return statuses
  }

  /// A column of numbers; missing ones (empty, `nan`) are NaN, and so are unreadable ones, which are kept as faults.
  private mutating func numbers(_ name: String) throws -> [Double] {
    let column = try table.requiredIndex(of: name)
    if let values = try? table.doubles(name) { return values }
    return table.strings(column: column).enumerated().map { row, text in
      let field = trimmed(text)
      if let number = NumberText.number(field) { return number }
      if !field.isEmpty, field.lowercased() != "nan", faults[row] == nil { faults[row] = (column, "a number") }
      return .nan
    }
  }

  /// The yields of bsm: no column and an empty field are no yield.
  private mutating func yields() throws -> [Double] {
    guard model == .bsm, let column = table.index(of: "dividend_yield") else {
      return Array(repeating: 0, count: table.count)
    }
    var values = try numbers("dividend_yield")
    let texts = table.strings(column: column)
    for row in values.indices where values[row].isNaN && texts[row].allSatisfy(\.isWhitespace) { values[row] = 0 }
    return values
  }

  private mutating func readKinds() throws {
    let column = try table.requiredIndex(of: "type")
    kinds.reserveCapacity(table.count)
    for (row, text) in table.strings(column: column).enumerated() {
      if let kind = OptionKind(rawValue: text) {
        kinds.append(kind)
        continue
      }
      kinds.append(.call)
      faults[row] = faults[row] ?? (column, "call or put")
    }
  }

  private mutating func readStyles() {
    styles = Array(repeating: .european, count: table.count)
    guard let column = table.index(of: "style") else { return }
    for (row, text) in table.strings(column: column).enumerated() where !text.isEmpty {
      if let style = OptionStyle(rawValue: text) {
        styles[row] = style
      } else {
        faults[row] = (column, "european or american")
      }
    }
  }
}

/// When an option may be exercised.
enum OptionStyle: String {
  case european, american
}

/// A field without the blanks around it.
private func trimmed(_ text: String) -> String {
  let rest = text.drop(while: \.isWhitespace)
  return rest.last?.isWhitespace == true ? String(rest.reversed().drop(while: \.isWhitespace).reversed()) : String(rest)
}

/// How messages call a table's source.
func sourceName(of table: CSVTable) -> String { table.file == "-" ? "standard input" : table.file }

extension StrictOption {
  /// With `--strict`, fails when a row has no answer; the rows have been printed by then.
  func require(_ statuses: [String], in rows: OptionRows, answered: Set<String>) throws {
    guard strict, let first = statuses.firstIndex(where: { !answered.contains($0) }) else { return }
    let count = statuses.filter { !answered.contains($0) }.count
    if let fault = rows.faults[first] {
      let error = rows.table.error(row: first, column: fault.column, expected: fault.expected)
      throw RunnerError(.badData, "\(error)", hint: count > 1 ? "\(count) of \(rows.count) rows without result" : nil)
    }
    let place = "\(sourceName(of: rows.table)):\(rows.table.line(of: first))"
    throw RunnerError(
      .badData, "\(place): status \(statuses[first]); \(count) of \(rows.count) rows without result")
  }
}
