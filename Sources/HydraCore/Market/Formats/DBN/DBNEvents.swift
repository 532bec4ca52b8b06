import HydraNumerics

/// Events of one instrument out of DBN records: mbo as orders; mbp-1 and mbp-10 as levels; tbbo, bbo and trades as quotes;
/// ohlcv as bars.
///
/// Events stand in the order of the file. Their time is `ts_event`, for records of a snapshot `ts_recv`, and never before
/// the event before; they are known at `ts_recv`. A trade does not change the book, nor does a fill: the reduction comes as
/// a record of its own. Undefined prices are no events. A level that is worse than the last one shown has left the view,
/// not the market: it stays as it was told last. Records of status among them change the session's phase.
public final class DBNEvents {
  public let contents: ReplayFile.Contents
  /// Records of other instruments that were passed over.
  public private(set) var otherInstruments = 0
  private let reader: DBNReader
  private let tick: Int64
  /// 1/`tick`.
  private let perTick: Double
  private var instrument: UInt32?
  private var newest = Int64.min
  private struct Level {
    var price: Int32
    var lots: Int32
  }
  private var bids: [Level] = []
  private var asks: [Level] = []

  /// Throws ``DBNError`` when the file's schema has no events.
  public init(_ reader: DBNReader, scale: TickScale, instrument: UInt32? = nil) throws {
    self.reader = reader
    self.instrument = instrument
    tick = max(1, Int64((scale.tick * 1e9).rounded()))
    perTick = 1 / Double(tick)
    switch reader.metadata?.schema {
    case "mbo": contents = .orders
    case "mbp-1", "mbp-10": contents = .levels
    case "tbbo", "bbo-1s", "bbo-1m", "trades": contents = .quotes
    case .some(let name) where name.hasPrefix("ohlcv"): contents = .bars
    case let other:
      // The schema's code follows 8 bytes of head and 16 of the dataset's name.
      throw DBNError(
        file: reader.file, offset: reader.metadata == nil ? 0 : 24,
        reason: "the schema \(other ?? "of mixed records") has no events")
    }
  }

  func read(into events: inout [ReplayEvent], limit: Int) throws {
    while events.count < limit {
      let more = try reader.pass { bytes, offset in
        contents == .orders
          ? try orders(bytes, offset, &events, limit) : try levelRecord(bytes, offset, &events)
      }
      if !more { return }
    }
  }

