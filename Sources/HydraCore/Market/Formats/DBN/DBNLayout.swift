/// A kind of record: its name, size and fields.
struct DBNLayout: Hashable, Sendable {
  var name: String
  /// Bytes of a record without the time at which it was sent.
  var size: Int
  var fields: [DBNField]

  private init(_ name: String, _ size: Int, _ text: String) {
    self.name = name
    self.size = size
    fields = Self.header + DBNField.fields(text)
  }

  private static let header = DBNField.fields(
    "0:length:u8 1:rtype:u8 2:publisher_id:u16 4:instrument_id:u32 8:ts_event:u64")

  private static let mbo = DBNLayout("mbo", 56, DBNLayoutText.mbo)
  private static let trades = DBNLayout("trades", 48, DBNLayoutText.trades)
  private static let level = DBNLayout("mbp-1", 80, DBNLayoutText.bookLevel)
  private static let quotedTrades = DBNLayout("tbbo", 80, DBNLayoutText.bookLevel)
  private static let levels = DBNLayout("mbp-10", 368, DBNLayoutText.trades + tenLevels)
  private static let quote = DBNLayout("bbo", 80, DBNLayoutText.bestQuote)
  private static let bar = DBNLayout("ohlcv", 56, DBNLayoutText.bar)
  private static let status = DBNLayout("status", 40, DBNLayoutText.status)
  private static let statistics1 = DBNLayout("statistics.v1", 64, DBNLayoutText.statistics1)
  private static let statistics3 = DBNLayout("statistics.v3", 80, DBNLayoutText.statistics3)
  private static let definition1 = DBNLayout("definition.v1", 360, DBNLayoutText.definition1)
  private static let definition2 = DBNLayout("definition.v2", 400, DBNLayoutText.definition2)
  private static let definition3 = DBNLayout("definition.v3", 520, DBNLayoutText.definition3)
  private static let mapping1 = DBNLayout("symbol_mapping.v1", 80, DBNLayoutText.mapping1)
  private static let mapping2 = DBNLayout("symbol_mapping.v2", 176, DBNLayoutText.mapping2)
  private static let error1 = DBNLayout("error.v1", 80, DBNLayoutText.error1)
  private static let error2 = DBNLayout("error.v2", 320, DBNLayoutText.error2)
  private static let system1 = DBNLayout("system.v1", 80, DBNLayoutText.system1)
  private static let system2 = DBNLayout("system.v2", 320, DBNLayoutText.system2)

  private static let tenLevels = (0..<10).map { level in
    let at = 48 + 32 * level
    return " \(at):bid_px_0\(level):i64 \(at + 8):ask_px_0\(level):i64 \(at + 16):bid_sz_0\(level):u32"
      + " \(at + 20):ask_sz_0\(level):u32 \(at + 24):bid_ct_0\(level):u32 \(at + 28):ask_ct_0\(level):u32"
  }.joined()

  /// The layout of a record; nil for kinds that are not known, which are skipped.
  ///
  /// Records of the schemas mbp-1 and tbbo have one type and differ in the schema only.
  static func layout(type: UInt8, version: Int, schema: String?) -> DBNLayout? {
    switch type {
    case 0x00: trades
    case 0x01: schema == "tbbo" ? quotedTrades : level
    case 0x0a: levels
    case 0x12: status
    case 0x13: version == 1 ? definition1 : version == 2 ? definition2 : definition3
    case 0x15: version == 1 ? error1 : error2
    case 0x16: version == 1 ? mapping1 : mapping2
    case 0x17: version == 1 ? system1 : system2
    case 0x18: version < 3 ? statistics1 : statistics3
    case 0x20...0x24: bar
    case 0xa0: mbo
    case 0xc3, 0xc4: quote
    default: nil
    }
  }
}
