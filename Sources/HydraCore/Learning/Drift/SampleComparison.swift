import HydraNumerics

/// The comparisons of two samples by name: what `hydra drift compare` offers.
public enum SampleComparison: String, CaseIterable, Sendable {
  case kolmogorovSmirnov = "ks"
  case cramerVonMises = "cvm"
  case mannWhitney = "mw"
  case welch
  /// Population stability over ten quantile bins of the first sample; `js` and `hellinger` use the same bins.
  case populationStability = "psi"
  case jensenShannon = "js"
  case hellinger
  /// Pearson's test over the same bins.
  case chiSquared = "chi2"
  case wasserstein, energy

  /// The statistic, and the p-value where there is one. Values that are not finite are left out; nil when what is left
  /// is too little or, for tests of variation, does not vary.
  public func compare(_ first: [Double], _ second: [Double]) -> (statistic: Double, pValue: Double?)? {
    let (a, b) = (first.filter(\.isFinite), second.filter(\.isFinite))
    guard a.count > 1, b.count > 1 else { return nil }
    switch self {
    case .kolmogorovSmirnov:
      let test = KolmogorovSmirnov(a, b)
      return (test.statistic, test.pValue)
    case .cramerVonMises:
      let test = CramerVonMises(a, b)
      return (test.statistic, test.pValue)
    case .mannWhitney:
      let test = MannWhitney(a, b)
      return (test.u, test.pValue)
    case .welch: return WelchTest(a, b).map { ($0.t, $0.pValue) }
    case .populationStability: return (bins(a, b).populationStability(), nil)
    case .jensenShannon: return (bins(a, b).jensenShannon, nil)
    case .hellinger: return (bins(a, b).hellinger, nil)
    case .chiSquared: return bins(a, b).chiSquared.map { ($0.statistic, $0.pValue) }
    case .wasserstein: return (DistributionDistance.wasserstein(a, b), nil)
    case .energy: return (DistributionDistance.energy(a, b), nil)
    }
  }

  private func bins(_ a: [Double], _ b: [Double]) -> BinnedComparison {
    BinnedComparison(a, b, edges: BinnedComparison.quantileEdges(a, bins: 10))
  }
}
