import Foundation
import HydraMarket
import HydraNumerics

/// An order as a broker gets it, under a number that stays the same however often it is sent.
public struct BrokerOrder: Hashable, Sendable {
  /// Made of the run and the order's number in it: the same order has the same id after any restart.
  public let clientID: String
  public let approved: ApprovedOrder
  /// The moment at which it was decided, and the event of that moment after which it is sent.
  public let moment: Timestamp
  public let afterEvent: Int

  public init(clientID: String, approved: ApprovedOrder, moment: Timestamp, afterEvent: Int) {
    (self.clientID, self.approved) = (clientID, approved)
    (self.moment, self.afterEvent) = (moment, afterEvent)
  }
}

/// Where the orders of a live run go.
///
/// A broker outlives the program that sends to it. It knows every client id that it ever took, so that an order which is
/// sent again is recognised and not executed again.
public protocol Broker: AnyObject, Sendable {
  /// Takes an order; answers false when its client id is known, in which case nothing happens.
  func submit(_ order: BrokerOrder) throws -> Bool
  /// Whether a client id was ever taken.
  func knows(_ clientID: String) throws -> Bool
  /// Takes back everything that is working.
  func cancelAll(at moment: Timestamp) throws
  /// Lets the events of a moment happen, and answers with the fills.
  func advance(_ events: [MarketEvent], at moment: Timestamp) throws -> [Fill]
  /// Lots by contract.
  func positions() throws -> [ContractMonth: Int]
}

/// A broker that trades on paper: fills by the bars of the feed, and a ledger in a file that outlives the agent.
///
/// The ledger is written line by line, each line on the disk before the order counts as taken; a last line that was cut
/// off by a crash is dropped. A run that begins again meets the same feed from the beginning, and the broker fills again
/// what its ledger says it had taken: fills that are not those of the ledger are an error.
public final class PaperBroker: Broker, @unchecked Sendable {
  /// What is wrong with a ledger.
  public enum LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(path: String, line: Int)
    case cannotWrite(path: String, reason: String)
    /// The feed or the version has changed since: what is filled now is not what was filled then.
    case diverged(path: String, clientID: String)

