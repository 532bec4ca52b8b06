/// The delivery month that names a futures contract.
public struct ContractMonth: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public let year: Int
  /// 1 = January … 12 = December.
  public let month: Int

  public init(year: Int, month: Int) {
    precondition((1...12).contains(month), "month is not in 1...12: \(month)")
    (self.year, self.month) = (year, month)
  }

  /// Reads `201503`, `20150300` or `2015-03`; nil for anything else.
  public init?(_ text: String) {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    guard digits.count == 6 || (digits.count == 8 && digits.suffix(2).allSatisfy { $0 == UInt8(ascii: "0") }),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      text.utf8.count == digits.count || (text.utf8.count == 7 && Array(text.utf8)[4] == UInt8(ascii: "-"))
    else { return nil }
    let numbers = digits.map { Int($0) - 48 }
    let month = numbers[4] * 10 + numbers[5]
    guard (1...12).contains(month) else { return nil }
    self.init(year: numbers[0] * 1000 + numbers[1] * 100 + numbers[2] * 10 + numbers[3], month: month)
  }

  /// The exchange's month letter with two digits of the year: `H15` is March 2015.
  public var code: String {
    let letter = Array("FGHJKMNQUVXZ")[month - 1]
    return "\(letter)\(year / 10 % 10)\(year % 10)"
  }

  public var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

  /// Months from `other` to `self`; negative when `self` is the earlier one.
  public func months(since other: ContractMonth) -> Int { (year - other.year) * 12 + month - other.month }

  public static func < (a: ContractMonth, b: ContractMonth) -> Bool { (a.year, a.month) < (b.year, b.month) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = ContractMonth(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a contract month")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
