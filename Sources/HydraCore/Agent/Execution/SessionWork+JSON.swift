import HydraMarket
import HydraNumerics

extension SessionWork {
  /// As the journal keeps it: times in nanoseconds since 1970, prices in ticks.
  public var json: JSONValue {
    var json: JSONValue = [
      "date": .string(session.date.description), "contract": .string(session.contract.description),
      "file": .string(session.file), "tick": .number(tick),
      "requests": .array(
        requests.map { request in
          .array([
            .integer(request.time), .string(request.kind.rawValue), request.price.map { JSONValue($0) } ?? .null,
          ])
        }),
      "fills": .array(
        executions.map { fill in
          [
            "time": .integer(fill.time), "price": JSONValue(fill.price), "lots": JSONValue(fill.lots),
            "maker": .bool(fill.isMaker), "ahead_at_entry": JSONValue(fill.aheadAtEntry),
            "ahead_at_fill": JSONValue(fill.aheadAtFill),
          ]
        }),
    ]
    if let picture = SessionPicture(self) { json["picture"] = picture.json }
    return json
  }
}
