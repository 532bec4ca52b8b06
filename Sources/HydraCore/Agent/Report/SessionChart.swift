import HydraMarket
import HydraNumerics

/// An order in its book: a heat map of the displayed lots over time and price with the order's own price and fills, and
/// below it the recorded lots ahead of it while it waited.
struct SessionChart {
  let picture: SessionPicture
  let caption: String
  /// Price units.
  let tick: Double
  /// When the executor asked for what: nanoseconds, and a price in ticks while it waits.
  let requests: [(time: Int64, price: Int?)]
  let fills: [(time: Int64, price: Int, lots: Int, isMaker: Bool)]

  /// Nil where the journal's entry has no picture.
  init?(_ payload: JSONValue) {
    guard let session = payload["session"], let picture = session["picture"].flatMap(SessionPicture.init(json:)),
      let tick = session["tick"]?.double
    else { return nil }
    (self.picture, self.tick) = (picture, tick)
    requests = (session["requests"]?.array ?? []).compactMap { entry in
      entry[0]?.int.map { (Int64($0), entry[2]?.int) }
    }
    fills = (session["fills"]?.array ?? []).compactMap { fill in
      guard let time = fill["time"]?.int, let price = fill["price"]?.int else { return nil }
      return (Int64(time), price, fill["lots"]?.int ?? 0, fill["maker"]?.bool ?? false)
    }
    caption =
      "\(session["date"]?.string ?? ""), \(session["contract"]?.string ?? ""): \(payload["side"]?.string ?? "") "
      + "\(payload["lots"]?.int ?? 0), filled \(payload["filled"]?.int ?? 0)"
  }

  /// Two figures, one above the other, with the same times.
  var html: String { heatMap + queueChart }

  private var length: Double { Double(max(1, picture.span.upperBound - picture.span.lowerBound)) }
  private func share(_ time: Int64) -> Double {
    min(1, max(0, Double(time - picture.span.lowerBound) / length))
  }

  // MARK: - Heat map

  private var heatMap: String {
    let (columns, rows) = (picture.columns.count, picture.rows)
    guard columns > 0, rows > 0 else { return "" }
    var cells = [String: String]()
    for row in 0..<rows {
      var column = 0
      while column < columns {
        let style = Self.style(picture.columns[column], row)
        let start = column
        while column < columns, Self.style(picture.columns[column], row) == style { column += 1 }
        guard let style else { continue }
        cells[style, default: ""] += "M\(start) \(rows - 1 - row)h\(column - start)v1h-\(column - start)z"
      }
    }
    var drawing = cells.sorted { $0.key < $1.key }.map { "<path class=\"\($0)\" d=\"\($1)\"/>" }.joined()
    func y(_ price: Int) -> Double { Double(rows) - Double(price - picture.low) - 0.5 }
    var own = ""
    for (place, request) in requests.enumerated() {
      guard let price = request.price else { continue }
      let end = place + 1 < requests.count ? requests[place + 1].time : fills.last?.time ?? picture.span.upperBound
      let (from, to) = (share(request.time) * Double(columns), share(max(end, request.time)) * Double(columns))
      own += "M\(hundredth(from)) \(hundredth(y(price)))H\(hundredth(to))"
    }
    drawing += "<path class=\"own\" d=\"\(own)\"/>"
    var texts = priceLabels(rows) + timeLabels
    for fill in fills {
      let kind = fill.isMaker ? "fill" : "taken"
      let top = 100 * y(fill.price) / Double(rows)
      guard (0...100).contains(top) else { continue }
      texts += """
        <i class="mark \(kind)" style="left:\(fixed(100 * share(fill.time)))%;top:\(fixed(top))%" \
        title="\(fill.lots) at \(ReportNumber.label(Double(fill.price) * tick))"></i>
        """
    }
    return """
      <figure class="chart"><figcaption>\(escaped(caption))</figcaption>\
      <div class="plot" style="height:280px" role="img" aria-label="order book, \(escaped(caption))">\
      <svg viewBox="0 0 \(columns) \(rows)" preserveAspectRatio="none" aria-hidden="true">\(drawing)</svg>\(texts)</div></figure>

      """
  }

