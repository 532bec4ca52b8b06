/// Several strategies at one desk: one run, one market, whose liquidity they take only once.
///
/// Each sees its own position and its own timers, and hears of its own orders alone; at one moment they are asked in their
/// order. Orders of theirs never trade with each other.
public struct StrategyCrew: ReplayStrategy {
  private struct Member {
    var strategy: any ReplayStrategy
    var position = 0
    var alarm: Int64?
  }
  private var members: [Member]
  private var owners: [Int: (member: Int, side: Side)] = [:]
  private let note: ((_ member: Int, _ order: Int) -> Void)?

  /// - Parameter note: is told of each order when it is sent, and whose it is.
  public init(_ strategies: [any ReplayStrategy], note: ((_ member: Int, _ order: Int) -> Void)? = nil) {
    members = strategies.map { Member(strategy: $0) }
    self.note = note
  }

  /// Hands a signal to those whom it concerns.
  public mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    switch signal {
    case .start, .bar, .rolled: for place in members.indices { call(place, signal, &desk) }
    case .timer:
      for place in members.indices {
        guard let alarm = members[place].alarm, alarm <= desk.now else { continue }
        members[place].alarm = nil
        call(place, signal, &desk)
      }
    case .filled(let order, let lots, _):
      guard let owner = owners[order] else { break }
      members[owner.member].position += owner.side.sign * lots
      call(owner.member, signal, &desk)
    case .ended(let order, _): if let owner = owners[order] { call(owner.member, signal, &desk) }
    case .expired(_, let price):
      for place in members.indices {
        let lots = abs(members[place].position)
        members[place].position = 0
        call(place, .expired(lots: lots, price: price), &desk)
      }
    }
    desk.alarm = members.compactMap(\.alarm).min()
  }

  private mutating func call(_ place: Int, _ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    let (position, sent) = (desk.position, desk.requests.count)
    (desk.position, desk.alarm) = (members[place].position, members[place].alarm)
    members[place].strategy.update(signal, &desk)
    (members[place].alarm, desk.position) = (desk.alarm, position)
    for case .submit(let order, let ticket) in desk.requests[sent...] {
      owners[order] = (place, ticket.side)
      note?(place, order)
    }
  }
}
