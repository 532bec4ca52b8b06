import ArgumentParser
import Foundation
import HydraCore
import Logging

/// How a run is connected to the world.
struct LiveOptions: ParsableArguments {
  @Flag(help: "Follow the data as a feed, and send orders to a broker.")
  var live = false

  @Option(help: "Where orders go: paper.")
  var broker: BrokerKind = .paper

  @Option(help: "Seconds of the market in a second of the clock, as in 86400; 'max' does not wait.")
  var speed: String = "max"

  @Option(help: "File of the paper broker's orders and fills; default: the store's file with .broker.jsonl.")
  var ledger: String?

  @Option(help: "Serve figures for Prometheus on this port of the loopback, under /metrics; 0 chooses one.")
  var metricsPort: Int?

  @Option(
    help: ArgumentHelp(
      "Look every so many seconds whether the folder has grown, instead of ending with what there is.",
      valueName: "seconds"))
  var follow: Double?

  enum BrokerKind: String, CaseIterable, ExpressibleByArgument { case paper }

  /// A signal came while the feed was waited for.
  struct Stopped: Error {}

  mutating func validate() throws {
    guard speed == "max" || (Double(speed) ?? 0) > 0 else {
      throw ValidationError("--speed is '\(speed)'; it must be above zero, or 'max'")
    }
    guard live || (speed == "max" && ledger == nil && metricsPort == nil && follow == nil) else {
      throw ValidationError("--speed, --ledger, --metrics-port and --follow need --live")
    }
    if let follow, !(0.01...86_400).contains(follow) {
      throw ValidationError("--follow is \(follow); it must be 0.01 to 86400 seconds")
    }
    if let port = metricsPort, !(0...65_535).contains(port) {
      throw ValidationError("--metrics-port is \(port); it must be 0 to 65535")
    }
  }

  /// The session, and the server of its figures where one is asked for; nil for a replay.
  func session(
    _ instrument: Instrument, _ settings: AgentSettings, store: Store, url: String, watch: FolderWatch, logger: Logger
  ) throws -> (session: LiveSession, pages: LoopbackPages?)? {
    guard live else { return nil }
    let beside = url.hasPrefix("sqlite:") ? String(url.dropFirst(7)) : url
    let path = ledger ?? "\(beside).broker.jsonl"
    let paper = try PaperBroker(path: path, instrument: instrument, settings: settings.book(for: instrument))
    var following = LiveSession.Settings()
    following.speed = Double(speed)
    if let follow { following.refreshSeconds = follow }
    let refresh: LiveSession.Refresh = { try watch.next() }
    let session = LiveSession(
      broker: paper, store: store, settings: following,
      log: { isWarning, message, details in
        let metadata = Logger.Metadata(details.map { ($0.0, "\($0.1)") }) { first, _ in first }
        logger.log(level: isWarning ? .warning : .info, "\(message)", metadata: metadata)
      }, refresh: follow == nil ? nil : refresh, sleep: Self.sleep)
    guard let port = metricsPort else { return (session, nil) }
    let figures = session.figures
    let pages = try LoopbackPages(port: port) { path in
      switch path {
      case "/metrics": (PrometheusText.contentType, figures.page)
      case "/health": ("text/plain", "ok\n")
      default: nil
      }
    }
    FileHandle.standardError.write(Data("hydra: metrics at http://127.0.0.1:\(pages.port)/metrics\n".utf8))
    return (session, pages)
  }

  /// Asks the run that these options continue for safe mode, because its data cannot be read.
  func noteUnreadable(_ error: any Error, market: String, store url: String, at now: Timestamp) {
    // A store that is not there holds no run, and is not made for this.
    guard live, let store = try? openForReading(url), (try? store.runs.all().isEmpty) == false else { return }
    guard let writing = try? Store(url: url) else { return }
    try? KillSwitch.askForSafeMode(ofMarket: market, stage: "market_data", reason: "\(error)", at: now, in: writing)
  }

  /// Waits in slices, so that a signal is not waited out.
  @Sendable private static func sleep(_ seconds: Double) async throws {
    var left = seconds
    while left > 0 {
      if Interruption.signal != nil { throw Stopped() }
      let slice = min(left, 0.05)
      try await Task.sleep(for: .seconds(slice))
      left -= slice
    }
  }
}
