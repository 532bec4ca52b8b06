import HydraNumerics

/// The comparisons of two samples by name: what `hydra drift compare` offers.
public enum SampleComparison: String, CaseIterable, Sendable {
  case kolmogorovSmirnov = "ks"
  case cramerVonMises = "cvm"
  case andersonDarling = "ad"
  case mannWhitney = "mw"
  case welch
  /// Population stability over ten quantile bins of the first sample; `js` and `hellinger` use the same bins.
  case populationStability = "psi"
  case jensenShannon = "js"
  case hellinger
  /// Pearson's test over the same bins.
  case chiSquared = "chi2"
  /// Distances with p-values by relabelling.
  case wasserstein, energy
  /// Maximum mean discrepancy with a Gaussian kernel.
  case meanDiscrepancy = "mmd"
  /// Classifier two-sample test.
  case classifier = "c2st"

  /// What the tests by relabelling and by classifier need.
  public struct Options: Hashable, Sendable {
    /// Number of relabellings.
    public var permutations = 199
    public var seed: UInt64 = 42
    /// Variance of the Gaussian kernel; nil: half of the median squared distance.
    public var kernelVariance: Double?
    /// Most rows of a sample for a test whose cost grows with their square; of more, as many evenly spaced are taken.
    public var mostRows = 2000
    public var threads = 1

    public init() {}
  }

  /// Whether all columns are compared together in one test, not only one by one.
  public var isMultivariate: Bool { self == .energy || self == .meanDiscrepancy || self == .classifier }

  /// The statistic, and the p-value where there is one. Values that are not finite are left out; nil when what is left
  /// is too little or, for tests of variation, does not vary.
  public func compare(
    _ first: [Double], _ second: [Double], options: Options = Options()
  ) throws -> (statistic: Double, pValue: Double?)? {
    let (a, b) = (first.filter(\.isFinite), second.filter(\.isFinite))
    guard a.count > 1, b.count > 1 else { return nil }
    switch self {
    case .kolmogorovSmirnov:
      let test = KolmogorovSmirnov(a, b)
      return (test.statistic, test.pValue)
    case .cramerVonMises:
      let test = CramerVonMises(a, b)
      return (test.statistic, test.pValue)
    case .andersonDarling: return AndersonDarling(a, b).map { ($0.statistic, $0.pValue) }
    case .mannWhitney:
      let test = MannWhitney(a, b)
      return (test.u, test.pValue)
    case .welch: return WelchTest(a, b).map { ($0.t, $0.pValue) }
    case .populationStability: return (bins(a, b).populationStability(), nil)
    case .jensenShannon: return (bins(a, b).jensenShannon, nil)
    case .hellinger: return (bins(a, b).hellinger, nil)
    case .chiSquared: return bins(a, b).chiSquared.map { ($0.statistic, $0.pValue) }
    case .wasserstein:
      return (DistributionDistance.wasserstein(a, b), relabelled(.wasserstein, a, b, options))
    case .energy: return (DistributionDistance.energy(a, b), relabelled(.energy, a, b, options))
    case .meanDiscrepancy, .classifier:
      let rows = [a, b].map { Matrix(rows: $0.count, columns: 1, values: $0) }
      return try compare(rows: rows[0], rows[1], options: options)
    }
  }

  /// One test of all columns together, for those that have one (`isMultivariate`); rows with a value that is not finite
  /// are left out. Nil for other tests and for fewer than two rows (eight for the classifier).
  public func compare(
    rows first: Matrix, _ second: Matrix, options: Options = Options()
  ) throws -> (statistic: Double, pValue: Double?)? {
    guard isMultivariate else { return nil }
    let most = self == .classifier ? Int.max : options.mostRows
    let (a, b) = (Self.usable(first, most: most), Self.usable(second, most: most))
    guard a.rows > 1, b.rows > 1 else { return nil }
    if self == .classifier {
      return try ClassifierTwoSample(a, b, seed: options.seed, threads: options.threads).map {
        ($0.statistic, $0.pValue)
      }
    }
    let kernel: MaximumMeanDiscrepancy.Kernel =
      self == .energy ? .distance : .gaussian(variance: options.kernelVariance)
    let test = MaximumMeanDiscrepancy(a, b, kernel: kernel, permutations: options.permutations, seed: options.seed)
    return (self == .energy ? max(0, test.biased).squareRoot() : test.unbiased, test.pValue)
  }

  private func relabelled(
    _ distance: RelabelledDistance.Distance, _ a: [Double], _ b: [Double], _ options: Options
  ) -> Double? {
    guard options.permutations > 0 else { return nil }
    return RelabelledDistance.pValue(distance, a, b, permutations: options.permutations, seed: options.seed)
  }

  private static func usable(_ rows: Matrix, most: Int) -> Matrix {
    let whole = (0..<rows.rows).filter { row in rows.row(row).allSatisfy(\.isFinite) }
    guard whole.count > most else { return rows.selecting(rows: whole) }
    return rows.selecting(rows: (0..<most).map { whole[$0 * whole.count / most] })
  }

  private func bins(_ a: [Double], _ b: [Double]) -> BinnedComparison {
    BinnedComparison(a, b, edges: BinnedComparison.quantileEdges(a, bins: 10))
  }
}
