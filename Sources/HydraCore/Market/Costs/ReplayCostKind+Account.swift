import HydraNumerics

extension ReplayCostKind {
  /// The rows of an account of one contract after each fill and settlement.
  static func account(_ input: CostInput) throws(ScenarioError) -> JSONValue {
    let pointValue = try input.number("point_value")
    let fee = try input.number("fee")
    let maintenance = try input.number("maintenance")
    var portfolio = Portfolio(cash: try input.number("cash"), pointValues: [("X", pointValue)])
    let (contract, date) = (ContractMonth(year: 2000, month: 1), CivilDate(dayNumber: 0))
    var rows: [JSONValue] = []
    for (number, event) in (input.json["events"]?.array ?? []).enumerated() {
      let item = CostInput(json: event, place: "\(input.place): event \(number + 1)")
      let price = try item.number("price")
      do {
        if event["type"]?.string == "settle" {
          try portfolio.settle("X", contract, price: price, date: date)
        } else {
          let lots = try item.integer("qty")
          guard let side = Side(ofChange: lots) else { throw item.fault("'qty' is 0") }
          let fill = Fill(
            order: number, symbol: "X", contract: contract, side: side, lots: abs(lots), price: price,
            fee: fee * Double(abs(lots)), time: Timestamp(nanoseconds: 0), date: date, evidence: .broker,
            decisionPrice: price, marketPrice: price)
          try portfolio.apply(fill)
        }
      } catch let error as ScenarioError {
        throw error
      } catch {
        throw item.fault("\(error)")
      }
      let position = portfolio.position("X", contract)
      rows.append([
        "position": JSONValue(position?.lots ?? 0), "average": .number(position?.average ?? 0),
        "realised": .number(portfolio.realised), "open": .number(portfolio.openProfit),
        "fees": .number(portfolio.fees), "cash": .number(portfolio.cash),
        "margin_excess": .number(portfolio.marginExcess(maintenance: maintenance)),
      ])
    }
    return ["rows": .array(rows)]
  }
}
