import HydraNumerics

/// A file of market events or bars, read piece by piece: CSV (see `hydra replay run --help`) or DBN, plain, gzip or zstd,
/// or a day's member of a LEAN archive.
///
/// Memory is bounded by the pieces asked for, whatever the file's size; a member of an archive is unpacked whole.
///
///     let file = try ReplayFile(path: "l3.csv", scale: TickScale(tick: 0.25)!)
///     while case let events = try file.events(limit: 65_536), !events.isEmpty { … }
public final class ReplayFile {
  /// What a file tells about a market.
  public enum Contents: String, Codable, Sendable {
    /// Single orders (L3).
    case orders
    /// Sizes of price levels and trades (L2).
    case levels
    /// Best quotes and trades (L1).
    case quotes
    case bars
  }

  private enum Reader {
    case text(EventCSV)
    case dbn(DBNEvents)
    /// Read whole: a day's member of an archive.
    case day(Day)
  }

  private final class Day {
    var events: ArraySlice<ReplayEvent>
    var bars: ArraySlice<ReplayBar>

    init(_ archive: LeanArchive, _ member: LeanArchive.Member, _ scale: TickScale) throws {
      events = try archive.events(member.name, scale: scale)[...]
      bars = try archive.bars(member.name, scale: scale)[...]
    }

    func next(_ limit: Int) -> [ReplayEvent] {
      defer { events = events.dropFirst(limit) }
      return Array(events.prefix(limit))
    }

    func nextBars(_ limit: Int) -> [ReplayBar] {
      defer { bars = bars.dropFirst(limit) }
      return Array(bars.prefix(limit))
    }
  }

  /// The latest time that is read, in nanoseconds: sums with latencies and intervals stay within 64 bits.
  static let latest = Int64(1) << 62

  public let file: String
  public let contents: Contents
  /// Whether it holds the bars of several contracts, none of which was asked for.
  public let hasContracts: Bool
  /// Whether its bars tell of open interest.
  public let hasOpenInterest: Bool
  private let reader: Reader

  /// Opens a file; whether it is DBN is told by its first bytes.
  ///
  /// - Parameters:
  ///   - instrument: the number of the instrument in a DBN file with several; nil takes the first.
  ///   - contract: the contract in an archive with several, as in `201312`; nil takes the largest member. Of CSV with
  ///     a column `contract`, as it stands there; nil takes all bars, and of a book the only one.
  ///   - zone: whose midnight an archive's times count from.
  /// Throws `FileError`, `CSVError` or ``DBNError``, with the place.
  public init(
    path: String, scale: TickScale, instrument: UInt32? = nil, contract: String? = nil, zone: ExchangeZone = .newYork
  ) throws {
    file = path
    let head = try ByteSource(path: path, bufferSize: 4096)
    var first = [UInt8](repeating: 0, count: 4)
    var (isOfSeveral, tellsInterest) = (false, false)
    let got = path == "-" ? 0 : try first.withUnsafeMutableBytes { try head.read(into: $0) }
    if got == 4, ZipArchive.isArchive(first) {
      let archive = try LeanArchive(path: path, zone: zone)
      let member = try archive.member(contract)
      (reader, contents) = (.day(try Day(archive, member, scale)), member.contents)
    } else if got == 4, first.starts(with: Array("DBN".utf8)) {
      guard contract == nil else {
        throw DBNError(file: path, offset: 0, reason: "has instruments with numbers; no contract can be asked for")
      }
      let events = try DBNEvents(DBNReader(path: path), scale: scale, instrument: instrument)
      (reader, contents) = (.dbn(events), events.contents)
    } else {
      guard instrument == nil else {
        throw CSVError(file: path, line: 1, problem: "has no instruments with numbers, as DBN has")
      }
      let events = try EventCSV(ByteSource(path: path), scale, of: contract)
      (reader, contents) = (.text(events), events.contents)
      isOfSeveral = contents == .bars && events.contract != nil && contract == nil
      tellsInterest = events.openInterest != nil
    }
    (hasContracts, hasOpenInterest) = (isOfSeveral, tellsInterest)
  }

