import HydraNumerics

/// Reads own fills and quoted walks to learn costs from: CSV with `half_spread,impact,cost`, or
/// `half_spread,lots,adv,sigma_daily,cost`; price units per contract.
public enum CostFills {
  /// Throws `FileError` or `CSVError` with line, column and value.
  public static func read(_ path: String) throws -> [CostCalibration.Observation] {
    try read(EventTextReader(ByteSource(path: path)))
  }

  /// The same with a column `market`: fills in other markets, by market in the order of their names.
  ///
  /// Throws `FileError` or `CSVError` with line, column and value.
  public static func cousins(
    _ path: String
  ) throws -> [(market: String, observations: [CostCalibration.Observation])] {
    try cousins(EventTextReader(ByteSource(path: path)))
  }

  static func read(_ reader: EventTextReader) throws -> [CostCalibration.Observation] {
    let columns = try Columns(reader)
    var observations: [CostCalibration.Observation] = []
    while try reader.advance() { observations.append(try columns.observation(reader)) }
    return observations
  }

  static func cousins(
    _ reader: EventTextReader
  ) throws -> [(market: String, observations: [CostCalibration.Observation])] {
    let (market, columns) = (try reader.needed("market"), try Columns(reader))
    var byMarket: [String: [CostCalibration.Observation]] = [:]
    while try reader.advance() {
      guard !reader.isEmpty(market) else { throw reader.fault(market, "the name of a market") }
      byMarket[reader.text(market), default: []].append(try columns.observation(reader))
    }
    return byMarket.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Places of the columns in a file.
  private struct Columns {
    let half: Int
    let cost: Int
    let impact: Int?
    /// Lots, average daily volume and volatility where the impact has to be computed.
    let size: [Int]

    init(_ reader: EventTextReader) throws {
      (half, cost, impact) = (try reader.needed("half_spread"), try reader.needed("cost"), reader.column("impact"))
      size = impact == nil ? try ["lots", "adv", "sigma_daily"].map(reader.needed) : []
    }

    func observation(_ reader: EventTextReader) throws -> CostCalibration.Observation {
      if let impact {
        return CostCalibration.Observation(
          halfSpread: try reader.number(half), impact: try reader.number(impact), cost: try reader.number(cost))
      }
      let average = try reader.number(size[1])
      guard average > 0 else { throw reader.fault(size[1], "above 0") }
      return CostCalibration.Observation(
        halfSpread: try reader.number(half), lots: Int(try reader.lots(size[0])), averageDailyVolume: average,
        dailyVolatility: try reader.number(size[2]), cost: try reader.number(cost))
    }
  }
}
