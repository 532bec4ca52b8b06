import Foundation
import HydraConnect
import HydraMarket
import HydraNumerics
import Synchronization

/// What a live run shows of itself on a page of the loopback.
public final class LiveFigures: Sendable {
  /// The figures, as they stand after a moment.
  public struct Values: Hashable, Sendable {
    public var market = ""
    public var bars = 0
    public var newestBar: Timestamp?
    public var ordersSent = 0
    public var ordersKnown = 0
    public var fills = 0
    public var positionLots = 0
    public var brokerLots = 0
    public var equity = 0.0
    public var drawdown = 0.0
    public var state = TradingState.active
    public var driftScore = 0.0
    public var alarms = 0
    public var experiments = 0
    public var failedExperiments = 0
    public var promotions = 0
    public var rollbacks = 0
    public var fits = 0
    public var refusals: [String: Int] = [:]
    public var feedGaps = 0
    /// What failed, by stage; each asked for safe mode.
    public var failures: [String: Int] = [:]
    /// Whether the feed could be read when it was last looked at.
    public var isFeedReadable = true
    public var jobs: [String: Int] = [:]
    public var journalEntries = 0

    public init() {}
  }

  private let values = Mutex(Values())

  public init() {}

  /// The figures now.
  public var current: Values { values.withLock { $0 } }

  /// Changes figures.
  public func update(_ change: (inout Values) -> Void) { values.withLock { change(&$0) } }

  /// The page of the figures, in the text format of Prometheus.
  public var page: String {
    let now = current
    var page = PrometheusText()
    let market = ["market": now.market]
    page.gauge("hydra_build_info", "The version that runs.", 1, ["version": Agent.version])
    page.counter("hydra_bars_total", "Trade dates seen.", Double(now.bars), market)
    if let newest = now.newestBar {
      page.gauge(
        "hydra_newest_bar_timestamp_seconds", "When the newest bar became known.", Double(newest.nanoseconds) / 1e9,
        market)
    }
    page.counter("hydra_orders_sent_total", "Orders that the broker took.", Double(now.ordersSent), market)
    page.counter(
      "hydra_orders_recognised_total", "Orders that the broker had taken before.", Double(now.ordersKnown), market)
    page.counter("hydra_fills_total", "Fills that the broker reported.", Double(now.fills), market)
    page.gauge("hydra_position_lots", "Lots that the account holds.", Double(now.positionLots), market)
    page.gauge("hydra_broker_position_lots", "Lots that the broker holds.", Double(now.brokerLots), market)
    page.gauge("hydra_equity", "Cash after settlement, in the market's currency.", now.equity, market)
    page.gauge("hydra_drawdown", "Fall from the highest equity, in the market's currency.", now.drawdown, market)
    for state in TradingState.allCases {
      page.gauge(
        "hydra_trading_state", "1 for the state that holds.", state == now.state ? 1 : 0,
        ["market": now.market, "state": state.rawValue])
    }
    page.gauge("hydra_drift_score_ratio", "The highest stream's score; 1 raises an alarm.", now.driftScore, market)
    page.counter("hydra_drift_alarms_total", "Alarms.", Double(now.alarms), market)
    page.counter("hydra_experiments_total", "Experiments.", Double(now.experiments), market)
    page.counter("hydra_experiments_failed_total", "Experiments that failed.", Double(now.failedExperiments), market)
    page.counter("hydra_promotions_total", "Champions promoted.", Double(now.promotions), market)
    page.counter("hydra_rollbacks_total", "Promotions taken back.", Double(now.rollbacks), market)
    page.counter("hydra_fits_total", "Models fitted.", Double(now.fits), market)
    for (code, count) in now.refusals.sorted(by: { $0.key < $1.key }) {
      page.counter(
        "hydra_refusals_total", "Orders refused.", Double(count), ["market": now.market, "code": code])
    }
    page.counter("hydra_feed_gaps_total", "Trade dates without a bar.", Double(now.feedGaps), market)
    page.gauge(
      "hydra_feed_readable", "1 while the feed can be read and goes on from what was seen.", now.isFeedReadable ? 1 : 0,
      market)
    for (stage, count) in now.failures.sorted(by: { $0.key < $1.key }) {
      page.counter(
        "hydra_failures_total", "Failures that asked for safe mode.", Double(count),
        ["market": now.market, "stage": stage])
    }
    for (job, count) in now.jobs.sorted(by: { $0.key < $1.key }) {
      page.counter("hydra_jobs_total", "Scheduled jobs that ran.", Double(count), ["job": job])
    }
    page.counter("hydra_journal_entries_total", "Entries of the run's journal.", Double(now.journalEntries), market)
    if let bytes = Self.residentBytes {
      page.gauge("process_resident_memory_bytes", "Memory of the process.", Double(bytes))
    }
    return page.text
  }

  /// Memory of this process in bytes; nil where the system does not tell.
  static var residentBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
  }
}
