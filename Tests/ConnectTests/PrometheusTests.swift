import Foundation
import HydraCore
import TestSupport
import Testing

@Suite struct PrometheusTests {
  private static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool", "/opt/homebrew/bin/promtool"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: promtool != nil, "SKIPPED: there is no promtool"))
  func promtoolFindsNoFault() throws {
    var page = PrometheusText()
    page.counter("hydra_refusals_total", "Orders \\ refused.\nBy code.", 3, ["code": "a\"b\\c\nd"])
    page.counter("hydra_refusals_total", "Orders refused.", 4, ["code": "x"])
    page.gauge("hydra_equity", "Cash.", -12.5)
    page.gauge("hydra_limit", "No limit.", .infinity)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-page-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try page.text.write(to: file, atomically: true, encoding: .utf8)
    let check = try TestProcess(
      URL(fileURLWithPath: Self.promtool!), ["check", "metrics"], input: .file(file))
    #expect(try check.wait() == 0)
  }

  @Test func everyFamilyHasHelpAndTypeOnceAndEscapes() {
    var page = PrometheusText()
    page.counter("hydra_refusals_total", "Orders \\ refused.\nBy code.", 3, ["code": "a\"b\\c\nd"])
    page.gauge("hydra_equity", "Cash.", -12.5)
    page.counter("hydra_refusals_total", "ignored", 1, ["code": "x", "arm": "y"])
    page.gauge("hydra_nothing", "Not known.", .nan)
    page.gauge("hydra_limit", "No limit.", .infinity)
    #expect(
      page.text == """
        # HELP hydra_refusals_total Orders \\\\ refused.\\nBy code.
        # TYPE hydra_refusals_total counter
        hydra_refusals_total{code="a\\"b\\\\c\\nd"} 3
        hydra_refusals_total{arm="y",code="x"} 1
        # HELP hydra_equity Cash.
        # TYPE hydra_equity gauge
        hydra_equity -12.5
        # HELP hydra_nothing Not known.
        # TYPE hydra_nothing gauge
        hydra_nothing NaN
        # HELP hydra_limit No limit.
        # TYPE hydra_limit gauge
        hydra_limit +Inf

        """)
  }

  @Test func pagesAreServedOnTheLoopback() async throws {
    let pages = try LoopbackPages(port: 0) { $0 == "/metrics" ? ("text/plain", "hello\n") : nil }
    var settings = HTTPClient.Settings()
    settings.usesProxyOfEnvironment = false
    let client = HTTPClient(settings: settings)
    for _ in 0..<20 {
      let found = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(pages.port)/metrics?x=1"))
      #expect(found.status == 200 && found.text == "hello\n")
    }
    let missing = try await client.send(HTTPRequest(.get, "http://127.0.0.1:\(pages.port)/other"))
    #expect(missing.status == 404)
    let posted = try await client.send(HTTPRequest(.post, "http://127.0.0.1:\(pages.port)/metrics"))
    #expect(posted.status == 405)
    // The port is taken as long as it is served, and free afterwards.
    #expect(throws: LoopbackPages.ServerError.self) { _ = try LoopbackPages(port: pages.port) { _ in nil } }
    pages.stop()
    let again = try LoopbackPages(port: pages.port) { _ in nil }
    again.stop()
  }
}
