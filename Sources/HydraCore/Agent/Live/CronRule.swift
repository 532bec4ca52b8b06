import HydraNumerics

/// A time table in the five fields of `cron`: minute, hour, day of month, month, day of week.
///
///     try CronRule("30 14 * * MON-FRI")       // half past two on weekdays
///     try CronRule("*/15 8-13 * * *")         // every quarter of an hour from eight to a quarter to two
///
/// Fields take `*`, numbers, names (JAN…, MON…), ranges, lists and steps; Sunday is 0 or 7. With both days restricted, a
/// date that meets either one counts, as in Vixie's cron.
public struct CronRule: Hashable, Sendable {
  /// What is wrong with a rule.
  public struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    public var field: String
    public var text: String
    public var reason: String

    public var description: String { "cron field '\(field)': '\(text)' \(reason)" }
  }

  public let text: String
  let minutes: Set<Int>
  let hours: Set<Int>
  /// Whether the hour is left open: such rules follow the clock through a change, others name a time of the day.
  let everyHour: Bool
  private let days: Set<Int>
  private let months: Set<Int>
  private let weekdays: Set<Int>
  private let restrictsDay: Bool
  private let restrictsWeekday: Bool

  /// Reads a rule.
  public init(_ text: String) throws(ParseError) {
    let fields = text.split(separator: " ").map(String.init)
    guard fields.count == 5 else {
      throw ParseError(field: "all", text: text, reason: "has \(fields.count) fields; five are needed")
    }
    self.text = fields.joined(separator: " ")
    minutes = try Self.values("minute", fields[0], 0...59)
    hours = try Self.values("hour", fields[1], 0...23)
    days = try Self.values("day of month", fields[2], 1...31)
    months = try Self.values("month", fields[3], 1...12, names: Self.monthNames, first: 1)
    // Monday is 0 in ``CivilDate/weekday``, Sunday 0 or 7 in cron.
    let cron = try Self.values("day of week", fields[4], 0...7, names: Self.weekdayNames, first: 0)
    weekdays = Set(cron.map { ($0 + 6) % 7 })
    everyHour = fields[1].hasPrefix("*")
    restrictsDay = !fields[2].hasPrefix("*")
    restrictsWeekday = !fields[4].hasPrefix("*")
  }

  private static let monthNames = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
  ]
  private static let weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

  private static func values(
    _ field: String, _ text: String, _ range: ClosedRange<Int>, names: [String] = [], first: Int = 0
  ) throws(ParseError) -> Set<Int> {
    func number(_ part: some StringProtocol) throws(ParseError) -> Int {
      if let index = names.firstIndex(of: part.uppercased()) { return index + first }
      guard let value = Int(part), range.contains(value) else {
        throw ParseError(
          field: field, text: text, reason: "is not in \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    var found: Set<Int> = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count <= 2, !parts[0].isEmpty else {
        throw ParseError(field: field, text: text, reason: "is no list")
      }
      var step = 1
      if parts.count == 2 {
        guard let value = Int(parts[1]), value > 0 else {
          throw ParseError(field: field, text: text, reason: "has no step above zero")
        }
        step = value
      }
      let (low, high): (Int, Int)
      if parts[0] == "*" {
        (low, high) = (range.lowerBound, range.upperBound)
      } else {
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2 else { throw ParseError(field: field, text: text, reason: "is no range") }
        low = try number(ends[0])
        high = ends.count == 2 ? try number(ends[1]) : parts.count == 2 ? range.upperBound : low
      }
      guard low <= high else { throw ParseError(field: field, text: text, reason: "is a range that runs backward") }
      found.formUnion(stride(from: low, through: high, by: step))
    }
    return found
  }

  /// Whether a date is meant.
  func contains(_ date: CivilDate) -> Bool {
    let (_, month, day) = date.components
    guard months.contains(month) else { return false }
    let (byDay, byWeekday) = (days.contains(day), weekdays.contains(date.weekday))
    return restrictsDay && restrictsWeekday ? byDay || byWeekday : byDay && byWeekday
  }
}

extension CronRule: Codable {
  public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
