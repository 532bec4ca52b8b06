import HydraNumerics

extension ADWIN {
  /// A detector for N(0, 1) values that runs about `values` values, on average, between false alarms on independent
  /// ones: clock 4, at least 10 values on either side of a boundary, and `delta` from a table of simulated run lengths.
  ///
  /// Between the rows of the table ln δ is linear in ln ARL; beyond them δ is 1667 / ARL, where the table is strict.
  public init(forARL values: Double) {
    self.init(delta: Self.delta(forARL: values), clock: 4, minWindowLength: 10, gracePeriod: 20)
  }

  /// Mean run lengths over 2 million N(0, 1) values (seed 5), or until 3000 alarms, at the settings above.
  private static let runLengths: [(delta: Double, values: Double)] = [
    (2, 303), (1, 861), (0.5, 2121), (0.3, 3891), (0.1, 13_793), (0.03, 52_632), (0.01, 166_667),
  ]

  private static func delta(forARL values: Double) -> Double {
    guard values > runLengths[0].values else { return runLengths[0].delta }
    for (a, b) in zip(runLengths, runLengths.dropFirst()) where values <= b.values {
      let share = Portable.log(values / a.values) / Portable.log(b.values / a.values)
      return a.delta * Portable.exp(share * Portable.log(b.delta / a.delta))
    }
    return 1667 / values
  }
}
