/// Small DBN files of version 2, made byte by byte.
enum DBNSample {
  static func file(schema: UInt16, records: [[UInt8]]) -> [UInt8] {
    let parts: [[UInt8]] = [
      padded("GLBX.MDP3", 16), little(schema), little(UInt64(1)), little(UInt64.max), little(UInt64(0)), [1, 0, 0],
      little(UInt16(71)), [UInt8](repeating: 0, count: 53), little(UInt32(0)),
      // Symbols, partial and missing ones, then one mapping of one interval.
      little(UInt32(1)), padded("ZOZ5", 71), little(UInt32(0)), little(UInt32(0)), little(UInt32(1)),
      padded("ZOZ5", 71), little(UInt32(1)), little(UInt32(20_251_103)), little(UInt32(20_251_108)),
      padded("42012345", 71),
    ]
    var body = Array(parts.joined())
    body += [UInt8](repeating: 0, count: (8 - body.count % 8) % 8)
    let all: [[UInt8]] = [Array("DBN".utf8), [2], little(UInt32(body.count)), body, Array(records.joined())]
    return Array(all.joined())
  }

  static let orders: [[UInt8]] = [
    order("A", "B", id: 1, price: 10_250_000_000, lots: 5), order("A", "A", id: 2, price: 10_500_000_000, lots: 4),
    order("T", "A", id: 0, price: 10_250_000_000, lots: 2), order("F", "B", id: 1, price: 10_250_000_000, lots: 2),
    order("M", "B", id: 1, price: 10_250_000_000, lots: 3), order("C", "A", id: 2, price: 10_500_000_000, lots: 4),
    order("R", "N", id: 0, price: .max, lots: .max),
  ]

  static let levels: [[UInt8]] = (0..<4).map { level(step: $0) }

  static let bars: [[UInt8]] = (0..<3).map { step in
    let prices: [Int64] = [10, 11, 9, 10]
    let parts: [[UInt8]] =
      [header(14, 0x21, time: 60 * UInt64(step))] + prices.map { little($0 * 1_000_000_000) } + [little(UInt64(7))]
    return Array(parts.joined())
  }

  private static func level(step: UInt32) -> [UInt8] {
    let parts: [[UInt8]] = [
      header(20, 0x01, time: 10 + UInt64(step)), little(Int64(10_250_000_000)), little(UInt32(2)),
      Array((step == 2 ? "TA" : "AB").utf8), [128, 0], little(12 + UInt64(step)), little(Int32(1)), little(step),
      little(Int64(10_250_000_000)), little(Int64(10_500_000_000)), little(5 + step), little(UInt32(7)),
      little(UInt32(2)), little(UInt32(3)),
    ]
    return Array(parts.joined())
  }

  private static func order(_ action: String, _ side: String, id: UInt64, price: Int64, lots: UInt32) -> [UInt8] {
    let parts: [[UInt8]] = [
      header(14, 0xa0, time: 10), little(id), little(price), little(lots), [128, 0], Array((action + side).utf8),
      little(UInt64(12)), little(Int32(1)), little(UInt32(1)),
    ]
    return Array(parts.joined())
  }

  private static func header(_ words: UInt8, _ type: UInt8, time: UInt64) -> [UInt8] {
    let parts: [[UInt8]] = [[words, type], little(UInt16(1)), little(UInt32(42)), little(time)]
    return Array(parts.joined())
  }

  private static func padded(_ text: String, _ width: Int) -> [UInt8] {
    Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count)
  }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
