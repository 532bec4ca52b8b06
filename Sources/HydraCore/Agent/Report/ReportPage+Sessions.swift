/// Orders that were worked inside of a day's book.
extension ReportPage {
  /// Pictures shown; the newest ones.
  private static let shownSessions = 6

  var sessionsSection: String {
    let charts = model.executions.filter { $0.arm == .selfHealing }.compactMap { SessionChart($0.payload) }
    guard !charts.isEmpty else { return "" }
    let figures = charts.suffix(Self.shownSessions).map { "<section>\($0.html)</section>\n" }
    return """
      <h2>Orders in the book</h2>
      <div class="legend">\(legend("healing", "bids, darker for more lots", "box"))\
      \(legend("periodic", "offers", "box"))\(legend("text", "own order"))\(legend("good", "filled while waiting", "dot"))\
      \(legend("alarm", "crossed", "box"))</div>
      <p class="faint">The self-healing arm's newest orders on days that were recorded order by order, \
      \(min(charts.count, Self.shownSessions)) of \(charts.count); Chicago time, price in the contract's unit. The recorded \
      market does not react to them.</p>
      <div class="columns">
      \(figures.joined())</div>
      """
  }
}
