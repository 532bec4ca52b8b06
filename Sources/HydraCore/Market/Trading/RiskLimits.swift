import HydraNumerics

/// An order that has passed the risk review, and the limits that it passed.
///
/// Nothing else can make one: the initialiser is private to this file, and it cannot be decoded.
public struct ApprovedOrder: Hashable, Encodable, Sendable {
  public let order: Order
  /// Lots that the order closes; the rest opens new risk.
  public let closes: Int

  fileprivate init(_ order: Order, closes: Int) {
    self.order = order
    self.closes = closes
  }
}

/// The answer of a risk review.
public enum RiskReview: Sendable {
  case approved(ApprovedOrder)
  case refused(RiskRefusal)
}

/// What an account may do. Every order is held against all of these; nil switches one off.
///
/// An order that only reduces its contract's position is always allowed past the loss stops, stale data, the position,
/// notional and margin limits; its size still keeps to `maximumOrder` and to participation (at least one lot), and its
/// price to the collar. An approved order is never larger or smaller than it was asked: use
/// ``allowedLots(_:contract:portfolio:market:workingLots:)`` before.
public struct RiskLimits: Hashable, Codable, Sendable {
  /// Lots held in one market, long or short.
  public var maximumPosition: Int
  /// Lots in one order.
  public var maximumOrder: Int
  /// Largest order as a share of the average daily volume known at the review.
  public var maximumParticipation: Double
  /// Currency value of the position in one market.
  public var maximumNotional: Double?
  /// Lots held in a contract from its first notice day on (four days before the delivery month).
  public var maximumDeliveryMonthPosition: Int?
  /// Loss within a day, in currency, at which no new risk is taken for the rest of it.
  public var dailyLossStop: Double?
  /// Fall of the cash from its highest, in currency, at which no new risk is taken any more.
  public var totalLossStop: Double?
  /// Largest age of the newest bar. Four days pass a long weekend.
  public var maximumDataAgeSeconds: Int64
  /// Largest distance between the newest price and the order's reference, and between the newest price and the close
  /// before it, as a share of the price: catches a bad tick and a decision made on another price.
  public var priceCollar: Double?

  public init(
    maximumPosition: Int, maximumOrder: Int? = nil, maximumParticipation: Double = 0.1,
    maximumNotional: Double? = nil, maximumDeliveryMonthPosition: Int? = 0, dailyLossStop: Double? = nil,
    totalLossStop: Double? = nil, maximumDataAgeSeconds: Int64 = 4 * 86_400, priceCollar: Double? = 0.2
  ) {
    precondition(maximumPosition >= 0, "the maximum position is negative: \(maximumPosition)")
    precondition(
      maximumParticipation >= 0 && maximumParticipation <= 1, "participation is not in 0…1: \(maximumParticipation)")
    self.maximumPosition = maximumPosition
    self.maximumOrder = maximumOrder ?? 2 * maximumPosition
    self.maximumParticipation = maximumParticipation
    self.maximumNotional = maximumNotional
    self.maximumDeliveryMonthPosition = maximumDeliveryMonthPosition
    self.dailyLossStop = dailyLossStop
    self.totalLossStop = totalLossStop
    self.maximumDataAgeSeconds = maximumDataAgeSeconds
    self.priceCollar = priceCollar
  }

  /// Holds an order against every limit; the first one that fails is named.
  ///
  /// `workingLots` are lots of earlier orders on the same side that are still working: they count as if filled.
  public func review(
    _ order: Order, portfolio: Portfolio, market: MarketState, workingLots: Int = 0
  ) -> RiskReview {
    guard order.lots > 0 else { return .refused(.invalidLots(order.lots)) }
    guard order.symbol == market.symbol else {
      return .refused(.wrongMarket(order: order.symbol, market: market.symbol))
    }
    let exposure = Exposure(
      side: order.side, contract: order.contract, portfolio: portfolio, market: market, workingLots: workingLots)
    guard order.contract == market.contract || order.lots <= exposure.reducible else {
      return .refused(.wrongContract(order: order.contract, held: market.contract))
    }
    if let refusal = collar(order, market) { return .refused(refusal) }
    let reduces = order.lots <= exposure.reducible
    let refusal = reduces ? reducingRefusal(order.lots, market) : openingRefusal(order.lots, exposure)
    if let refusal { return .refused(refusal) }
    return .approved(ApprovedOrder(order, closes: min(order.lots, exposure.reducible)))
  }

