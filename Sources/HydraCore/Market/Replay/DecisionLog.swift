/// What a strategy asked for, and when.
public struct ReplayDecision: Hashable, Sendable {
  /// What it asked for.
  public enum Request: Hashable, Sendable {
    case submit(order: Int, OrderTicket)
    case cancel(order: Int)
    case modify(order: Int, Exchange.Change)
  }
  /// Nanoseconds.
  public var time: Int64
  public var request: Request
}

/// Keeps the decisions of one run; one thread at a time.
final class DecisionLog {
  var decisions: [ReplayDecision] = []
}

/// Passes everything to another strategy and notes what it asks for.
struct LoggedStrategy: ReplayStrategy {
  private var strategy: any ReplayStrategy
  private let log: DecisionLog

  init(_ strategy: any ReplayStrategy, _ log: DecisionLog) { (self.strategy, self.log) = (strategy, log) }

  mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    let before = desk.requests.count
    strategy.update(signal, &desk)
    for request in desk.requests[before...] {
      let noted: ReplayDecision.Request =
        switch request {
        case .submit(let order, let ticket): .submit(order: order, ticket)
        case .cancel(let order): .cancel(order: order)
        case .modify(let order, let change): .modify(order: order, change)
        }
      log.decisions.append(ReplayDecision(time: desk.now, request: noted))
    }
  }
}