    public var description: String {
      switch self {
      case .unreadable(let path, let line): "\(path):\(line): is no line of a ledger"
      case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
      case .diverged(let path, let id): "\(path): the fills of \(id) are not those of the ledger"
      }
    }
  }

  private struct Line: Codable {
    var kind: String
    var id: String?
    var lots: Int?
    var price: Double?
    var moment: Int64
  }

  private let lock = NSLock()
  private let path: String
  private let file: FileHandle
  private var venue: BarVenue
  /// Client ids of the ledger, with the fills that it has noted.
  private var taken: [String: [Line]] = [:]
  private var cancels: Set<Int64> = []
  /// Orders that wait for the events of their moment.
  private var waiting: [BrokerOrder] = []
  private var ids: [Int: String] = [:]
  private var lots: [ContractMonth: Int] = [:]
  private var refilled: [String: Int] = [:]

  /// Opens or creates a ledger.
  public init(path: String, instrument: Instrument, settings: TradingBook.Settings) throws {
    self.path = path
    venue = BarVenue(instrument: instrument, cost: settings.cost, fees: settings.fees, settings: settings.venue)
    if !FileManager.default.fileExists(atPath: path) {
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw LedgerError.cannotWrite(path: path, reason: "it cannot be created")
      }
    }
    guard let handle = FileHandle(forUpdatingAtPath: path) else {
      throw LedgerError.cannotWrite(path: path, reason: "it cannot be opened")
    }
    file = handle
    let bytes = try handle.readToEnd() ?? Data()
    // What stands behind the last line end was being written when the machine or the disk gave out.
    let whole = bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0
    if whole < bytes.count { try handle.truncate(atOffset: UInt64(whole)) }
    try handle.seek(toOffset: UInt64(whole))
    for (index, text) in bytes[..<whole].split(separator: 10).enumerated() {
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)) else {
        throw LedgerError.unreadable(path: path, line: index + 1)
      }
      switch (line.kind, line.id) {
      case ("order", let id?): taken[id] = taken[id] ?? []
      case ("fill", let id?): taken[id, default: []].append(line)
      case ("cancel", _): cancels.insert(line.moment)
      default: throw LedgerError.unreadable(path: path, line: index + 1)
      }
    }
  }

  /// Takes an order, unless its client id is in the ledger.
  public func submit(_ order: BrokerOrder) throws -> Bool {
    try lock.withLock {
      guard taken[order.clientID] == nil else {
        // Known from before a restart: it is filled again with the feed, not taken again.
        if !waiting.contains(where: { $0.clientID == order.clientID }), !ids.values.contains(order.clientID) {
          waiting.append(order)
        }
        return false
      }
      try append(
        Line(
          kind: "order", id: order.clientID, lots: order.approved.order.signedLots,
          price: order.approved.order.referencePrice, moment: order.moment.nanoseconds))
      taken[order.clientID] = []
      waiting.append(order)
      return true
    }
  }

  /// Whether the ledger holds a client id.
  public func knows(_ clientID: String) -> Bool { lock.withLock { taken[clientID] != nil } }

  /// Takes back everything that is working, before the events of a moment.
  public func cancelAll(at moment: Timestamp) throws {
    try lock.withLock {
      guard !cancels.contains(moment.nanoseconds) else { return }
      try append(Line(kind: "cancel", moment: moment.nanoseconds))
      cancels.insert(moment.nanoseconds)
    }
  }

  /// Fills what the events of a moment fill; orders of the moment come in where they were sent.
  public func advance(_ events: [MarketEvent], at moment: Timestamp) throws -> [Fill] {
    try lock.withLock {
      if cancels.contains(moment.nanoseconds) { _ = venue.cancelAll(at: moment) }
      var fills: [Fill] = []
      for (index, event) in events.enumerated() {
        fills += try settle(venue.handle(event), moment)
        fills += try send(after: index, moment)
      }
      fills += try send(after: nil, moment)
      return fills
    }
  }

  /// Lots by contract, without those that are flat.
  public func positions() -> [ContractMonth: Int] { lock.withLock { lots.filter { $0.value != 0 } } }

  private func send(after index: Int?, _ moment: Timestamp) throws -> [Fill] {
    let due = waiting.filter { index == nil ? true : $0.afterEvent == index && $0.moment == moment }
    waiting.removeAll { order in due.contains { $0.clientID == order.clientID } }
    var fills: [Fill] = []
    for order in due {
      ids[order.approved.order.id] = order.clientID
      fills += try settle(venue.submit(order.approved), moment)
    }
    return fills
  }

  private func settle(_ updates: [OrderUpdate], _ moment: Timestamp) throws -> [Fill] {
    let fills = updates.compactMap(\.fill)
    for fill in fills {
      let id = ids[fill.order] ?? "unknown"
      let line = Line(
        kind: "fill", id: id, lots: fill.side.sign * fill.lots, price: fill.price, moment: moment.nanoseconds)
      let count = refilled[id, default: 0]
      if let earlier = taken[id], count < earlier.count {
        guard earlier[count].lots == line.lots, earlier[count].price == line.price else {
          throw LedgerError.diverged(path: path, clientID: id)
        }
      } else {
        try append(line)
        taken[id, default: []].append(line)
      }
      refilled[id] = count + 1
      lots[fill.contract, default: 0] += fill.side.sign * fill.lots
    }
    return fills
  }

  /// Writes a line and waits for the disk; a line that could only be written in part is taken back.
  private func append(_ line: Line) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let start = try file.offset()
    do {
      try file.write(contentsOf: encoder.encode(line) + Data([10]))
      try file.synchronize()
    } catch {
      try? file.truncate(atOffset: start)
      try? file.seek(toOffset: start)
      throw LedgerError.cannotWrite(path: path, reason: "\(error.localizedDescription)")
    }
  }
}
