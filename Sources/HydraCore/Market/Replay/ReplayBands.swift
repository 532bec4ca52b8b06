import HydraNumerics

/// How sure a run's fills are where the place in the queue is an estimate (L2): the run again for many draws of where
/// cancelled lots stood.
public struct ReplayBands: Hashable, Codable, Sendable {
  /// The 5 %, 50 % and 95 % points over the draws.
  public struct Band: Hashable, Codable, Sendable {
    public var low: Double
    public var median: Double
    public var high: Double

    /// Of at least one value.
    public init(_ values: [Double]) {
      let sorted = values.sorted()
      func point(_ p: Double) -> Double { sorted[Int((p * Double(sorted.count - 1)).rounded())] }
      (low, median, high) = (point(0.05), point(0.5), point(0.95))
    }
  }

  /// What the draws say of one order of the run with the mean queue.
  public struct Order: Hashable, Codable, Sendable {
    public var order: Int
    /// When it was sent, in nanoseconds.
    public var time: Int64
    public var side: Side
    /// Ticks; nil for an order without a limit.
    public var price: Int?
    public var lots: Int
    /// Draws in which the same order was sent: another course of the position may lead to others.
    public var draws: Int
    /// Share of those draws in which at least one of its lots was filled.
    public var fillProbability: Double
    /// 90 % Wilson interval of that share.
    public var low: Double
    public var high: Double
  }

  public var draws: Int
  public var lots: Band
  public var netProfit: Band
  public var fillRatio: Band
  public var orders: [Order]

  /// Runs `draws` draws on `threads` threads; the result does not depend on their number.
  ///
  /// - Parameter run: plays the strategy from its beginning with the settings given; called `draws` + 1 times.
  /// - Complexity: `draws` + 1 runs.
  public init(
    draws: Int, settings: ReplayRunSettings, strategy: @Sendable () -> any ReplayStrategy, threads: Int,
    run: @Sendable (any ReplayStrategy, ReplayRunSettings) throws -> ReplayReport
  ) throws {
    precondition(draws > 0, "\(draws) draws")
    // The last of them is the run with the mean queue.
    let played = parallelMap(draws + 1, threads: threads) { number -> Result<Played, any Error> in
      var settings = settings
      settings.queueDraw = number < draws ? number : nil
      settings.traceInterval = nil
      let log = DecisionLog()
      return Result { Played(try run(LoggedStrategy(strategy(), log), settings), log, settings) }
    }
    let runs = try played.map { try $0.get() }
    let sampled = runs.dropLast()
    self.draws = draws
    lots = Band(sampled.map { Double($0.lots) })
    netProfit = Band(sampled.map(\.net))
    fillRatio = Band(sampled.map(\.fillRatio))
    orders = runs[draws].sent.sorted { $0.value < $1.value }.map { key, number in
      let same = sampled.filter { $0.sent[key] != nil }
      let filled = same.count { $0.filled.contains($0.sent[key]!) }
      let interval = Self.wilson(filled, of: same.count)
      return Order(
        order: number, time: key.time, side: key.side, price: key.price, lots: key.lots, draws: same.count,
        fillProbability: same.isEmpty ? 0 : Double(filled) / Double(same.count), low: interval.lowerBound,
        high: interval.upperBound)
    }
  }

  /// The 90 % interval of a share.
  ///
  /// Source: E. Wilson, "Probable inference, the law of succession, and statistical inference", J. American Statistical
  /// Association 22 (1927).
  static func wilson(_ count: Int, of total: Int) -> ClosedRange<Double> {
    guard total > 0 else { return 0...1 }
    let (z, n) = (1.644_853_626_951_472_7, Double(total))
    let share = Double(count) / n
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let reach = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, middle - reach)...min(1, middle + reach)
  }

  /// An order by what it is, not by its number, which another course of the position shifts.
  private struct Key: Hashable {
    var time: Int64
    var side: Side
    var price: Int?
    var lots: Int
  }

  private struct Played {
    var lots: Int
    var net: Double
    var fillRatio: Double
    var sent: [Key: Int] = [:]
    var filled: Set<Int>

    init(_ report: ReplayReport, _ log: DecisionLog, _ settings: ReplayRunSettings) {
      lots = report.account.lots
      net = report.netProfit(settings)
      filled = Set(report.fills.map(\.order))
      fillRatio = report.submitted > 0 ? Double(filled.count) / Double(report.submitted) : 0
      for decision in log.decisions {
        guard case .submit(let order, let ticket) = decision.request else { continue }
        sent[Key(time: decision.time, side: ticket.side, price: ticket.price, lots: ticket.lots)] = order
      }
    }
  }
}