  /// Reviews the two legs of a change of contract together.
  ///
  /// The closing leg is always allowed. The opening leg takes no new risk and is allowed past the daily loss stop,
  /// participation and `maximumOrder`; the other limits hold, and when it is refused the position simply ends.
  /// Participation is not asked because both legs are filled at the roll's own prices, at the cost of their whole size.
  public func review(
    rollLegs legs: [Order], portfolio: Portfolio, market: MarketState
  ) -> (approved: [ApprovedOrder], refusal: RiskRefusal?) {
    guard legs.count == 2, legs.allSatisfy({ $0.kind == .roll && $0.symbol == market.symbol }) else {
      return ([], legs.first.map { .wrongMarket(order: $0.symbol, market: market.symbol) })
    }
    let (closing, opening) = (legs[0], legs[1])
    let held = portfolio.lots(closing.symbol, closing.contract)
    guard closing.lots > 0, closing.lots <= abs(held), held * closing.side.sign < 0 else {
      return ([], .invalidLots(closing.lots))
    }
    let close = ApprovedOrder(closing, closes: closing.lots)
    guard opening.lots > 0, opening.lots <= closing.lots, opening.side == closing.side.opposite else {
      return ([close], .rollOpensMore(lots: opening.lots, closed: closing.lots))
    }
    var limits = self
    (limits.dailyLossStop, limits.maximumParticipation) = (nil, 1)
    limits.maximumOrder = opening.lots
    var quoted = market
    (quoted.contract, quoted.price, quoted.previousPrice) = (opening.contract, opening.referencePrice, nil)
    quoted.averageDailyVolume = .greatestFiniteMagnitude
    let exposure = Exposure(
      side: opening.side, contract: opening.contract, portfolio: portfolio, market: quoted, workingLots: 0,
      closingElsewhere: closing.lots)
    if let refusal = limits.openingRefusal(opening.lots, exposure) { return ([close], refusal) }
    return ([close, ApprovedOrder(opening, closes: 0)], nil)
  }

  /// The largest order on one side that a review would approve now, by size; every smaller one passes too. 0 when none.
  ///
  /// - Complexity: O(log `maximumOrder`) times the number of positions.
  public func allowedLots(
    _ side: Side, contract: ContractMonth, portfolio: Portfolio, market: MarketState, workingLots: Int = 0
  ) -> Int {
    let exposure = Exposure(
      side: side, contract: contract, portfolio: portfolio, market: market, workingLots: workingLots)
    let reducing = min(exposure.reducible, sizeLimit(reducing: true, market))
    // From the first lot that opens risk, each limit allows all sizes up to some number: bisect for the largest that
    // passes them all.
    let first = exposure.reducible + 1
    guard contract == market.contract, openingRefusal(first, exposure) == nil else { return reducing }
    var (passes, fails) = (first, max(first, maximumOrder) + 1)
    while fails - passes > 1 {
      let middle = (passes + fails) / 2
      if openingRefusal(middle, exposure) == nil { passes = middle } else { fails = middle }
    }
    return passes
  }

  /// The tighter of both, limit by limit: no proposal can widen what the operator set.
  public func tightened(by other: RiskLimits) -> RiskLimits {
    func smaller<T: Comparable>(_ a: T?, _ b: T?) -> T? { a.map { a in b.map { min(a, $0) } ?? a } ?? b }
    return RiskLimits(
      maximumPosition: min(maximumPosition, other.maximumPosition),
      maximumOrder: min(maximumOrder, other.maximumOrder),
      maximumParticipation: min(maximumParticipation, other.maximumParticipation),
      maximumNotional: smaller(maximumNotional, other.maximumNotional),
      maximumDeliveryMonthPosition: smaller(maximumDeliveryMonthPosition, other.maximumDeliveryMonthPosition),
      dailyLossStop: smaller(dailyLossStop, other.dailyLossStop),
      totalLossStop: smaller(totalLossStop, other.totalLossStop),
      maximumDataAgeSeconds: min(maximumDataAgeSeconds, other.maximumDataAgeSeconds),
      priceCollar: smaller(priceCollar, other.priceCollar))
  }
}

// MARK: - The limits one by one

