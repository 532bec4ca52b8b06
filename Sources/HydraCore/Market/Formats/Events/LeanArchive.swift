import HydraNumerics

/// Daily ZIP files as the LEAN engine keeps them: one member for each contract, times in milliseconds since midnight of the
/// exchange, without header.
///
/// | name of a member | columns | read as |
/// |---|---|---|
/// | `…_minute_trade_…` | `ms,open,high,low,close,volume` | bars |
/// | `…_minute_quote_…` | `ms`, bid `open,high,low,close,size`, ask `open,high,low,close,size` | quotes at the minute's end |
/// | `…_tick_trade_…` | `ms,price,size,exchange,condition,suspicious` | trades without aggressor |
///
/// The day stands at the beginning of the name. A side without quote is empty; suspicious ticks are left out.
///
///     let archive = try LeanArchive(path: "20131007_trade.zip", zone: .newYork)
///     let bars = try archive.bars("201312", scale: TickScale(tick: 0.1)!)
public struct LeanArchive: Sendable {
  /// What one member holds.
  public struct Member: Hashable, Sendable {
    /// Its name in the archive.
    public var name: String
    /// The last part of its name, as in `201312`.
    public var contract: String
    public var date: CivilDate
    public var contents: ReplayFile.Contents
    fileprivate var isTick: Bool
    fileprivate var entry: ZipArchive.Member
  }

  /// Members with bars, quotes or trades, in the order of the archive.
  public let members: [Member]
  /// Whose midnight times count from.
  public let zone: ExchangeZone
  private let archive: ZipArchive

  /// Throws `FileError` when the file is no archive or holds none of the kinds above.
  public init(path: String, zone: ExchangeZone = .newYork) throws {
    try self.init(ZipArchive(path: path), zone: zone)
  }

  /// The same from bytes, named `file` in errors.
  public init(bytes: [UInt8], file: String, zone: ExchangeZone = .newYork) throws {
    try self.init(ZipArchive(bytes: bytes, file: file), zone: zone)
  }

  private init(_ archive: ZipArchive, zone: ExchangeZone) throws {
    (self.archive, self.zone) = (archive, zone)
    members = archive.members.compactMap { entry in
      let name = entry.name.split(separator: "/").last.map(String.init) ?? entry.name
      guard name.hasSuffix(".csv"), let day = Self.date(name.prefix(8)) else { return nil }
      let isTick = name.contains("_tick_")
      guard isTick || name.contains("_minute_"), name.contains("_trade_") || name.contains("_quote_"),
        !(isTick && name.contains("_quote_"))
      else { return nil }
      let parts = name.dropLast(4).split(separator: "_")
      let contents: ReplayFile.Contents = isTick || name.contains("_quote_") ? .quotes : .bars
      return Member(
        name: name, contract: String(parts.last ?? ""), date: day, contents: contents, isTick: isTick, entry: entry)
    }
    if members.isEmpty {
      throw FileError(file: archive.file, reason: "holds no minute trades, minute quotes or trade ticks", offset: 0)
    }
  }

  private static func date(_ text: Substring) -> CivilDate? {
    guard let number = Int(text), text.utf8.count == 8 else { return nil }
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100)
    return CivilDate.isValid(year: year, month: month, day: day)
      ? CivilDate(year: year, month: month, day: day) : nil
  }

  /// The member of a contract; nil takes the largest, which is the one most traded.
  public func member(_ contract: String? = nil) throws -> Member {
    guard let contract else { return members.max { $0.entry.size < $1.entry.size }! }
    if let found = members.first(where: { $0.contract == contract || $0.name == contract }) { return found }
    let known = members.map(\.contract).joined(separator: ", ")
    throw FileError(file: archive.file, reason: "has no member '\(contract)'; it has \(known)", offset: 0)
  }

  /// The bars of a contract, in ticks. Throws `CSVError` with line, column and value.
  public func bars(_ contract: String? = nil, scale: TickScale) throws -> [ReplayBar] {
    let member = try member(contract)
    guard member.contents == .bars else { return [] }
    let reader = try lines(of: member, header: ["ms", "open", "high", "low", "close", "volume"])
    let midnight = zone.timestamp(member.date).nanoseconds
    var bars: [ReplayBar] = []
    while try reader.advance() {
      let prices = try (1...4).map { try reader.ticks($0, scale) }
      guard prices[1] >= max(prices[0], prices[3]), prices[2] <= min(prices[0], prices[3]) else {
        throw reader.fault(2, "at or above the bar's other prices, or its low is not below them")
      }
      bars.append(
        ReplayBar(
          time: try time(reader, midnight), open: prices[0], high: prices[1], low: prices[2], close: prices[3],
          lots: Int64(try reader.lots(5))))
    }
    return bars
  }

  /// Quotes or trades of a contract, in ticks. A minute's quote is known at the minute's end.
  public func events(_ contract: String? = nil, scale: TickScale) throws -> [ReplayEvent] {
    let member = try member(contract)
    guard member.contents == .quotes else { return [] }
    let midnight = zone.timestamp(member.date).nanoseconds
    var events: [ReplayEvent] = []
    if member.isTick {
      let reader = try lines(of: member, header: ["ms", "price", "size", "exchange", "condition", "suspicious"])
      while try reader.advance() {
        guard reader.text(5) != "1" else { continue }
        events.append(
          ReplayEvent(
            time: try time(reader, midnight), kind: .trade, price: try reader.ticks(1, scale),
            lots: try reader.lots(2)))
      }
      return events
    }
    let side = ["open", "high", "low", "close", "size"]
    let reader = try lines(of: member, header: ["ms"] + side.map { "bid_\($0)" } + side.map { "ask_\($0)" })
    while try reader.advance() {
      let time = try time(reader, midnight) + 60_000_000_000
      for (side, at) in [(Side.buy, 4), (.sell, 9)] {
        let isThere = !reader.isEmpty(at)
        events.append(
          ReplayEvent(
            time: time, kind: .quote, side: side, price: isThere ? try reader.ticks(at, scale) : 0,
            lots: isThere && !reader.isEmpty(at + 1) ? try reader.lots(at + 1) : isThere ? 1 : 0))
      }
    }
    return events
  }

  private func lines(of member: Member, header: [String]) throws -> EventTextReader {
    let content = try archive.contents(of: member.entry)
    return try EventTextReader(
      ByteSource(bytes: content, file: "\(archive.file)/\(member.name)"), header: header)
  }

  private func time(_ reader: EventTextReader, _ midnight: Int64) throws -> Int64 {
    let milliseconds = try reader.integer(0)
    guard (0..<90_000_000).contains(milliseconds) else { throw reader.fault(0, "milliseconds of one day") }
    return midnight + milliseconds * 1_000_000
  }
}
