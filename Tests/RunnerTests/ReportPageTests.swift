import Foundation
import HydraCore
import TestSupport
import Testing

/// The report in a real browser: what a reader sees has no errors and no text over text, at any width and in both
/// colour schemes. Without a browser the tests say that they were skipped.
@Suite(.serialized) struct ReportPageTests {
  static let browser = Browser.find()
  static let widths = [360, 800, 1280, 2560]

  @Test(.enabled(if: browser != nil, "SKIPPED: no Chromium is installed"), arguments: ["light", "dark"])
  func thePageHoldsAtEveryWidth(scheme: String) throws {
    let page = try Self.page.get()
    for width in Self.widths {
      let seen = try #require(Self.browser).look(at: page, width: width, scheme: scheme)
      #expect(seen.console.isEmpty, "\(width) \(scheme): \(seen.console)")
      #expect(seen.overlaps == [], "\(width) \(scheme)")
      #expect(seen.outside == [], "\(width) \(scheme)")
      #expect(!seen.scrollsSideways, "\(width) \(scheme)")
      #expect(seen.texts > 200)
      #expect(seen.ground == (scheme == "light" ? "rgb(255, 255, 255)" : "rgb(20, 24, 29)"))
    }
  }

  /// What the test above looks for is really found when it is there.
  @Test(.enabled(if: browser != nil, "SKIPPED: no Chromium is installed"))
  func faultsAreFound() throws {
    let browser = try #require(Self.browser)
    let head = "<!doctype html><html><head><meta charset=\"utf-8\"></head>"
    let twice = browser.look(
      at: "\(head)<body><p style=\"position:absolute;top:9px\">one</p><p style=\"position:absolute;top:12px\">two</p>"
        + "</body></html>", width: 360, scheme: "light")
    #expect(twice.overlaps == ["one / two"])
    let loud = browser.look(
      at: "\(head)<body><p>x</p><script>console.error('broken')</script><script>nothing()</script></body></html>",
      width: 360, scheme: "light")
    #expect(loud.console.contains { $0.contains("broken") } && loud.console.contains { $0.contains("nothing") })
    let wide = browser.look(
      at:
        "\(head)<body><div class=\"plot\" style=\"width:900px;text-align:right\"><span>far away</span></div></body></html>",
      width: 360, scheme: "light")
    #expect(wide.scrollsSideways && wide.outside == ["far away"])
  }

  @Test func thePageHoldsWhatItPromisesAndNothingFromOutside() throws {
    let page = try Self.page.get()
    for part in [
      "At other costs", "at 95 %", "Drift by stream", "What forecasts rest on", "Refused orders", "Decisions",
      "prefers-color-scheme:dark", "<svg",
    ] {
      #expect(page.contains(part), "\(part) is missing")
    }
    for forbidden in ["http://", "https://", "<script", "src=", "@import", "url("] {
      #expect(!page.contains(forbidden))
    }
    #expect(page.components(separatedBy: "<svg").count == page.components(separatedBy: "</svg>").count)
    #expect(page.utf8.count < 400_000)
  }

  /// A page of a small run with enough alarms that every section has something to show.
  static let page = Result {
    try RunnerProcess.inScratch { folder in
      let run = try RunnerProcess.run(
        ["demo", "--out", folder.path] + DemoTests.small + [
          "--set", "healing.false-alarms-per-year=6", "--set", "gate.confidence=0.5", "--set", "warm-up-rows=400",
          "--set", "limits.maximum-notional=60000", "--set", "ordinary-forecast=0.02", "--set", "costs.margin=0",
        ])
      guard run.status == 0 else { throw RunnerError(status: run.status, text: run.errors) }
      return try String(contentsOf: folder.appendingPathComponent("report.html"), encoding: .utf8)
    }
  }

  struct RunnerError: Error {
    var status: Int32
    var text: String
  }
}

/// A headless Chromium, whatever it is called here.
struct Browser {
  var program: URL

  /// What was seen of a page.
  struct Seen {
    var console: [String] = []
    var overlaps: [String] = []
    /// Labels of charts that stand outside the page.
    var outside: [String] = []
    var scrollsSideways = false
    var texts = 0
    var ground = ""
  }

  static func find() -> Browser? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for name in ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"] {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
        return Browser(program: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
    }
    return nil
  }

  /// Opens the page in a frame of that width, with every `<details>` open, and measures each line of text in it.
  func look(at page: String, width: Int, scheme: String) -> Seen {
    // The frame takes its colour scheme from the element that holds it, as a window takes it from the system.
    let outer = """
      <!doctype html><html style="color-scheme:\(scheme)"><body style="margin:0">
      <iframe style="color-scheme:\(scheme);border:0" width="\(width)" height="900" srcdoc="\(quoted(page))"></iframe>
      <script>
      onload = () => {
        const page = document.querySelector('iframe').contentDocument, view = page.defaultView;
        for (const details of page.querySelectorAll('details')) details.open = true;
        const boxes = [], outside = [];
        const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const text = walker.currentNode, holder = text.parentElement;
          if (!text.data.trim() || ['SCRIPT', 'STYLE', 'TITLE', 'title'].includes(holder.tagName)) continue;
          const range = page.createRange();
          range.selectNodeContents(text);
          for (const box of range.getClientRects())
            if (box.width > 1 && box.height > 1) boxes.push([text.data.trim().slice(0, 40), box, text]);
          const box = range.getBoundingClientRect();
          if (holder.closest('.plot, .strip, .streams') && box.width > 0 && (box.left < 0 || box.right > view.innerWidth))
            outside.push(text.data.trim());
        }
        boxes.sort((a, b) => a[1].top - b[1].top);
        const overlaps = [];
        for (let i = 0; i < boxes.length; i++)
          for (let j = i + 1; j < boxes.length && boxes[j][1].top < boxes[i][1].bottom - 1; j++) {
            const [a, b] = [boxes[i][1], boxes[j][1]];
            if (boxes[i][2] !== boxes[j][2] && a.left < b.right - 1 && b.left < a.right - 1)
              overlaps.push(boxes[i][0] + ' / ' + boxes[j][0]);
          }
        const seen = {overlaps, outside, texts: boxes.length, ground: view.getComputedStyle(page.body).backgroundColor,
          sideways: page.documentElement.scrollWidth > view.innerWidth};
        document.body.replaceChildren();
        document.body.setAttribute('data-seen', encodeURIComponent(JSON.stringify(seen)));
      };
      </script></body></html>
      """
    var seen = Seen()
    do {
      try RunnerProcess.inScratch { folder in
        let file = folder.appendingPathComponent("outer.html")
        try Data(outer.utf8).write(to: file)
        let run = try RunnerProcess.run(
          program,
          [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
            "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=5000", "--dump-dom", file.absoluteString,
          ])
        seen.console = run.errors.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
        let marker = "data-seen=\""
        guard let start = run.output.range(of: marker) else {
          Issue.record("\(program.lastPathComponent) showed nothing: \(run.errors.suffix(400))")
          return
        }
        let text = run.output[start.upperBound...].prefix { $0 != "\"" }
        let json = try JSONValue(parsing: Array((String(text).removingPercentEncoding ?? "").utf8))
        seen.overlaps = (json["overlaps"]?.array ?? []).compactMap(\.string)
        seen.outside = (json["outside"]?.array ?? []).compactMap(\.string)
        seen.scrollsSideways = json["sideways"]?.bool ?? true
        seen.texts = json["texts"]?.int ?? 0
        seen.ground = json["ground"]?.string ?? ""
      }
    } catch {
      Issue.record("\(program.path): \(error)")
    }
    return seen
  }

  private func quoted(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
  }
}
