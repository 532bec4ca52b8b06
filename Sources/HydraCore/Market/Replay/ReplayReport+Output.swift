import HydraNumerics

extension ReplayReport {
  /// The summary in the settings' currency.
  public func summary(_ settings: ReplayRunSettings) -> JSONValue {
    let currency = settings.tick * settings.pointValue
    let fees = settings.fee * Double(account.lots)
    let filledOrders = Set(fills.map(\.order)).count
    var unusual: [(String, JSONValue)] = []
    if displaysUnused > 0 { unusual.append(("displays_unused", JSONValue(displaysUnused))) }
    if fills.contains(where: { $0.contract != nil }) || !rolls.isEmpty {
      unusual.append(("rolls", JSONValue(rolls.count)))
      unusual.append(("roll_cost", .number(rolls.reduce(0) { $0 + Double($1.cost) } * currency)))
    }
    guard case .object(let usual) = usual(settings, currency, fees, filledOrders) else { return .null }
    return .object(usual + unusual)
  }

  /// What every summary holds.
  private func usual(
    _ settings: ReplayRunSettings, _ currency: Double, _ fees: Double, _ filledOrders: Int
  ) -> JSONValue {
    func count(_ isMaker: Bool) -> JSONValue { JSONValue(fills.count { $0.isMaker == isMaker }) }
    return [
      "events": JSONValue(events), "start": start.map { .integer($0) } ?? .null,
      "end": end.map { .integer($0) } ?? .null,
      "orders": JSONValue(submitted), "orders_filled": JSONValue(filledOrders),
      "fill_ratio": submitted > 0 ? .number(Double(filledOrders) / Double(submitted)) : .null,
      "fills": JSONValue(fills.count), "maker_fills": count(true), "taker_fills": count(false),
      "lots": JSONValue(account.lots), "position": JSONValue(account.position),
      "gross_profit": .number(grossTicks * currency), "fees": .number(fees),
      "net_profit": .number(grossTicks * currency - fees),
      "realised": .number(account.realised * currency),
      "spread_paid": JSONValue(spreadPaid.value.map { $0 * settings.tick }),
      "adverse_1min": JSONValue(adverse[0].value.map { $0 * settings.tick }),
      "adverse_10min": JSONValue(adverse[1].value.map { $0 * settings.tick }),
      "adverse_60min": JSONValue(adverse[2].value.map { $0 * settings.tick }),
      "endings": .object(endings.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }),
      "cancels_rejected": JSONValue(cancelsRejected), "changes_rejected": JSONValue(changesRejected),
      "unknown_orders": JSONValue(unknownOrders),
      "shortfall": [
        "delay": .number(shortfall.delay * currency), "trading": .number(shortfall.trading * currency),
        "opportunity": .number(shortfall.opportunity * currency), "fees": .number(fees),
        "total": .number(shortfall.total * currency + fees), "orders": JSONValue(shortfall.orders),
      ],
      "settlements": JSONValue(equity.count),
      "sharpe_net": JSONValue(DailySharpe(netChanges(settings))?.value),
      "max_drawdown": .number(maximumDrawdown(settings)), "margin_calls": JSONValue(marginCalls),
      "evidence": .object(
        Fill.Evidence.allCases.compactMap { evidence in
          let count = fills.count { $0.evidence == evidence }
          return count > 0 ? (evidence.rawValue, JSONValue(count)) : nil
        }),
    ]
  }

  /// The fills as CSV: times in nanoseconds, prices in the contract's unit.
  public func fillsCSV(_ scale: TickScale) -> String {
    let hasContracts = fills.contains { $0.contract != nil }
    var writer = CSVWriter(
      header: [
        "ts", "order", "side", "price", "qty", "liquidity", "evidence", "ahead_at_entry", "ahead_at_fill",
        "bid_at_arrival", "ask_at_arrival", "half_spread_paid", "impact",
      ] + (hasContracts ? ["contract"] : []))
    for fill in fills {
      writer.add(String(fill.time))
      writer.add(String(fill.order))
      writer.add(fill.side.rawValue)
      writer.add(NumberText.text(scale.price(fill.price)))
      writer.add(String(fill.lots))
      writer.add(fill.isMaker ? "maker" : "taker")
      writer.add(fill.evidence.rawValue)
      writer.add(fill.aheadAtEntry.map { NumberText.text($0) } ?? "")
      writer.add(fill.aheadAtFill.map { NumberText.text($0) } ?? "")
      writer.add(fill.bidAtArrival.map { NumberText.text(scale.price($0)) } ?? "")
      writer.add(fill.askAtArrival.map { NumberText.text(scale.price($0)) } ?? "")
      writer.add(fill.halfSpread.map { NumberText.text($0 * scale.tick) } ?? "")
      writer.add(fill.impact.map { NumberText.text($0 * scale.tick) } ?? "")
      if hasContracts { writer.add(fill.contract?.description ?? "") }
      writer.endRow()
    }
    return writer.text
  }

  /// The account at the end of each day as CSV, in currency.
  public func equityCSV(_ settings: ReplayRunSettings, _ scale: TickScale) -> String {
    var writer = CSVWriter(header: ["ts", "price", "kind", "position", "gross", "fees", "net"])
    for mark in equity {
      let gross = mark.equity * settings.tick * settings.pointValue
      let fees = settings.fee * Double(mark.lots)
      writer.add(String(mark.time))
      writer.add(NumberText.text(mark.price * scale.tick))
      writer.add(mark.isSettlement ? "settlement" : "last")
      writer.add(mark.position)
      for value in [gross, fees, gross - fees] { writer.add(NumberText.text(value)) }
      writer.endRow()
    }
    return writer.text
  }

  /// Levels of the book at even intervals, for a picture.
  public func bookCSV(_ scale: TickScale) -> String {
    var writer = CSVWriter(header: ["ts", "side", "price", "qty"])
    for level in trace.levels {
      writer.add(String(level.time))
      writer.add(level.side.rawValue)
      writer.add(NumberText.text(scale.price(level.price)))
      writer.add(level.lots)
      writer.endRow()
    }
    return writer.text
  }

  /// Own orders in their queues at even intervals, for a picture.
  public func queueCSV(_ scale: TickScale) -> String {
    var writer = CSVWriter(header: ["ts", "order", "side", "price", "ahead"])
    for place in trace.places {
      writer.add(String(place.time))
      writer.add(place.order)
      writer.add(place.side.rawValue)
      writer.add(NumberText.text(scale.price(place.price)))
      writer.add(NumberText.text(place.ahead))
      writer.endRow()
    }
    return writer.text
  }

  /// The deepest fall of the net account below its highest mark, in currency.
  public func maximumDrawdown(_ settings: ReplayRunSettings) -> Double {
    HydraNumerics.maximumDrawdown(of: netChanges(settings))
  }
}
