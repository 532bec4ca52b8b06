import HydraNumerics

/// Events and bars out of CSV: the columns tell what the file holds.
///
/// | holds | columns |
/// |---|---|
/// | single orders | `ts,kind,id,side,price,qty`; kind add, del, mod, exec, trade, clear, session_end |
/// | price levels | `ts,kind,side,price,qty`; kind depth, trade (side of the aggressor), clear, session_end |
/// | quotes | `ts,bid,bid_qty,ask,ask_qty`, and perhaps `kind,side,price,qty` of trades; kind quote, trade, clear, session_end |
/// | bars | `ts,open,high,low,close,volume`; ts is where the bar begins |
///
/// Bars with a column `contract` (`ZOZ25`, `ZOZ5` or `2025-12`) may be of several contracts of one market, and tell of their
/// `open_interest`. Of orders, levels and quotes with such a column one contract can be taken; two in one book are an error.
///
/// Every file may hold events of the session: kind phase_pre_open, phase_no_cancel, phase_open, phase_halt, phase_closed,
/// limit_low, limit_high (`price`; empty lifts the limit), settle (`price`), first_notice, expiry.
///
/// `known` may follow: when the event could be known. Times are nanoseconds since 1970.
final class EventCSV {
  let contents: ReplayFile.Contents
  private let reader: EventTextReader
  private let scale: TickScale
  private let ts: Int
  private let known: Int?
  private var columns: [Int]
  private var newest = Int64.min
  /// Places of `bid,bid_qty,ask,ask_qty`.
  private var quote: [Int] = []
  /// Places of the contract, and of a bar's open interest.
  let contract: Int?
  let openInterest: Int?
  private var contracts: [String: FuturesContract] = [:]
  /// The other side of a line with a quote.
  private var waiting: ReplayEvent?
  /// Of a file with several contracts, the one that is wanted; of a book, the first one where none was asked for.
  private var wanted: [UInt8]?
  private let isAskedFor: Bool

  /// - Parameter wanted: the contract whose lines are taken, as it stands in the column `contract`; nil takes all.
  init(_ source: ByteSource, _ scale: TickScale, of wanted: String? = nil) throws {
    reader = try EventTextReader(source)
    self.scale = scale
    self.wanted = wanted.map { Array($0.utf8) }
    isAskedFor = wanted != nil
    ts = try reader.needed("ts")
    known = reader.column("known")
    let isOfBars = reader.column("open") != nil
    contract = wanted == nil ? reader.column("contract") : try reader.needed("contract")
    openInterest = isOfBars ? reader.column("open_interest") : nil
    if reader.column("open") != nil {
      contents = .bars
      columns = try ["open", "high", "low", "close", "volume"].map(reader.needed)
    } else if reader.column("bid") != nil {
      contents = .quotes
      quote = try ["bid", "bid_qty", "ask", "ask_qty"].map(reader.needed)
      columns = reader.column("kind") == nil ? [] : try ["kind", "side", "price", "qty"].map(reader.needed)
    } else {
      contents = reader.column("id") != nil ? .orders : .levels
      columns = try ["kind", "side", "price", "qty"].map(reader.needed)
      if contents == .orders { columns.append(try reader.needed("id")) }
    }
  }

  private func time() throws -> Int64 {
    let time = try reader.integer(ts)
    guard time.magnitude <= ReplayFile.latest else { throw reader.fault(ts, "a time before the year 2116") }
    guard time >= newest else { throw reader.fault(ts, "at or after the line before") }
    newest = time
    return time
  }

  private func known(after time: Int64) throws -> Int64 {
    guard let known else { return time }
    let value = try reader.integer(known)
    guard (time...ReplayFile.latest).contains(value) else { throw reader.fault(known, "at or after the event") }
    return value
  }

  /// Whether lines say when their events could be known.
  var tellsKnown: Bool { known != nil }

  func event() throws -> ReplayEvent? {
    if let other = waiting {
      waiting = nil
      return other
    }
    guard try advance() else { return nil }
    let time = try time()
    let known = try known(after: time)
    let kind = columns.isEmpty ? .quote : try kind()
    var event = ReplayEvent(time: time, known: known, kind: kind)
    if kind == .quote {
      waiting = try best(.sell, quote[2], quote[3], event)
      return try best(.buy, quote[0], quote[1], event)
    }
    if kind == .clear || kind.isOfSession { return try ofSession(event) }
    event.side = try reader.side(columns[1])
    if contents == .orders, kind != .trade { event.id = Int(try reader.integer(columns[4])) }
    switch kind {
    case .delete, .execute, .fill:
      if !reader.isEmpty(columns[3]) { event.lots = try reader.lots(columns[3]) }
    default:
      event.price = try reader.ticks(columns[2], scale)
      event.lots = try reader.lots(columns[3])
    }
    if event.side == nil, kind == .add || kind == .depth { throw reader.fault(columns[1], "a side") }
    return event
  }