extension RiskLimits {
  /// Positions as a review sees them.
  fileprivate struct Exposure {
    let side: Side
    let contract: ContractMonth
    let portfolio: Portfolio
    let market: MarketState
    let workingLots: Int
    /// Lots of another contract that are closed at the same time.
    let closingElsewhere: Int
    /// Lots that an order on this side can close in its contract.
    let reducible: Int

    init(
      side: Side, contract: ContractMonth, portfolio: Portfolio, market: MarketState, workingLots: Int,
      closingElsewhere: Int = 0
    ) {
      (self.side, self.contract, self.portfolio, self.market) = (side, contract, portfolio, market)
      (self.workingLots, self.closingElsewhere) = (workingLots, closingElsewhere)
      let held = portfolio.lots(market.symbol, contract)
      reducible = held * side.sign < 0 ? max(0, abs(held) - max(0, workingLots)) : 0
    }
  }

  private func collar(_ order: Order, _ market: MarketState) -> RiskRefusal? {
    guard order.referencePrice.isFinite else { return .invalidPrice(order.referencePrice) }
    guard market.price.isFinite else { return .invalidPrice(market.price) }
    guard let priceCollar, order.contract == market.contract else { return nil }
    var distance = abs(market.price - order.referencePrice)
    if let previous = market.previousPrice { distance = max(distance, abs(market.price - previous)) }
    let share = distance / abs(market.price)
    return share <= priceCollar ? nil : .priceCollar(distance: share, limit: priceCollar)
  }

  /// Largest order by `maximumOrder` and participation; a reducing order may always be one lot.
  private func sizeLimit(reducing: Bool, _ market: MarketState) -> Int {
    let share = market.averageDailyVolume.map { (maximumParticipation * $0).rounded(.down) }
    let limit = share.map { $0 < Double(maximumOrder) ? max(0, Int($0)) : maximumOrder } ?? (reducing ? 1 : 0)
    return reducing ? max(limit, 1) : limit
  }

  private func reducingRefusal(_ lots: Int, _ market: MarketState) -> RiskRefusal? {
    if lots > max(maximumOrder, 1) { return .maximumOrder(lots: lots, limit: max(maximumOrder, 1)) }
    let limit = sizeLimit(reducing: true, market)
    return lots > limit ? .participation(lots: lots, limit: limit) : nil
  }

  private func openingRefusal(_ lots: Int, _ exposure: Exposure) -> RiskRefusal? {
    let (market, portfolio) = (exposure.market, exposure.portfolio)
    let age = (market.now.nanoseconds - market.priceKnown.nanoseconds) / 1_000_000_000
    if age > maximumDataAgeSeconds || age < 0 { return .staleData(ageSeconds: age, limit: maximumDataAgeSeconds) }
    if let dailyLossStop, portfolio.dailyLoss >= dailyLossStop {
      return .dailyLossStop(loss: portfolio.dailyLoss, limit: dailyLossStop)
    }
    if let totalLossStop, portfolio.drawdown >= totalLossStop {
      return .totalLossStop(drawdown: portfolio.drawdown, limit: totalLossStop)
    }
    if lots > maximumOrder { return .maximumOrder(lots: lots, limit: maximumOrder) }

    let change = exposure.side.sign * (exposure.workingLots + lots)
    let resulting = abs(portfolio.lots(market.symbol) + change - exposure.side.sign * exposure.closingElsewhere)
    if resulting > maximumPosition { return .maximumPosition(lots: resulting, limit: maximumPosition) }
    if let limit = maximumDeliveryMonthPosition, isInDelivery(exposure.contract, at: market.now) {
      let held = abs(portfolio.lots(market.symbol, exposure.contract) + change)
      if held > limit { return .deliveryMonthPosition(lots: held, limit: limit) }
    }
    guard market.averageDailyVolume != nil else { return .unknownVolume }
    let volumeLimit = sizeLimit(reducing: false, market)
    if lots > volumeLimit { return .participation(lots: lots, limit: volumeLimit) }
    if let maximumNotional {
      let value = Double(resulting) * abs(market.price) * market.pointValue
      if !(value <= maximumNotional) { return .notional(value: value, limit: maximumNotional) }
    }
    if let initialMargin = market.initialMargin {
      let excess = portfolio.cash - initialMargin * Double(resulting)
      if !(excess >= 0) { return .margin(excess: excess) }
    }
    return nil
  }

  /// Four days early: the first notice day is the last business day of the month before.
  private func isInDelivery(_ contract: ContractMonth, at now: Timestamp) -> Bool {
    let date = now.date.adding(days: 4)
    return contract <= ContractMonth(year: date.year, month: date.month)
  }
}
