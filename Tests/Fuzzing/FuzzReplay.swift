import HydraCore

/// Readers of market events: DBN, event files, scenarios.
extension FuzzTarget {
  static func replay() throws -> [FuzzTarget] {
    let orders = DBNSample.file(schema: 0, records: DBNSample.orders)
    let levels = DBNSample.file(schema: 1, records: DBNSample.levels)
    let bars = DBNSample.file(schema: 6, records: DBNSample.bars)
    let scale = TickScale(tick: 0.25)!
    var latent = ReplayRunSettings()
    latent.latency = ReplayLatency(eachWay: 1)
    let settings = latent
    @Sendable func play(_ bytes: [UInt8], _ strategy: any ReplayStrategy, _ settings: ReplayRunSettings) throws {
      _ = try ReplayRun.run(
        ReplayFile(bytes: bytes, file: "fuzz", scale: scale), strategy: strategy, settings: settings)
    }
    return [
      FuzzTarget("dbn", bytes: [orders, levels, bars]) { bytes in
        let reader = try DBNReader(bytes: bytes, file: "fuzz.dbn")
        if let metadata = reader.metadata { _ = DBNText.line(metadata, file: "fuzz.dbn", records: 0) }
        while let record = try reader.next() { _ = DBNText.line(record, file: "fuzz.dbn", index: reader.count) }
      }.namingPlaces(),
      FuzzTarget("dbn events", bytes: [orders, levels, bars]) {
        try play($0, OneOfEach(), settings)
      }.namingPlaces(),
      FuzzTarget("dbn in zstd", bytes: [try Compression.zstd(orders)]) { bytes in
        let reader = try DBNReader(bytes: bytes, file: "fuzz.dbn.zst")
        while try reader.next() != nil {}
      }.namingPlaces(),
      FuzzTarget(
        "event files",
        [
          "ts,kind,id,side,price,qty\n1,add,1,buy,10.25,3\n2,add,2,sell,10.5,4\n3,exec,1,buy,,1\n4,mod,2,sell,10.75,2\n5,del,2,,,\n",
          "ts,kind,side,price,qty\n1,depth,buy,10.25,3\n2,depth,sell,10.5,4\n3,trade,sell,10.25,2\n4,depth,buy,10.25,1\n",
          "ts,contract,kind,id,side,price,qty\n1,ZOZ13,phase_pre_open,,,,\n1,ZOZ13,settle,,,10,\n2,ZOZ13,add,1,buy,10.5,3\n3,ZOZ13,add,2,sell,10,5\n4,,phase_open,,,,\n4,ZOZ13,trade,,,10,3\n4,ZOZ13,exec,1,,,3\n4,ZOZ13,exec,2,,,3\n5,ZOZ13,add,3,sell,11,1\n",
        ]
      ) { try play($0, OneOfEach(), settings) }.namingPlaces(),
      FuzzTarget("bar files", ["ts,open,high,low,close,volume\n1,10,10.5,9.75,10.25,7\n2,10.25,10.25,10,10,0\n"]) {
        try play($0, MovingAverageCross(fast: 1, slow: 2), settings)
      }.namingPlaces(),
      FuzzTarget("scenarios", scenarios) { bytes in
        let json = try JSONValue(parsing: bytes)
        if json["cases"] != nil {
          for item in try ReplayCostCase.read(json: json) { _ = try item.run() }
        } else {
          for scenario in try ReplayScenario.read(json: json) { _ = try scenario.run() }
        }
      },
    ]
  }

  private static let scenarios = [
    #"{"id":"a","mode":"exchange","config":{"tick":0.25,"phase":"pre_open","reference":10,"smp":"cancel_resting","algorithm":{"type":"split","fifo_pct":40,"min":2},"latency":{"entry":2}},"events":[{"ts":1,"type":"new","id":"m1","owner":"mkt","side":"sell","qty":9,"price":10.5,"ord":"limit","display":2},{"ts":1,"type":"new","id":"o1","owner":"own","side":"buy","qty":4,"price":10.75,"ord":"limit"},{"ts":3,"type":"phase","phase":"open"},{"ts":4,"type":"new","id":"o2","owner":"own","side":"sell","qty":2,"ord":"stop","stop":9.5},{"ts":5,"type":"modify","id":"o1","owner":"own","qty":3,"price":10},{"ts":9,"type":"session_end"}],"expected":{"trades":[],"queue_ahead":[{"ts":4,"id":"o1","ahead":0}]}}"#,
    #"{"id":"b","mode":"replay_l3","config":{"tick":0.25},"events":[{"ts":1,"type":"add","id":"m1","side":"buy","price":10,"qty":5},{"ts":2,"type":"new","id":"o1","owner":"own","side":"buy","qty":2,"price":10,"ord":"limit"},{"ts":3,"type":"exec","id":"m1","qty":5},{"ts":4,"type":"mod","id":"m1","price":10.25,"qty":2}]}"#,
    #"{"id":"c","mode":"replay_l2","config":{"tick":0.25,"queue_model":"power","n":3},"events":[{"ts":1,"type":"depth","side":"buy","price":10,"qty":5},{"ts":2,"type":"new","id":"o1","owner":"own","side":"buy","qty":2,"price":10,"ord":"limit"},{"ts":3,"type":"trade","aggressor":"sell","price":10,"qty":5}]}"#,
    #"{"cases":[{"id":"d","kind":"almgren_chriss","input":{"X":60,"N":6,"tau":0.2,"sigma":7.9,"eta":0.08,"gamma":0.006,"eps":1,"lam":0.0001}},{"id":"e","kind":"account","input":{"cash":100,"fee":1,"point_value":5,"maintenance":9,"events":[{"type":"fill","qty":3,"price":10},{"type":"settle","price":11}]}},{"id":"f","kind":"continuous","input":{"contracts":[{"name":"H","close":[1,2,3]},{"name":"K","close":[2,3,4]}],"rolls":[1]}}]}"#,
  ]
}

/// Sends an order of every kind at the beginning and changes and cancels what is filled or ends.
private struct OneOfEach: ReplayStrategy {
  mutating func update(_ signal: ReplaySignal, _ desk: inout ReplayDesk) {
    switch signal {
    case .start:
      for side in Side.allCases {
        for kind in OrderTicket.Kind.allCases {
          _ = desk.submit(OrderTicket(side, lots: 3, kind: kind, limit: 41, stop: 41, protection: 2, display: 1))
        }
      }
    case .filled(let order, _, _): desk.modify(order, Exchange.Change(lots: 5, price: 42))
    case .ended(let order, _): desk.cancel(order)
    case .timer, .bar, .expired, .rolled: break
    }
  }
}