  /// The same from bytes in memory, named `file` in errors.
  public init(bytes: [UInt8], file: String, scale: TickScale, instrument: UInt32? = nil) throws {
    self.file = file
    var (isOfSeveral, tellsInterest) = (false, false)
    if ZipArchive.isArchive(bytes) {
      let archive = try LeanArchive(bytes: bytes, file: file)
      let member = try archive.member()
      (reader, contents) = (.day(try Day(archive, member, scale)), member.contents)
    } else if try Self.isDBN(bytes, file) {
      let events = try DBNEvents(DBNReader(bytes: bytes, file: file), scale: scale, instrument: instrument)
      (reader, contents) = (.dbn(events), events.contents)
    } else {
      let events = try EventCSV(ByteSource(bytes: bytes, file: file), scale)
      (reader, contents) = (.text(events), events.contents)
      isOfSeveral = contents == .bars && events.contract != nil
      tellsInterest = events.openInterest != nil
    }
    (hasContracts, hasOpenInterest) = (isOfSeveral, tellsInterest)
  }

  /// Whether bytes are DBN, once unpacked.
  private static func isDBN(_ bytes: [UInt8], _ file: String) throws -> Bool {
    var first = [UInt8](repeating: 0, count: 3)
    let source = ByteSource(bytes: bytes, file: file)
    let got = try first.withUnsafeMutableBytes { try source.read(into: $0) }
    return got == 3 && first == Array("DBN".utf8)
  }

  /// The next events, at most about `limit`; none at the end, and none of a file of bars.
  public func events(limit: Int) throws -> [ReplayEvent] {
    var events: [ReplayEvent] = []
    try read(into: &events, limit: limit)
    return events
  }

  /// Replaces what `events` holds by the next events, at most about `limit`, in the memory that is there; none at the end,
  /// and none of a file of bars.
  public func read(into events: inout [ReplayEvent], limit: Int) throws {
    events.removeAll(keepingCapacity: true)
    guard contents != .bars else { return }
    events.reserveCapacity(min(limit, 1 << 20))
    switch reader {
    case .text(let reader):
      while events.count < limit, let event = try reader.event() { events.append(event) }
    case .dbn(let reader): try reader.read(into: &events, limit: limit)
    case .day(let day): events.append(contentsOf: day.next(limit))
    }
  }

  /// Records of other instruments in a DBN file, passed over so far; 0 of other files.
  public var otherRecords: Int {
    if case .dbn(let reader) = reader { reader.otherInstruments } else { 0 }
  }

  /// Whether events may be known later than they happen.
  var tellsKnown: Bool {
    switch reader {
    case .text(let reader): reader.tellsKnown
    case .dbn: true
    case .day: false
    }
  }

  /// The next bars with their contracts, at most `limit`; none at the end, and none where ``hasContracts`` is false.
  public func contractBars(limit: Int) throws -> [ContractBar] {
    guard hasContracts, case .text(let reader) = reader else { return [] }
    var bars: [ContractBar] = []
    while bars.count < limit, let bar = try reader.contractBar() { bars.append(bar) }
    return bars
  }

  /// The next bars, at most `limit`; none at the end, and none of a file of events.
  public func bars(limit: Int) throws -> [ReplayBar] {
    guard contents == .bars else { return [] }
    var bars: [ReplayBar] = []
    bars.reserveCapacity(min(limit, 1 << 20))
    switch reader {
    case .text(let reader):
      while bars.count < limit, let bar = try reader.bar() { bars.append(bar) }
    case .dbn(let reader): try reader.read(into: &bars, limit: limit)
    case .day(let day): return day.nextBars(limit)
    }
    return bars
  }
}