  /// Colour of a cell: side, and a step for 1, 2, 3–5 and more lots; nil for none.
  private static func style(_ column: String, _ row: Int) -> String? {
    let letter = column.utf8[column.utf8.index(column.utf8.startIndex, offsetBy: row)]
    guard letter != UInt8(ascii: ".") else { return nil }
    let isBid = letter >= UInt8(ascii: "a")
    let lots = Int(letter - UInt8(ascii: isBid ? "a" : "A")) + 1
    let step = lots >= 6 ? 4 : lots >= 3 ? 3 : lots
    return (isBid ? "b" : "a") + "\(step)"
  }

  private func priceLabels(_ rows: Int) -> String {
    let step: Int = [1, 2, 4, 8, 16].first { rows / $0 <= 6 } ?? 32
    return (0..<rows).filter { (picture.low + $0) % step == 0 }.map { row in
      let top = 100 * (Double(rows - row) - 0.5) / Double(rows)
      let text = ReportNumber.label(Double(picture.low + row) * tick)
      return "<span class=\"y\" style=\"top:\(fixed(top))%\">\(text)</span>"
    }.joined()
  }

  /// Chicago time at round minutes: no more labels than a phone has room for.
  private var timeLabels: String {
    let minute: Int64 = 60_000_000_000
    let minutes = (picture.span.upperBound - picture.span.lowerBound) / minute
    let step: Int = [5, 10, 15, 30, 60, 120, 240].first { minutes / Int64($0) <= 4 } ?? 480
    var texts = ""
    var time = (picture.span.lowerBound / minute + 1) * minute
    while time <= picture.span.upperBound {
      let local = ExchangeZone.chicago.time(at: Timestamp(nanoseconds: time))
      if (local.hour * 60 + local.minute) % step == 0 {
        let text = "\(local.hour):\(local.minute < 10 ? "0" : "")\(local.minute)"
        texts += "<span class=\"x\" style=\"left:\(fixed(100 * share(time)))%\">\(text)</span>"
      }
      time += minute
    }
    return texts
  }

  // MARK: - Queue

  private var queueChart: String {
    guard !picture.queue.isEmpty, let most = picture.queue.map(\.ahead).max() else { return "" }
    // The strip is low: five labels at most.
    let step: Int = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].first { most / $0 <= 4 } ?? max(1, most)
    let ticks = stride(from: 0, through: max(1, most), by: step).map(Double.init)
    let high = Double(max(1, most))
    func y(_ ahead: Int) -> Double { 1000 * (high - Double(ahead)) / high }
    var line = ""
    for (place, point) in picture.queue.enumerated() {
      let end = place + 1 < picture.queue.count ? picture.queue[place + 1].time : fills.last?.time ?? point.time
      let (from, to) = (1000 * share(point.time), 1000 * share(max(end, point.time)))
      let joins = place > 0 && picture.queue[place - 1].price == point.price
      line += "\(joins ? "V" : "M\(fixed(from)) ")\(fixed(y(point.ahead)))H\(fixed(to))"
    }
    var drawing = ticks.map { "<path class=\"grid\" d=\"M0 \(fixed(1000 * (high - $0) / high))H1000\"/>" }.joined()
    drawing += "<path class=\"line self_healing\" d=\"\(line)\"/>"
    let texts = ticks.map {
      "<span class=\"y\" style=\"top:\(fixed(100 * (high - $0) / high))%\">\(ReportNumber.label($0))</span>"
    }.joined()
    return """
      <figure class="chart"><figcaption>Lots ahead in the queue</figcaption>\
      <div class="plot" style="height:100px" role="img" aria-label="queue position, \(escaped(caption))">\
      <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">\(drawing)</svg>\(texts)\(timeLabels)</div></figure>

      """
  }

  /// Two decimals: a cell of the heat map is some pixels wide.
  private func hundredth(_ value: Double) -> String { ((value * 100).rounded() / 100).description }
}
