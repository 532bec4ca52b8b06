import HydraNumerics

extension MarketFolder {
  /// What the folder holds of the inside of days: `book/<SYM>-<YYYYMM>-<DATE>.csv`, single orders of one contract on one
  /// trade date, and `bars-1m/<SYM>-<YYYYMM>.csv`, minute bars of a contract; columns as `hydra replay run` reads them.
  ///
  /// - Returns: for each trade date the record of its held contract, the finer one where there are two, ascending; and
  ///   the hash of each file that was read, by its path.
  /// - Throws: what reading a file throws, with the line.
  public func sessions(of history: MarketHistory) throws -> (sessions: [MarketSession], hashes: [String: String]) {
    guard let scale = TickScale(tick: history.instrument.tickSize) else { return ([], [:]) }
    let held = Dictionary(history.bars.map { ($0.date, $0.contract) }, uniquingKeysWith: { $1 })
    let contracts = Set(held.values)
    var found: [CivilDate: MarketSession] = [:]
    var hashes: [String: String] = [:]
    func open(_ name: String) throws -> ReplayFile {
      let file = existingFile(name) ?? name
      let packed = try FileBytes.readRaw("\(path)/\(file)")
      hashes[file] = SHA256.hash(packed)
      return try ReplayFile(
        bytes: Compression.decompressed(packed, file: "\(path)/\(file)"), file: "\(path)/\(file)", scale: scale)
    }
    let prefix = history.instrument.symbol + "-"
    for name in try symbols(in: "bars-1m", ending: "") where name.hasPrefix(prefix) {
      guard let contract = ContractMonth(String(name.dropFirst(prefix.count))), contracts.contains(contract) else {
        continue
      }
      let file = try open("bars-1m/\(name).csv")
      var days: [(date: CivilDate, bars: [ReplayBar])] = []
      while case let bars = try file.bars(limit: 65_536), !bars.isEmpty {
        for bar in bars {
          let date = MarketSession.tradeDate(of: bar.time)
          if days.last?.date == date { days[days.count - 1].bars.append(bar) } else { days.append((date, [bar])) }
        }
      }
      for (date, bars) in days where held[date] == contract {
        found[date] = MarketSession(date: date, contract: contract, file: "bars-1m/\(name).csv", contents: .bars(bars))
      }
    }
    for name in try symbols(in: "book", ending: "") where name.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count)
      guard let contract = ContractMonth(String(rest.prefix(6))), let date = CivilDate(String(rest.dropFirst(7))),
        held[date] == contract
      else { continue }
      let file = try open("book/\(name).csv")
      var events: [ReplayEvent] = []
      while case let more = try file.events(limit: 65_536), !more.isEmpty { events += more }
      guard file.contents == .orders, !events.isEmpty else { continue }
      found[date] = MarketSession(date: date, contract: contract, file: "book/\(name).csv", contents: .orders(events))
    }
    return (found.values.sorted { $0.date < $1.date }, hashes)
  }
}
