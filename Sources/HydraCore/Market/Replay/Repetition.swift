import HydraNumerics

/// The same run again under other assumptions.
struct Repetition: Sendable {
  let configuration: ReplayConfiguration
  let settings: ReplayRunSettings
  /// The settings before they were put at a percentile of the cost.
  let plain: ReplayRunSettings
  let contents: ReplayFile.Contents
  let open: @Sendable () throws -> ReplayFile

  private func run(_ strategy: any ReplayStrategy, _ settings: ReplayRunSettings) throws -> ReplayReport {
    try ReplayRun.run(try open(), strategy: strategy, settings: settings)
  }

  /// The configuration was checked when it was made: a strategy of it can be made.
  private func strategy(_ size: Int) -> any ReplayStrategy {
    (try? configuration.makeStrategy(size: size)) ?? Onlooker()
  }

  func bands(threads: Int) throws -> ReplayBands {
    try ReplayBands(
      draws: configuration.queueDraws, settings: settings, strategy: { strategy(1) }, threads: threads, run: run)
  }

  func sensitivity(threads: Int) throws -> JSONValue {
    let variants = ReplaySensitivity.variants(of: settings, plain: plain, contents)
    return .array(
      try ReplaySensitivity.run(variants, strategy: { strategy(1) }, threads: threads, run: run).map(\.json))
  }

  func capacity(threads: Int) throws -> JSONValue {
    .array(
      try ReplaySensitivity.capacity(
        configuration.capacity, settings: settings, strategy: { strategy($0) }, threads: threads, run: run
      ).map(\.json))
  }
}

extension ReplayBands {
  var json: JSONValue {
    func band(_ band: Band) -> JSONValue {
      ["p05": .number(band.low), "p50": .number(band.median), "p95": .number(band.high)]
    }
    return [
      "draws": JSONValue(draws), "lots": band(lots), "net_profit": band(netProfit), "fill_ratio": band(fillRatio),
    ]
  }

  /// Orders of the run with their fill probabilities.
  func ordersCSV(_ scale: TickScale) -> String {
    var writer = CSVWriter(header: [
      "order", "ts", "side", "price", "qty", "draws", "fill_probability", "p05", "p95",
    ])
    for order in orders {
      writer.add(order.order)
      writer.add(String(order.time))
      writer.add(order.side.rawValue)
      writer.add(order.price.map { NumberText.text(scale.price($0)) } ?? "")
      writer.add(order.lots)
      writer.add(order.draws)
      for value in [order.fillProbability, order.low, order.high] { writer.add(NumberText.text(value)) }
      writer.endRow()
    }
    return writer.text
  }
}