  /// One side of a quote; a side without price is empty.
  private func best(_ side: Side, _ price: Int, _ lots: Int, _ line: ReplayEvent) throws -> ReplayEvent {
    var event = line
    event.side = side
    guard !reader.isEmpty(price) else { return event }
    event.price = try reader.ticks(price, scale)
    event.lots = try reader.lots(lots)
    return event
  }

  private func ofSession(_ line: ReplayEvent) throws -> ReplayEvent {
    var event = line
    switch event.kind {
    case .phase:
      let name = reader.text(columns[0]).dropFirst("phase_".count)
      event.id = SessionPhase.allCases.firstIndex { $0.rawValue == name } ?? 0
    case .limitLow, .limitHigh:
      guard !reader.isEmpty(columns[2]) else { break }
      event.price = try reader.ticks(columns[2], scale)
      event.lots = 1
    case .settle: event.price = try reader.ticks(columns[2], scale)
    default: break
    }
    return event
  }

  private func kind() throws -> ReplayEvent.Kind {
    let kind: ReplayEvent.Kind?
    switch reader.text(columns[0]) {
    case "add": kind = .add
    case "del", "delete", "cancel": kind = .delete
    case "mod", "modify": kind = .change
    case "exec", "execute": kind = .execute
    case "depth": kind = .depth
    case "trade": kind = .trade
    case "clear": kind = .clear
    case "session_end": kind = .sessionEnd
    case "quote": kind = .quote
    case "limit_low": kind = .limitLow
    case "limit_high": kind = .limitHigh
    case "settle": kind = .settle
    case "first_notice": kind = .firstNotice
    case "expiry": kind = .expiry
    case let text where text.hasPrefix("phase_"):
      kind = SessionPhase(rawValue: String(text.dropFirst("phase_".count))) == nil ? nil : .phase
    default: kind = nil
    }
    let isOfOrders = kind == .add || kind == .delete || kind == .change || kind == .execute
    let fits =
      switch contents {
      case .orders: kind != .depth && kind != .quote
      case .levels: !isOfOrders && kind != .quote
      case .quotes, .bars: !isOfOrders && kind != .depth
      }
    guard let kind, fits else {
      throw reader.fault(columns[0], "a kind of event of \(contents.rawValue)")
    }
    return kind
  }

  /// Goes to the next line of the book's contract, which an event of the session may leave unsaid.
  private func advance() throws -> Bool {
    while try reader.advance() {
      guard let contract, !reader.isEmpty(contract) else { return true }
      guard let wanted else {
        self.wanted = Array(reader.text(contract).utf8)
        return true
      }
      if reader.holds(wanted, contract) { return true }
      guard isAskedFor else {
        throw reader.fault(
          contract,
          "\(String(decoding: wanted, as: UTF8.self)) as before: one book holds one contract (contract=NAME takes one)")
      }
    }
    return false
  }

  /// The next bar with its contract, of a file with such a column.
  func contractBar() throws -> ContractBar? {
    guard let bar = try bar(), let contract else { return nil }
    let interest = try openInterest.flatMap { reader.isEmpty($0) ? nil : Int64(try reader.lots($0)) }
    return ContractBar(contract: try month(contract, bar.time), bar: bar, openInterest: interest)
  }

  private func month(_ column: Int, _ time: Int64) throws -> FuturesContract {
    let (text, date) = (reader.text(column), Timestamp(nanoseconds: time).date)
    // A code with one digit of the year comes again after ten years.
    if let known = contracts[text], known.lastTrade >= date { return known }
    let read =
      ContractMonth(text).map { FuturesContract(root: "", month: $0) } ?? FuturesContract(code: text, on: date)
    guard let read, contracts.values.first.map({ $0.root == read.root }) ?? true else {
      throw reader.fault(column, "a contract of one market, like ZOZ25 or 2025-12")
    }
    guard read.lastTrade >= date else { throw reader.fault(column, "a contract that still trades then") }
    contracts[text] = read
    return read
  }

  /// The next bar, of one contract where one was asked for.
  func bar() throws -> ReplayBar? {
    repeat {
      guard try reader.advance() else { return nil }
    } while isAskedFor && !(contract.map { reader.holds(wanted ?? [], $0) } ?? true)
    let time = try time()
    let prices = try columns.prefix(4).map { try reader.ticks($0, scale) }
    let (open, high, low, close) = (prices[0], prices[1], prices[2], prices[3])
    guard high >= max(open, close), low <= min(open, close) else {
      throw reader.fault(columns[1], "at or above the bar's other prices, or its low is not below them")
    }
    return ReplayBar(
      time: time, open: open, high: high, low: low, close: close, lots: Int64(try reader.lots(columns[4])))
  }
}
