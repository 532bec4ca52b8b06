// A strategy of one's own in a replay, and the proof that it does not look ahead.
import HydraCore

/// Buys at the bid whenever nothing is held, sells above it what is, and follows the quotes.
struct TickTaker: ReplayStrategy {
  var quote: (order: Int, price: Int)?

  mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    switch signal {
    case .filled(let order, _, _), .ended(let order, _): if order == quote?.order { quote = nil }
    case .start, .timer:
      desk.wake(at: desk.now + 1_000_000_000)
      guard let bid = desk.bid?.price, let ask = desk.ask?.price else { return }
      let (side, price): (Side, Int) = desk.position == 0 ? (.buy, bid) : (.sell, max(bid + 1, ask))
      if let quote {
        if quote.price != price { desk.cancel(quote.order) }
      } else {
        quote = (desk.submit(OrderTicket(side, lots: 1, limit: price, postOnly: true)), price)
      }
    case .bar, .expired, .rolled: break
    }
  }
}

// A made-up evening of a thin market: two makers who come and go, and now and then a trade.
var random = CounterRandom(seed: 1, stream: "evening")
var (time, mid) = (Int64(0), 1400)
var events: [ReplayEvent] = []
for _ in 0..<20_000 {
  time += Int64(1 + random.below(2_000)) * 1_000_000
  if random.below(40) == 0 { mid += random.below(2) == 0 ? -1 : 1 }
  let side: Side = random.below(2) == 0 ? .buy : .sell
  let price = Int32(mid - side.sign * (1 + random.below(3)))
  if random.below(5) == 0 {
    let best = Int32(mid + side.sign)
    events.append(ReplayEvent(time: time, kind: .trade, side: side, price: best, lots: Int32(1 + random.below(5))))
  } else {
    events.append(ReplayEvent(time: time, kind: .depth, side: side, price: price, lots: Int32(random.below(12))))
    events.append(ReplayEvent(time: time, kind: .depth, side: side.opposite, price: price, lots: 0))
  }
}

var settings = ReplayRunSettings()
(settings.tick, settings.pointValue, settings.fee) = (0.25, 50, 1.5)
settings.latency = ReplayLatency(eachWay: 2_000_000)
settings.queueModel = .power(2)
let report = ReplayRun.run(events, .levels, strategy: TickTaker(), settings: settings)
print("fills \(report.fills.count), lots \(report.account.lots), net \(report.netProfit(settings))")

let evening = events
let bands = try ReplayBands(draws: 50, settings: settings, strategy: { TickTaker() }, threads: 2) {
  ReplayRun.run(evening, .levels, strategy: $0, settings: $1)
}
print("net over 50 draws of the queue: \(bands.netProfit.low) … \(bands.netProfit.high)")

let test = ReplaySelfTest(moments: ReplaySelfTest.moments(of: events.map(\.time), count: 3))
let leaks = test.leaks(in: events, .levels, settings: settings) { _ in TickTaker() }
print("decisions that hang on the future: \(leaks.count)")
