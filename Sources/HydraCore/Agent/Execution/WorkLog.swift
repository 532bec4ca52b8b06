import HydraMarket

/// Something that an executor asked for inside of a session.
public struct WorkedRequest: Hashable, Sendable {
  /// What was asked for; `end` says that nothing waits any more.
  public enum Kind: String, Codable, Sendable { case quote, move, cross, end }
  /// Nanoseconds since 1970: when it was decided.
  public var time: Int64
  public var kind: Kind
  /// Whole ticks; nil where there is no limit.
  public var price: Int?
}

/// Takes notes of a strategy while the engine runs it; read when the run is over.
final class WorkLog {
  /// The numbers of its orders in the engine.
  var orders: Set<Int> = []
  var requests: [WorkedRequest] = []
  /// The middle of the market at the beginning, in ticks.
  var arrival: Double?
}

/// Lets a `PatientExecutor` begin at a time and end at another, and notes where it waits.
struct LoggedExecutor: ReplayStrategy {
  private var executor: PatientExecutor
  private let begin: Int64
  private let log: WorkLog
  private var hasBegun = false
  private var price: Int?

  init(_ executor: PatientExecutor, begin: Int64, end: Int64, log: WorkLog) {
    self.executor = executor
    self.executor.patience = min(executor.patience, max(0, end - begin))
    (self.begin, self.log) = (begin, log)
  }

  mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    guard hasBegun else {
      if desk.now < begin {
        desk.wake(at: begin)
      } else {
        hasBegun = true
        executor.update(.start, &desk)
      }
      return
    }
    if log.arrival == nil, let bid = desk.bid?.price, let ask = desk.ask?.price {
      log.arrival = Double(bid + ask) / 2
    }
    executor.update(signal, &desk)
    let next = executor.waitingPrice
    if next != price {
      let kind: WorkedRequest.Kind = next == nil ? .end : price == nil ? .quote : .move
      log.requests.append(WorkedRequest(time: desk.now, kind: executor.isCrossing ? .cross : kind, price: next))
      price = next
    }
  }
}
