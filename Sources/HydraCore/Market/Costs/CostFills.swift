import HydraNumerics

/// Reads own fills and quoted walks to learn costs from: CSV with `half_spread,impact,cost`, or
/// `half_spread,lots,adv,sigma_daily,cost`; price units per contract.
public enum CostFills {
  /// Throws `FileError` or `CSVError` with line, column and value.
  public static func read(_ path: String) throws -> [CostCalibration.Observation] {
    let reader = try EventTextReader(ByteSource(path: path))
    let (half, cost) = (try reader.needed("half_spread"), try reader.needed("cost"))
    let impact = reader.column("impact")
    let lots = impact == nil ? try reader.needed("lots") : 0
    let volume = impact == nil ? try reader.needed("adv") : 0
    let volatility = impact == nil ? try reader.needed("sigma_daily") : 0
    var observations: [CostCalibration.Observation] = []
    while try reader.advance() {
      if let impact {
        observations.append(
          CostCalibration.Observation(
            halfSpread: try reader.number(half), impact: try reader.number(impact), cost: try reader.number(cost)))
      } else {
        let average = try reader.number(volume)
        guard average > 0 else { throw reader.fault(volume, "above 0") }
        observations.append(
          CostCalibration.Observation(
            halfSpread: try reader.number(half), lots: Int(try reader.lots(lots)), averageDailyVolume: average,
            dailyVolatility: try reader.number(volatility), cost: try reader.number(cost)))
      }
    }
    return observations
  }
}
