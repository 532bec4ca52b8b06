import HydraMarket
import HydraNumerics

/// What a report draws of an order that was worked in a book of single orders: the book around it over time, and the
/// recorded lots ahead of it while it waited.
///
/// It is rebuilt from the recorded events and the executor's requests alone, apart from the engine.
public struct SessionPicture: Sendable {
  /// First and last moment, in nanoseconds since 1970.
  public var span: ClosedRange<Int64>
  /// The lowest price shown, in ticks, and the number of prices.
  public var low: Int
  public var rows: Int
  /// For each moment a character a price, the lowest first: `.` nothing, `a…z` 1…26 lots bid (or more), `A…Z` offered.
  public var columns: [String] = []
  /// Recorded lots ahead of the order, whenever they change while it waits.
  public var queue: [(time: Int64, price: Int, ahead: Int)] = []

  /// Moments shown.
  static let moments = 96
  /// Most prices shown.
  static let mostRows = 44
  /// Nanoseconds shown before the executor begins and after it ends.
  static let margin: Int64 = 300_000_000_000

  /// Nil without a request, or where the session holds no single orders.
  public init?(_ work: SessionWork) {
    guard case .orders(let events) = work.session.contents, let first = work.requests.first,
      let last = work.requests.last, let span = work.session.span
    else { return nil }
    let end = max(last.time, work.executions.last?.time ?? last.time)
    self.span = max(span.lowerBound, first.time - Self.margin)...min(span.upperBound, end + Self.margin)
    (low, rows) = (0, 0)
    draw(events, work)
    follow(events, work)
  }

  // MARK: - The book

  private mutating func draw(_ events: [ReplayEvent], _ work: SessionWork) {
    var book = PictureBook()
    var moments: [PictureBook] = []
    let length = max(1, span.upperBound - span.lowerBound)
    var next = 0
    for event in events {
      while next < Self.moments, event.time > span.lowerBound + length * Int64(next + 1) / Int64(Self.moments) {
        moments.append(book)
        next += 1
      }
      book.apply(event)
    }
    while moments.count < Self.moments { moments.append(book) }
    var prices = moments.flatMap { [$0.best(.buy), $0.best(.sell)] }.compactMap(\.self)
    prices += work.requests.compactMap(\.price) + work.executions.map(\.price)
    guard let lowest = prices.min(), let highest = prices.max() else { return }
    let room = max(2, min(6, (Self.mostRows - (highest - lowest + 1)) / 2))
    (low, rows) = (lowest - room, min(Self.mostRows, highest - lowest + 1 + 2 * room))
    columns = moments.map { book in
      String(
        (low..<low + rows).map { price in
          if let lots = book.lots(.buy, price) { return Self.letter(lots, from: "a") }
          return book.lots(.sell, price).map { Self.letter($0, from: "A") } ?? "."
        })
    }
  }

  private static func letter(_ lots: Int, from first: Unicode.Scalar) -> Character {
    Character(Unicode.Scalar(UInt8(first.value) + UInt8(min(max(lots, 1), 26) - 1)))
  }

  // MARK: - The queue

  private mutating func follow(_ events: [ReplayEvent], _ work: SessionWork) {
    var book = PictureBook()
    var index = 0
    for (place, request) in work.requests.enumerated() {
      guard let price = request.price, request.kind != .cross else { continue }
      let arrival = request.time + SessionWork.latency
      let isLast = place + 1 == work.requests.count
      let until = isLast ? span.upperBound : work.requests[place + 1].time + SessionWork.latency
      while index < events.count, events[index].time <= arrival {
        book.apply(events[index])
        index += 1
      }
      var ahead = book.queue(work.order.side, price)
      queue.append((arrival, price, ahead.values.reduce(0, +)))
      while index < events.count, events[index].time <= until, ahead.values.contains(where: { $0 > 0 }) {
        let event = events[index]
        book.apply(event)
        index += 1
        guard ahead[event.id] != nil, event.kind != .add else { continue }
        ahead[event.id] = book.stays(event.id, work.order.side, price, within: ahead[event.id] ?? 0)
        queue.append((event.time, price, ahead.values.reduce(0, +)))
      }
    }
  }

  // MARK: - As the journal keeps it

  /// Times of the queue are in tenths of a second after the first moment.
  public var json: JSONValue {
    [
      "start": .integer(span.lowerBound), "end": .integer(span.upperBound), "low": JSONValue(low),
      "columns": JSONValue(columns),
      "queue": .array(
        queue.map { point in
          let tenths = (point.time - span.lowerBound) / 100_000_000
          return .array([.integer(tenths), JSONValue(point.price), JSONValue(point.ahead)])
        }),
    ]
  }

  /// Nil when something is missing.
  public init?(json: JSONValue) {
    guard let start = json["start"]?.int, let end = json["end"]?.int, start <= end, let low = json["low"]?.int,
      let columns = json["columns"]?.array?.compactMap(\.string), let first = columns.first, !first.isEmpty,
      columns.allSatisfy({ $0.utf8.count == first.utf8.count })
    else { return nil }
    (span, self.low, rows, self.columns) = (Int64(start)...Int64(end), low, first.utf8.count, columns)
    queue = (json["queue"]?.array ?? []).compactMap { entry in
      guard let time = entry[0]?.int, let price = entry[1]?.int, let ahead = entry[2]?.int else { return nil }
      return (Int64(start) + Int64(time) * 100_000_000, price, ahead)
    }
  }
}

/// A plain book of single orders: who stands where, in the order of arrival.
private struct PictureBook {
  private struct Order {
    var side: Side
    var price: Int
    var lots: Int
    var arrival: Int
  }
  private var orders: [Int: Order] = [:]
  private var arrivals = 0

  mutating func apply(_ event: ReplayEvent) {
    arrivals += 1
    switch event.kind {
    case .add:
      guard let side = event.side else { return }
      orders[event.id] = Order(side: side, price: Int(event.price), lots: Int(event.lots), arrival: arrivals)
    case .delete, .execute:
      let left = event.lots == 0 ? 0 : (orders[event.id]?.lots ?? 0) - Int(event.lots)
      if left > 0 { orders[event.id]?.lots = left } else { orders[event.id] = nil }
    case .change:
      guard var order = orders[event.id] else { return }
      if Int(event.price) != order.price || Int(event.lots) > order.lots { order.arrival = arrivals }
      (order.price, order.lots) = (Int(event.price), Int(event.lots))
      orders[event.id] = order
    case .clear: orders = [:]
    default: break
    }
  }

  func best(_ side: Side) -> Int? {
    let prices = orders.values.lazy.filter { $0.side == side }.map(\.price)
    return side == .buy ? prices.max() : prices.min()
  }

  /// Nil for none.
  func lots(_ side: Side, _ price: Int) -> Int? {
    let lots = orders.values.reduce(0) { $1.side == side && $1.price == price ? $0 + $1.lots : $0 }
    return lots > 0 ? lots : nil
  }

  /// Lots by order of all that stand at a price now.
  func queue(_ side: Side, _ price: Int) -> [Int: Int] {
    orders.filter { $1.side == side && $1.price == price }.mapValues(\.lots)
  }

  /// What is left of an order that stood with `before` lots: nothing when it left its place.
  func stays(_ id: Int, _ side: Side, _ price: Int, within before: Int) -> Int {
    guard let order = orders[id], order.side == side, order.price == price, order.lots <= before else { return 0 }
    return order.lots
  }
}
