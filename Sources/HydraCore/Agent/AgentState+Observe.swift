import HydraLearning
import HydraMarket
import HydraNumerics

extension AgentState {
  /// The trading path: events, settlement, forecast, monitor, decision; then whatever is due.
  mutating func observe(_ moment: AgentInput.Moment, _ history: FeatureHistory) throws -> [AgentEffect] {
    let settlement = try book.settle(moment.events)
    var effects: [AgentEffect] = settlement.refusals.map { refusal($0, order: nil) }
    effects += settlement.outcomes.map { .journal(kind: "execution", payload: $0.json) }
    for index in held.indices { try held[index].shadow.settle(moment, isBlocked: history.count <= blockedUntilRow) }
    guard let bar = moment.bar else {
      if !settlement.fills.isEmpty { effects.append(.journal(kind: "fills", payload: fills(settlement.fills))) }
      if moment.trades, !settlement.ended.isEmpty { effects += retarget(moment, history) }
      return effects
    }
    let row = history.count - 1
    note(settlement.fills, row)
    let forecast =
      champion.map {
        $0.policy.forecast(at: row, of: history, columns: $0.columns, follows: follows)
      } ?? .nan
    forecasts.append(forecast)
    learnWeights(history, row)
    volatility.update(history.changes[row])
    if let previous = probation?.previous {
      let other = previous.policy.forecast(at: row, of: history, columns: previous.columns, follows: follows)
      probation?.forecasts.append(other)
    }
    for index in held.indices { held[index].shadow.predict(champion: forecasts, history) }
    var alarms = monitor.update(
      Monitoring.values(
        history: history, forecasts: forecasts, price: bar.close, watched: watched))

    guard moment.trades else { return effects }
    effects += governTrading(row)
    if arm == .selfHealing, let fault = Diagnostician().brokenFeed(history) {
      // Before anything is decided on it.
      effects += block(until: row + 1, because: fault.evidence, row)
    }
    if arm == .selfHealing, let alarm = columns.update(history) { alarms.append(alarm) }
    let isBlocked = row < blockedUntilRow
    let decision = book.decide(
      forecast: forecast.isFinite && !isBlocked ? forecast : nil, volatility: volatility.value,
      riskScale: champion?.policy.recipe.riskScale ?? 1, at: moment.time)
    if let refused = decision.refusal { effects.append(refusal(refused, order: decision.order)) }
    record.dates.append(bar.date)
    record.equity.append(book.equity)
    tradeInShadow(forecast, isBlocked: isBlocked, at: moment.time)
    effects.append(
      .journal(kind: "bar", payload: barEntry(bar, history, row, settlement, decision, isBlocked: isBlocked)))
    effects += evidence(history, row)
    effects += ensembleWeights()

    for alarm in alarms {
      record.alarms.append(.init(date: bar.date, stream: alarm.stream))
      effects.append(.journal(kind: "alarm", payload: entry(alarm)))
    }
    effects += due(bar, alarms, history, row)
    return effects
  }

  /// Decides anew when a roll has cancelled the order that was meant for the contract now left behind.
  private mutating func retarget(_ moment: AgentInput.Moment, _ history: FeatureHistory) -> [AgentEffect] {
    guard let forecast = forecasts.last, forecast.isFinite, history.count > blockedUntilRow else { return [] }
    let decision = book.decide(
      forecast: forecast, volatility: volatility.value, riskScale: champion?.policy.recipe.riskScale ?? 1,
      at: moment.time)
    if let refused = decision.refusal { return [refusal(refused, order: decision.order)] }
    guard let order = decision.order else { return [] }
    return [
      .journal(
        kind: "retargeted",
        payload: [
          "contract": .string(order.contract.description), "order": JSONValue(order.signedLots),
          "forecast": .number(forecast),
        ])
    ]
  }

  /// What has to be done at the end of a bar: fits by the calendar, comparisons, answers to alarms.
  private mutating func due(
    _ bar: HeldBar, _ alarms: [DriftAlarm], _ history: FeatureHistory, _ row: Int
  ) -> [AgentEffect] {
    guard champion != nil else {
      let rows = history.trainingRows(before: history.count, window: settings.recipe.window)
      guard rows.count >= settings.warmUpRows, row >= askedRow + 20 else { return [] }
      askedRow = row
      return [.fit(settings.recipe, purpose: .initial)]
    }
    switch arm {
    case .frozen: return []
    case .periodic: return calendarFit(row)
    case .selfHealing:
      // A broken feed is nothing to learn from, to judge by or to explain.
      guard row >= blockedUntilRow else { return [] }
      var effects = endProbation(history, row)
      // What is on trial stays as it is.
      if probation == nil { effects += calendarFit(row) }
      let fault = alarms.first { $0.stream == ColumnWatch.stream }
      if phase == .observing, row >= quietUntilRow || fault != nil,
        let alarm = fault ?? alarms.max(by: { $0.statistic < $1.statistic })
      {
        phase = .diagnosing
        quietUntilRow = row + settings.healing.coolDown
        return effects + [.diagnose(alarm)]
      }
      return effects + judgeShadows(history, row)
    }
  }

  /// Takes no new position before row `end`: what the model would decide rests on broken numbers.
  mutating func block(until end: Int, because evidence: String, _ row: Int) -> [AgentEffect] {
    defer { blockedUntilRow = max(blockedUntilRow, end) }
    // One entry for a fault that goes on from bar to bar.
    guard row > blockedUntilRow || blockedUntilRow == 0 else { return [] }
    return [
      .journal(
        kind: "trading_blocked", payload: ["bars": JSONValue(end - row), "evidence": .string(evidence)])
    ]
  }

