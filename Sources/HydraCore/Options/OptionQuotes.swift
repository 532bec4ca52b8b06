import HydraNumerics

/// The quotes of one expiry, in the order in which they came.
///
///     let quotes = try OptionQuotes(csv: "oat-options.csv")   // type,strike,bid,ask,open_interest
///     for quote in quotes { print(quote.strike, quote.kind, quote.mid) }
public struct OptionQuotes: Hashable, Codable, Sendable, RandomAccessCollection, RangeReplaceableCollection,
  ExpressibleByArrayLiteral
{
  private var quotes: [OptionQuote]

  public init() { quotes = [] }
  public init(_ quotes: some Sequence<OptionQuote>) { self.quotes = Array(quotes) }
  public init(arrayLiteral elements: OptionQuote...) { quotes = elements }

  public var startIndex: Int { 0 }
  public var endIndex: Int { quotes.count }
  /// The quote at a place in the order of the file.
  public subscript(position: Int) -> OptionQuote {
    get { quotes[position] }
    set { quotes[position] = newValue }
  }
  /// Puts other quotes in the place of some.
  public mutating func replaceSubrange(_ range: Range<Int>, with others: some Collection<OptionQuote>) {
    quotes.replaceSubrange(range, with: others)
  }
}

// MARK: - Files

extension OptionQuotes {
  /// Reads the quotes of a CSV file, plain or compressed; `-` is standard input.
  ///
  /// Columns are found by name: `type` (call, put) and `strike` have to be there; `bid`, `ask`, `mid`,
  /// `open_interest`, `vol`, `last`, `age_seconds` may be, and an empty field is a missing value. A bid of 0 is no
  /// bid. Throws `FileError` for a file that cannot be read and `CSVError` with file, line, column and value for a
  /// field that cannot be: an unknown type, a strike that is not positive, a negative price, size, volatility or age.
  ///
  /// - Complexity: O(bytes).
  public init(csv path: String) throws { try self.init(CSVTable(path: path)) }

  /// Reads the quotes of a table with the columns of `init(csv:)`.
  public init(_ table: CSVTable) throws {
    let types = try table.requiredIndex(of: "type")
    let strikes = try Self.column("strike", of: table, isRequired: true)
    let bids = try Self.column("bid", of: table)
    let asks = try Self.column("ask", of: table)
    let mids = try Self.column("mid", of: table)
    let interests = try Self.column("open_interest", of: table)
    let volatilities = try Self.column("vol", of: table)
    let trades = try Self.column("last", of: table)
    let ages = try Self.column("age_seconds", of: table)
    quotes = try table.strings(column: types).enumerated().map { row, text in
      guard let kind = OptionKind(rawValue: text) else {
        throw table.error(row: row, column: types, expected: "call or put")
      }
      let bid = bids(row)
      return OptionQuote(
        kind, strike: strikes(row)!, bid: bid == 0 ? nil : bid, ask: asks(row), statedMid: mids(row),
        openInterest: interests(row), volatility: volatilities(row), lastPrice: trades(row), ageSeconds: ages(row))
    }
  }

  /// A column of finite numbers that are not negative, and positive where they are required.
  private static func column(
    _ name: String, of table: CSVTable, isRequired: Bool = false
  ) throws -> (Int) -> Double? {
    guard isRequired || table.hasColumn(name) else { return { _ in nil } }
    let column = try table.requiredIndex(of: name)
    let values = try table.doubles(column: column, missing: isRequired ? .refused : .allowed)
    for (row, value) in values.enumerated() where !value.isNaN {
      guard value < .infinity, isRequired ? value > 0 : value >= 0 else {
        throw table.error(row: row, column: column, expected: isRequired ? "a positive number" : "a number from 0 up")
      }
    }
    return { values[$0].isNaN ? nil : values[$0] }
  }
}
