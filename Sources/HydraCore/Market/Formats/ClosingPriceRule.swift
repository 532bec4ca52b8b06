import HydraNumerics

/// Decides, trade date by trade date, whether the close is the day's settlement row or the last intraday price.
///
/// Once a market has hourly rows, its row of 23:00 tends to repeat the settlement of the trade date before; kept
/// naively it makes false reversals. Three facts decide, all known at 23:00 of the trade date itself:
///
/// 1. Before the first intraday price there is only the settlement.
/// 2. Prices stamped on the full hour come from a feed of hourly bars, whose last one is the close. The feed counts as
///    hourly when at least half of the last ``feedWindow`` intraday prices are so stamped; the first one alone does.
/// 3. Prices stamped to the odd second are snapshots, often hours before the close: the settlement stays the close
///    while it proves fresh. Each date votes: is the settlement nearer to the day's last intraday price, or to the
///    one of the trade date before? It counts as stale when ``staleShare`` of the last ``voteWindow`` votes (ties
///    apart, ``minimumVotes`` at least) say the latter, and as fresh again when no more than ``freshShare`` do.
///
/// A comparison of prices alone cannot carry point 2: in some markets the row of 23:00 is fresh on two dates of three
/// and stale on the third. In the snapshot markets of the sample data (corn, soybeans) 14 and 21 % of the votes are
/// for stale, never more than 45 % in a window.
struct ClosingPriceRule {
  static let feedWindow = 50
  static let voteWindow = 20
  static let minimumVotes = 10
  static let staleShare = 0.7
  static let freshShare = 0.3

  enum Choice: Hashable {
    case settlement
    case intraday
  }

  struct Price {
    var value: Double
    var contract: ContractMonth
  }

  /// Comparable dates on which the settlement row was nearer to the trade date before, and all comparable dates.
  private(set) var staleVotes = 0
  private(set) var votes = 0

  private var stamps: [Bool] = []
  private var recentVotes: [Bool] = []
  private var isStale = false
  private var previousLast: Price?

  /// Takes in one trade date and says where its close is read.
  ///
  /// - Parameters:
  ///   - stampsOnTheHour: one element per intraday price of the date, in time order.
  ///   - last: the last intraday price of the date.
  ///   - settlement: the price of the date's 23:00 row.
  mutating func choose(stampsOnTheHour: [Bool], last: Price?, settlement: Price?) -> Choice {
    stamps += stampsOnTheHour
    if stamps.count > Self.feedWindow { stamps.removeFirst(stamps.count - Self.feedWindow) }
    vote(last: last, settlement: settlement)
    guard !stamps.isEmpty else { return .settlement }
    if 2 * stamps.count(where: { $0 }) >= stamps.count { return .intraday }
    return isStale ? .intraday : .settlement
  }

  private mutating func vote(last: Price?, settlement: Price?) {
    defer { if let last { previousLast = last } }
    guard let last, let settlement, let previousLast,
      last.contract == settlement.contract, previousLast.contract == settlement.contract
    else { return }
    let toToday = abs(settlement.value - last.value)
    let toYesterday = abs(settlement.value - previousLast.value)
    guard toToday != toYesterday else { return }
    votes += 1
    if toYesterday < toToday { staleVotes += 1 }
    recentVotes.append(toYesterday < toToday)
    if recentVotes.count > Self.voteWindow { recentVotes.removeFirst() }
    guard recentVotes.count >= Self.minimumVotes else { return }
    let share = Double(recentVotes.count(where: { $0 })) / Double(recentVotes.count)
    if share >= Self.staleShare { isStale = true }
    if share <= Self.freshShare { isStale = false }
  }
}
