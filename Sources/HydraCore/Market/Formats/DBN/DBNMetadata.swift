import HydraNumerics

/// What stands in front of the records of a DBN file.
public struct DBNMetadata: Hashable, Sendable {
  /// Which instrument a symbol meant, and when.
  public struct Mapping: Hashable, Sendable {
    public var symbol: String
    /// First day and the day after the last, as YYYYMMDD, and the name in `symbolOut`'s naming.
    public var intervals: [Interval]

    /// Days of one mapping.
    public struct Interval: Hashable, Sendable {
      public var start: UInt32
      public var end: UInt32
      public var symbol: String
    }
  }

  /// 1, 2 or 3.
  public var version: Int
  /// As in `GLBX.MDP3`.
  public var dataset: String
  /// Nil when records of several schemas are mixed.
  public var schema: String?
  /// Nanoseconds since 1970.
  public var start: UInt64
  public var end: UInt64?
  /// The most records that were asked for.
  public var limit: UInt64?
  /// Naming of the symbols that were asked for; nil when mixed.
  public var symbolIn: String?
  /// Naming that they were mapped to.
  public var symbolOut: String?
  /// Whether each record is followed by the time at which it was sent.
  public var hasSendTimes: Bool
  public var symbols: [String]
  /// Symbols that meant nothing on some of the days.
  public var partial: [String]
  public var notFound: [String]
  public var mappings: [Mapping]

  static let schemas = [
    "mbo", "mbp-1", "mbp-10", "tbbo", "trades", "ohlcv-1s", "ohlcv-1m", "ohlcv-1h", "ohlcv-1d", "definition",
    "statistics", "status", "imbalance", "ohlcv-eod", "cmbp-1", "cbbo-1s", "cbbo-1m", "tcbbo", "bbo-1s", "bbo-1m",
  ]
  static let symbolTypes = [
    "instrument_id", "raw_symbol", "smart", "continuous", "parent", "nasdaq_symbol", "cms_symbol", "isin", "us_code",
    "bbg_comp_id", "bbg_comp_ticker", "figi", "figi_ticker",
  ]
}

extension DBNMetadata {
  /// Reads the bytes between the length and the first record. `offset` is where they begin in the stream.
  init(_ bytes: UnsafeRawBufferPointer, version: Int, file: String, offset: Int) throws(DBNError) {
    var cursor = DBNBytes(bytes, file: file, offset: offset)
    self.version = version
    dataset = try cursor.text(16)
    let code = try cursor.number(UInt16.self)
    schema = code == .max ? nil : Self.schemas.indices.contains(Int(code)) ? Self.schemas[Int(code)] : "\(code)"
    start = try cursor.number(UInt64.self)
    let (end, limit) = (try cursor.number(UInt64.self), try cursor.number(UInt64.self))
    self.end = end == .max ? nil : end
    self.limit = limit == 0 ? nil : limit
    if version == 1 { try cursor.skip(8) }
    symbolIn = Self.symbolType(try cursor.number(UInt8.self))
    symbolOut = Self.symbolType(try cursor.number(UInt8.self))
    hasSendTimes = try cursor.number(UInt8.self) != 0
    let width = version == 1 ? 22 : Int(try cursor.number(UInt16.self))
    guard width > 0 else { throw cursor.fault("symbols have no width", before: 2) }
    try cursor.skip(version == 1 ? 47 : 53)
    guard try cursor.number(UInt32.self) == 0 else { throw cursor.fault("schema definitions are not known", before: 4) }
    symbols = try cursor.texts(width)
    partial = try cursor.texts(width)
    notFound = try cursor.texts(width)
    mappings = []
    for _ in 0..<(try cursor.count(of: width + 4)) {
      var mapping = Mapping(symbol: try cursor.text(width), intervals: [])
      for _ in 0..<(try cursor.count(of: width + 8)) {
        let (start, end) = (try cursor.number(UInt32.self), try cursor.number(UInt32.self))
        mapping.intervals.append(Mapping.Interval(start: start, end: end, symbol: try cursor.text(width)))
      }
      mappings.append(mapping)
    }
  }

  private static func symbolType(_ code: UInt8) -> String? {
    code == .max ? nil : symbolTypes.indices.contains(Int(code)) ? symbolTypes[Int(code)] : "\(code)"
  }
}

/// Bytes read in order, never beyond their end.
struct DBNBytes {
  private let bytes: UnsafeRawBufferPointer
  private let file: String
  private let offset: Int
  private var place = 0

  init(_ bytes: UnsafeRawBufferPointer, file: String, offset: Int) {
    (self.bytes, self.file, self.offset) = (bytes, file, offset)
  }

  /// A fault at the next byte, or so many bytes before it: where the member begins that was read last.
  func fault(_ reason: String, before: Int = 0) -> DBNError {
    DBNError(file: file, offset: offset + place - before, reason: reason)
  }

  mutating func skip(_ count: Int) throws(DBNError) {
    guard count <= bytes.count - place else { throw fault("the metadata end in the middle of a member") }
    place += count
  }

  mutating func number<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(DBNError) -> T {
    let start = place
    try skip(MemoryLayout<T>.size)
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: T.self))
  }

  /// Text padded with NUL.
  mutating func text(_ width: Int) throws(DBNError) -> String {
    let start = place
    try skip(width)
    return DBNField.text(UnsafeRawBufferPointer(rebasing: bytes[start..<start + width]))
  }

  /// A count of items of at least `size` bytes each; one that cannot be true is an error before memory is taken.
  mutating func count(of size: Int) throws(DBNError) -> Int {
    let count = Int(try number(UInt32.self))
    guard count <= (bytes.count - place) / size else {
      throw fault("\(count) items do not fit into the metadata", before: 4)
    }
    return count
  }

  mutating func texts(_ width: Int) throws(DBNError) -> [String] {
    var result: [String] = []
    for _ in 0..<(try count(of: width)) { result.append(try text(width)) }
    return result
  }
}