  func read(into bars: inout [ReplayBar], limit: Int) throws {
    while bars.count < limit {
      let more = try reader.pass { bytes, offset in
        let length = Int(bytes[0]) * 4
        guard (0x20...0x24).contains(bytes[1]), isWanted(bytes) else { return length }
        guard length >= 56 else { throw fault(offset, "a bar's record of \(length) bytes") }
        let volume = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 48, as: UInt64.self))
        guard let open = try price(bytes, 16, offset), let high = try price(bytes, 24, offset),
          let low = try price(bytes, 32, offset), let close = try price(bytes, 40, offset)
        else { return length }
        guard high >= max(open, close), low <= min(open, close) else {
          throw fault(offset, "a bar whose high or low is inside its open and close")
        }
        let time = try time(bytes, 8, offset)
        guard time >= newest else { throw fault(offset, "a bar before the bar before it") }
        newest = time
        bars.append(
          ReplayBar(time: time, open: open, high: high, low: low, close: close, lots: Int64(clamping: volume)))
        return length
      }
      if !more { return }
    }
  }

  // MARK: - Records

  /// All whole records of single orders in the buffer, up to the limit; returns the bytes that were read.
  private func orders(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ events: inout [ReplayEvent], _ limit: Int
  ) throws -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var place = 0
    while place + 16 <= bytes.count, events.count < limit {
      // A run of plain records of the instrument; whatever is unusual among them is left to ``order(_:_:_:)``.
      if let instrument {
        var latest = newest
        while place + 56 <= bytes.count, events.count < limit,
          let event = plain(base + place, of: instrument, &latest)
        {
          events.append(event)
          place += 56
        }
        newest = latest
        guard place + 16 <= bytes.count, events.count < limit else { break }
      }
      let record = UnsafeRawBufferPointer(rebasing: bytes[place...])
      let length = Int(record[0]) * 4
      guard length >= 16, length <= record.count else { break }
      place += length
      if let event = try order(record, length, offset + place - length) { events.append(event) }
    }
    return place
  }

  /// The event of 56 bytes that are an order's record of the instrument with nothing unusual in it; nil otherwise.
  @inline(__always)
  private func plain(_ record: UnsafeRawPointer, of instrument: UInt32, _ latest: inout Int64) -> ReplayEvent? {
    // 14 words of 4 bytes, of type 0xa0.
    guard UInt16(littleEndian: record.loadUnaligned(as: UInt16.self)) == 0xa00e,
      UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) == instrument,
      let kind = Self.kind(record.load(fromByteOffset: 38, as: UInt8.self)), kind != .clear
    else { return nil }
    let told = record.load(fromByteOffset: 39, as: UInt8.self)
    let side: Side? = told == 0x42 ? .buy : told == 0x41 ? .sell : nil
    let received = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 40, as: UInt64.self))
    let isSnapshot = record.load(fromByteOffset: 36, as: UInt8.self) & 32 != 0
    let happened =
      isSnapshot ? received : UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    let lots = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 32, as: UInt32.self))
    let value = Int64(littleEndian: record.loadUnaligned(fromByteOffset: 24, as: Int64.self))
    guard side != nil || kind != .add, max(received, happened) <= UInt64(ReplayFile.latest),
      lots <= UInt32(OrderTicket.maximumLots), let price = wholeTicks(value)
    else { return nil }
    latest = max(latest, Int64(happened))
    let id = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    return ReplayEvent(
      time: latest, known: max(latest, Int64(received)), kind: kind, id: Int(bitPattern: UInt(id)), side: side,
      price: price, lots: Int32(lots))
  }

  /// A price in billionths as whole ticks; nil when it lies between two or is too large.
  ///
  /// A product with the inverse is near enough to a count below 2³¹ to round to it, and far quicker than a division.
  @inline(__always) private func wholeTicks(_ value: Int64) -> Int32? {
    let ticks = (Double(value) * perTick).rounded()
    guard ticks.magnitude < 0x1p31 else { return nil }
    let short = Int32(ticks)
    return Int64(short) &* tick == value ? short : nil
  }

  /// The event of one record of a single order; nil for one that tells nothing.
  @inline(__always)
  private func order(_ record: UnsafeRawBufferPointer, _ length: Int, _ at: Int) throws -> ReplayEvent? {
    guard record[1] == 0xa0, isWanted(record) else { return try status(record, length, at) }
    guard length >= 56 else { throw fault(at, "an order's record of \(length) bytes") }
    guard let kind = Self.kind(record[38]) else { return nil }
    let received = try time(record, 40, at)
    let happened = record[36] & 32 != 0 ? received : try time(record, 8, at)
    newest = max(newest, happened)
    var event = ReplayEvent(time: newest, known: max(newest, received), kind: kind)
    event.side = record[39] == 0x42 ? .buy : record[39] == 0x41 ? .sell : nil
    if kind == .clear { return event }
    guard let price = try price(record, 24, at), event.side != nil || kind != .add else { return nil }
    event.id = Int(bitPattern: UInt(UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 16, as: UInt64.self))))
    event.price = price
    event.lots = try lots(record, 32, at)
    return event
  }

  /// The phase of a record of status; nil for anything else.
  private func status(_ record: UnsafeRawBufferPointer, _ length: Int, _ at: Int) throws -> ReplayEvent? {
    guard record[1] == 0x12, length >= 40, isWanted(record) else { return nil }
    let phase: SessionPhase
    switch UInt16(littleEndian: record.loadUnaligned(fromByteOffset: 24, as: UInt16.self)) {
    case 1: phase = .preOpen
    case 7: phase = .open
    case 8, 9: phase = .halt
    case 12: phase = .closed
    default: return nil
    }
    newest = max(newest, try time(record, 8, at))
    return .phase(phase, time: newest)
  }

  /// Calls `body` with each record of a single order, as an event where it is one, and whether it ends an
  /// event of the exchange.
  func forEachOrder(_ body: (_ event: ReplayEvent?, _ isEnd: Bool) -> Void) throws {
    while try reader.pass({ bytes, offset in
      let length = Int(bytes[0]) * 4
      if bytes[1] == 0xa0, length >= 56 {
        let event = try order(UnsafeRawBufferPointer(rebasing: bytes[..<length]), length, offset)
        body(event, bytes[36] & 128 != 0)
      } else if bytes[1] == 0x12,
        let event = try order(UnsafeRawBufferPointer(rebasing: bytes[..<length]), length, offset)
      {
        body(event, false)
      }
      return length
    }) {}
  }

  /// The kind of an action: add, cancel, modify, clear, trade, fill.
  @inline(__always) private static func kind(_ action: UInt8) -> ReplayEvent.Kind? {
    switch action {
    case UInt8(ascii: "A"): .add
    case UInt8(ascii: "C"): .delete
    case UInt8(ascii: "M"): .change
    case UInt8(ascii: "R"): .clear
    case UInt8(ascii: "T"): .trade
    case UInt8(ascii: "F"): .fill
    default: nil
    }
  }

  /// One record of levels or trades.
  private func levelRecord(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ events: inout [ReplayEvent]
  ) throws -> Int {
    let length = Int(bytes[0]) * 4
    let type = bytes[1]
    let depth = type == 0x0a ? 10 : type == 0x01 || type == 0xc3 || type == 0xc4 ? 1 : 0
    guard depth > 0 || type == 0, isWanted(bytes) else { return length }
    guard length >= 48 + 32 * depth else { throw fault(offset, "a record of levels of \(length) bytes") }
    let received = try time(bytes, 32, offset)
    let happened = bytes[30] & 32 != 0 || type >= 0xc3 ? received : try time(bytes, 8, offset)
    newest = max(newest, happened)
    let isTrade = type < 0x20 && bytes[28] == UInt8(ascii: "T")
    if isTrade, let price = try price(bytes, 16, offset) {
      let side: Side? = bytes[29] == 0x42 ? .buy : bytes[29] == 0x41 ? .sell : nil
      events.append(
        ReplayEvent(
          time: newest, known: max(newest, received), kind: .trade, side: side, price: price,
          lots: try lots(bytes, 24, offset)))
    }
    if depth > 0 { try compare(bytes, depth, offset, max(newest, received), &events) }
    return length
  }

  /// Tells the levels that differ from what was told of each side before.
  private func compare(
    _ bytes: UnsafeRawBufferPointer, _ depth: Int, _ offset: Int, _ known: Int64, _ events: inout [ReplayEvent]
  ) throws {
    for side in Side.allCases {
      let shift = side == .buy ? 0 : 1
      var now: [Level] = []
      for level in 0..<depth {
        let at = 48 + 32 * level
        if let price = try price(bytes, at + 8 * shift, offset) {
          now.append(Level(price: price, lots: try lots(bytes, at + 16 + 4 * shift, offset)))
        }
      }
      if contents == .quotes {
        let best = now.first ?? Level(price: 0, lots: 0)
        events.append(
          ReplayEvent(time: newest, known: known, kind: .quote, side: side, price: best.price, lots: best.lots))
      } else {
        tell(side, now, isFull: now.count == depth, known, &events)
      }
    }
  }

  private func tell(
    _ side: Side, _ now: [Level], isFull: Bool, _ known: Int64, _ events: inout [ReplayEvent]
  ) {
    var told = side == .buy ? bids : asks
    func add(_ price: Int32, _ lots: Int32) {
      events.append(ReplayEvent(time: newest, known: known, kind: .depth, side: side, price: price, lots: lots))
    }
    let worst = now.last.map { Int($0.price) }
    told.removeAll { old in
      let isOutOfView = isFull && side.opposite.exceeds(Int(old.price), worst)
      guard !isOutOfView, !now.contains(where: { $0.price == old.price }) else { return false }
      add(old.price, 0)
      return true
    }
    for new in now {
      if let place = told.firstIndex(where: { $0.price == new.price }) {
        if told[place].lots != new.lots { add(new.price, new.lots) }
        told[place] = new
      } else {
        add(new.price, new.lots)
        told.append(new)
      }
    }
    if side == .buy { bids = told } else { asks = told }
  }

  // MARK: - Fields

  private func fault(_ offset: Int, _ reason: String) -> DBNError {
    DBNError(file: reader.file, offset: offset, reason: reason)
  }

  @inline(__always) private func isWanted(_ record: UnsafeRawBufferPointer) -> Bool {
    let number = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    if let instrument {
      if instrument == number { return true }
      otherInstruments += 1
      return false
    }
    instrument = number
    return true
  }

  @inline(__always) private func time(_ record: UnsafeRawBufferPointer, _ at: Int, _ offset: Int) throws -> Int64 {
    let value = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    guard value <= UInt64(ReplayFile.latest) else {
      throw fault(offset, "the time \(value) is undefined or after 2116")
    }
    return Int64(value)
  }

  /// Whole ticks; nil when undefined.
  @inline(__always) private func price(_ record: UnsafeRawBufferPointer, _ at: Int, _ offset: Int) throws -> Int32? {
    let value = Int64(littleEndian: record.loadUnaligned(fromByteOffset: at, as: Int64.self))
    if value == .max { return nil }
    guard let short = wholeTicks(value) else {
      throw fault(offset, "the price \(value)e-9 is no multiple of the tick \(tick)e-9")
    }
    return short
  }

  @inline(__always) private func lots(_ record: UnsafeRawBufferPointer, _ at: Int, _ offset: Int) throws -> Int32 {
    let value = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    if value == .max { return 0 }
    guard value <= UInt32(OrderTicket.maximumLots) else { throw fault(offset, "\(value) lots are too many") }
    return Int32(value)
  }
}
