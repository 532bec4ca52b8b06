import HydraNumerics

/// How dates, and times where there are any, are written: `yyyy yy MM M MMM dd d HH H mm ss` and what stands between.
///
///     DatePattern("dd.MM.yyyy HH:mm")!.parse("24.12.2014 14:30")    // 2014-12-24, 52200 s
///
/// `MMM` is an English month's first three letters; `yy` is 1950 to 2049; `M`, `d` and `H` take one digit or two.
public struct DatePattern: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case year, shortYear, month, monthName, day, hour, minute, second
    case digitsMonth, digitsDay, digitsHour
    case literal(UInt8)
  }

  /// As it was written.
  public let text: String
  private let parts: [Part]

  private static let tokens: [(String, Part)] = [
    ("yyyy", .year), ("yy", .shortYear), ("MMM", .monthName), ("MM", .month), ("M", .digitsMonth), ("dd", .day),
    ("d", .digitsDay), ("HH", .hour), ("H", .digitsHour), ("mm", .minute), ("ss", .second),
  ]

  /// Nil for a pattern without a year, a month and a day.
  public init?(_ text: String) {
    var parts: [Part] = []
    var rest = text[...]
    while let first = rest.utf8.first {
      if let (token, part) = Self.tokens.first(where: { rest.hasPrefix($0.0) }) {
        parts.append(part)
        rest = rest.dropFirst(token.count)
      } else {
        guard first < 128 else { return nil }
        parts.append(.literal(first))
        rest = rest.dropFirst()
      }
    }
    let months: Set<Part> = [.month, .monthName, .digitsMonth]
    guard parts.contains(where: { $0 == .year || $0 == .shortYear }), parts.contains(where: months.contains),
      parts.contains(where: { $0 == .day || $0 == .digitsDay })
    else { return nil }
    self.text = text
    self.parts = parts
  }

  /// The standard form of dates, `2014-12-24`.
  public static let standard = DatePattern("yyyy-MM-dd")!

  /// Whether the pattern has a time of day.
  public var hasTime: Bool { parts.contains { $0 == .hour || $0 == .digitsHour } }

  /// The date, and seconds since midnight where the pattern has a time; nil when the text is not of this form.
  public func parse(_ text: String) -> (date: CivilDate, secondsOfDay: Int64?)? {
    let bytes = Array(text.utf8)
    var place = 0
    var (year, month, day, hour, minute, second) = (0, 0, 0, 0, 0, 0)
    func digits(_ least: Int, _ most: Int) -> Int? {
      var (value, count) = (0, 0)
      while count < most, place < bytes.count, (48...57).contains(bytes[place]) {
        value = value * 10 + Int(bytes[place]) - 48
        (place, count) = (place + 1, count + 1)
      }
      return count >= least ? value : nil
    }
    for part in parts {
      var number: Int?
      switch part {
      case .literal(let byte):
        guard place < bytes.count, bytes[place] == byte else { return nil }
        place += 1
        continue
      case .monthName:
        guard place + 3 <= bytes.count else { return nil }
        number = Self.month(named: String(decoding: bytes[place..<place + 3], as: UTF8.self))
        place += 3
      case .year: number = digits(4, 4)
      case .shortYear: number = digits(2, 2).map { $0 < 50 ? 2000 + $0 : 1900 + $0 }
      case .month, .day, .hour, .minute, .second: number = digits(2, 2)
      case .digitsMonth, .digitsDay, .digitsHour: number = digits(1, 2)
      }
      guard let number else { return nil }
      switch part {
      case .year, .shortYear: year = number
      case .month, .monthName, .digitsMonth: month = number
      case .day, .digitsDay: day = number
      case .hour, .digitsHour: hour = number
      case .minute: minute = number
      default: second = number
      }
    }
    guard place == bytes.count, CivilDate.isValid(year: year, month: month, day: day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    return (
      CivilDate(year: year, month: month, day: day), hasTime ? Int64(hour * 3600 + minute * 60 + second) : nil
    )
  }

  /// 1...12 for the first three letters of an English month; nil for others.
  static func month(named name: String) -> Int? {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    return names.firstIndex(of: name.lowercased()).map { $0 + 1 }
  }
}

/// How delivery months are written.
public enum ContractPattern: String, Hashable, Codable, Sendable, CaseIterable {
  /// `201503`, `20150300` or `2015-03`.
  case digits
  /// The exchange's month letter and the year in two or four digits, with or without a symbol in front: `ZOH15`,
  /// `H2015`. One digit of a year is refused: it names several contracts.
  case code
  /// The month's English name or its first three letters, and the year: `Mar 2015`, `MAR-15`.
  case name

  /// The delivery month; nil when the text is not of this form.
  func parse(_ text: String) -> ContractMonth? {
    if self == .digits { return ContractMonth(text) }
    let digits = text.utf8.reversed().prefix { (48...57).contains($0) }.count
    let year: Int
    switch (digits, Int(text.suffix(digits))) {
    case (4, let value?): year = value
    case (2, let value?): year = value < 50 ? 2000 + value : 1900 + value
    default: return nil
    }
    let front = text.dropLast(digits)
    switch self {
    case .digits: return nil
    case .code:
      guard let letter = front.last, let index = Array("FGHJKMNQUVXZ").firstIndex(of: letter) else { return nil }
      return ContractMonth(year: year, month: index + 1)
    case .name:
      let letters = front.prefix { $0.isLetter }
      guard letters.count >= 3, front.dropFirst(letters.count).allSatisfy({ " -/".contains($0) }),
        let month = DatePattern.month(named: String(letters.prefix(3)))
      else { return nil }
      return ContractMonth(year: year, month: month)
    }
  }
}
