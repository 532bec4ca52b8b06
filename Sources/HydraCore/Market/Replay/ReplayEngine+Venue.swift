/// Requests that arrive at the venue, and word of what became of them.
extension ReplayEngine where Market: ~Copyable {
  mutating func arrive(_ request: ReplayDesk.Request, _ time: Int64) {
    switch request {
    case .submit(let order, let ticket):
      report.submitted += 1
      shortfall.arrive(order, price: mid())
      if let refusal = refusal(of: ticket.side, lots: ticket.lots, at: time) {
        refuse(order, refusal, time)
        break
      }
      let number = market.submit(ticket, owner: 1, time: time)
      atVenue[order] = number
      if number < atDesk.count { atDesk[number] = order } else { atDesk.append(order) }
      working.append(number)
    case .cancel(let order):
      if !(atVenue[order].map { market.cancel($0) } ?? false) { report.cancelsRejected += 1 }
    case .modify(let order, let change):
      if let number = atVenue[order], let lots = change.lots {
        let state = market.state(number)
        let added = lots - state.filled - state.leaves
        if added > 0, refusal(of: market.terms(number).side, lots: added, at: time) != nil {
          report.changesRejected += 1
          break
        }
        if state.status.isWorking, change.isValid { shortfall.resize(order, by: added) }
      }
      if !(atVenue[order].map { market.modify($0, change, time: time) } ?? false) {
        report.changesRejected += 1
      }
    }
    if market.hasExecutions { settleFills() }
    noteEndings(at: time)
  }

  /// Books the fills since the last time and sends word of them; ``noteEndings(at:)`` follows.
  mutating func settleFills() {
    for var fill in market.takeExecutions() {
      let time = fill.time
      fill.order = atDesk[fill.order]
      report.book(fill)
      shortfall.fill(fill.order, price: fill.price, lots: fill.lots)
      probes.add(fill: report.fills.count - 1, at: time, side: fill.side, price: fill.price)
      let response = time + settings.latency.response
      tell(
        Told(
          time: response, signal: .filled(order: fill.order, lots: fill.lots, price: fill.price),
          lots: fill.side.sign * fill.lots))
    }
  }

  /// Sends word of orders that ended without being filled whole, and forgets all that ended.
  mutating func noteEndings(at time: Int64) {
    var place = 0
    while place < working.count {
      let state = market.state(working[place])
      guard !state.status.isWorking else {
        place += 1
        continue
      }
      let order = atDesk[working[place]]
      if state.status != .filled {
        shortfall.end(order, price: mid())
        report.endings[state.reason?.rawValue ?? state.status.rawValue, default: 0] += 1
        tell(Told(time: time + settings.latency.response, signal: .ended(order: order, state.reason), lots: 0))
      }
      (atVenue[order], repetitions[order]) = (nil, nil)
      market.forget(working[place])
      working.remove(at: place)
    }
  }

  mutating func tell(_ word: Told) {
    let place = told.lastIndex { $0.time <= word.time }.map { $0 + 1 } ?? 0
    told.insert(word, at: place)
  }
}