  /// A fit of the champion's own recipe to what is known now, when the calendar says so.
  ///
  /// Data alone changes, not how the model is made: maintenance, which needs no evidence. Counted from the first fit, so
  /// that arms with the same recipe fit on the same days, once for all.
  private func calendarFit(_ row: Int) -> [AgentEffect] {
    guard let champion, let firstFitRow, row > firstFitRow, (row - firstFitRow) % settings.periodicBars == 0 else {
      return []
    }
    return [.fit(champion.policy.recipe, purpose: .calendar)]
  }

  // MARK: - Journal entries

  private mutating func refusal(_ refusal: RiskRefusal, order: Order?) -> AgentEffect {
    record.refusals[refusal.code, default: 0] += 1
    return .journal(
      kind: "refusal",
      payload: .object([
        ("code", .string(refusal.code)), ("reason", .string(refusal.description)),
        ("lots", order.map { .number(Double($0.signedLots)) } ?? .null),
      ]))
  }

  private func fills(_ fills: [Fill]) -> JSONValue {
    .array(
      fills.map {
        .object([
          ("order", .number(Double($0.order))), ("contract", .string($0.contract.description)),
          ("lots", .number(Double($0.signedLots))), ("price", .number($0.price)), ("fee", .number($0.fee)),
          ("cost", .number(cost(of: $0))), ("impact", .number(impact(of: $0))),
          ("date", .string($0.date.description)), ("evidence", .string($0.evidence.rawValue)),
        ])
      })
  }

  /// Keeps what the newest fills cost beside what the cost model expects of such orders.
  private mutating func note(_ fills: [Fill], _ row: Int) {
    guard let volume = book.tracker.averageDailyVolume, let deviation = volatility.value else { return }
    for fill in fills {
      let expected = book.settings.cost.expected(
        lots: fill.lots, averageDailyVolume: max(volume, 1), dailyVolatility: deviation)
      executions.append(
        ExecutionCost(row: row, paid: fill.halfSpread + fill.impact, expected: expected.total))
    }
    if executions.count > 200 { executions.removeFirst(executions.count - 100) }
  }

  /// Spread and impact that a fill paid, in currency to the cent.
  private func cost(of fill: Fill) -> Double {
    let paid = (fill.halfSpread + fill.impact) * Double(fill.lots) * book.instrument.pointValue
    return (100 * paid).rounded() / 100
  }

  /// Impact alone, which grows with the size of an order, in currency to the cent.
  private func impact(of fill: Fill) -> Double {
    (100 * fill.impact * Double(fill.lots) * book.instrument.pointValue).rounded() / 100
  }

  private func barEntry(
    _ bar: HeldBar, _ history: FeatureHistory, _ row: Int, _ settlement: TradingBook.Settlement,
    _ decision: TradingBook.Decision, isBlocked: Bool
  ) -> JSONValue {
    func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    var members: [(String, JSONValue)] = [
      ("date", .string(bar.date.description)), ("contract", .string(bar.contract.description)),
      ("close", .number(bar.close)), ("features", .string(featureHash(history.row(row)))),
      ("champion", champion.map { .number(Double($0.number)) } ?? .null), ("forecast", number(decision.forecast)),
      ("equity", .number(book.equity)), ("position", .number(Double(book.position))),
    ]
    let scores = monitor.streams.map { monitor.score(of: $0) }
    if let top = scores.indices.max(by: { scores[$0] < scores[$1] }) {
      members.append(("drift", .number(scores[top])))
      members.append(("drift_stream", .string(monitor.streams[top])))
      if arm == .selfHealing { members.append(("drift_scores", driftScores)) }
    }
    if isBlocked { members.append(("blocked", .bool(true))) }
    if book.governor.state != .active {
      members.append(("state", .string(book.governor.state.rawValue)))
      members.append(("state_reason", .string(book.governor.strictest?.code ?? "")))
    }
    if decision.isStopped { members.append(("why", .string("total_loss_stop"))) }
    if let sizing = decision.sizing {
      members.append(("target", .number(Double(sizing.targetLots))))
      members.append(("why", .string(sizing.reason.rawValue)))
    }
    if let order = decision.order, decision.refusal == nil {
      members.append(("order", .number(Double(order.signedLots))))
    }
    if !settlement.fills.isEmpty { members.append(("fills", fills(settlement.fills))) }
    if !settlement.ended.isEmpty {
      members.append(("unfilled", .array(settlement.ended.map { .number(Double($0.order)) })))
    }
    return .object(members)
  }

  /// The first 16 hexadecimal digits of the SHA-256 of the row's bit patterns: what the decision saw.
  private func featureHash(_ row: ArraySlice<Double>) -> String {
    var hash = SHA256()
    for value in row {
      // One bit pattern for every missing value.
      let bits = value.isNaN ? 0x7ff8_0000_0000_0000 : value.bitPattern
      withUnsafeBytes(of: bits.littleEndian) { hash.update($0) }
    }
    return String(hash.hex().prefix(16))
  }

  func entry(_ alarm: DriftAlarm) -> JSONValue {
    .object([
      ("stream", .string(alarm.stream)), ("detector", .string(alarm.detector)),
      ("statistic", .number(alarm.statistic)), ("direction", .string(alarm.direction.rawValue)),
      ("bars_since_change", .number(Double(alarm.index - alarm.changePoint + 1))),
      ("before", alarm.levelBefore.map { .number($0) } ?? .null), ("after", .number(alarm.levelAfter)),
    ])
  }
}
