extension GradientBoostedTrees.Settings: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case objective, rounds, learningRate, leaves, maximumDepth, minimumLeafRows, minimumLeafHessian, l1, l2
    case minimumGain, featureFraction, baggingFraction, baggingInterval, maximumBins, minimumBinRows, seed
    case earlyStoppingRounds, startsFromAverage
    case boosting, growth, missing, categorical, constraints, oneSidedSampling, linearLeaves, drawsCuts
    case nodeFeatureFraction, positiveBaggingFraction, negativeBaggingFraction, positiveWeight, balancesLabels
    case bundlesColumns, metrics, stopsOnFirstMetricOnly, earlyStoppingMinimumImprovement
  }

  /// Keys that are left out keep their defaults.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, _ into: inout Value) throws {
      if let value = try keys.decodeIfPresent(Value.self, forKey: key) { into = value }
    }
    try read(.objective, &objective)
    try read(.rounds, &rounds)
    try read(.learningRate, &learningRate)
    try read(.leaves, &leaves)
    maximumDepth = try keys.decodeIfPresent(Int.self, forKey: .maximumDepth)
    try read(.minimumLeafRows, &minimumLeafRows)
    try read(.minimumLeafHessian, &minimumLeafHessian)
    try read(.l1, &l1)
    try read(.l2, &l2)
    try read(.minimumGain, &minimumGain)
    try read(.featureFraction, &featureFraction)
    try read(.baggingFraction, &baggingFraction)
    try read(.baggingInterval, &baggingInterval)
    try read(.maximumBins, &maximumBins)
    try read(.minimumBinRows, &minimumBinRows)
    try read(.seed, &seed)
    earlyStoppingRounds = try keys.decodeIfPresent(Int.self, forKey: .earlyStoppingRounds)
    try read(.startsFromAverage, &startsFromAverage)
    try read(.boosting, &boosting)
    try read(.growth, &growth)
    try read(.missing, &missing)
    try read(.categorical, &categorical)
    try read(.constraints, &constraints)
    oneSidedSampling = try keys.decodeIfPresent(OneSidedSampling.self, forKey: .oneSidedSampling)
    linearLeaves = try keys.decodeIfPresent(LinearLeafFitting.self, forKey: .linearLeaves)
    try read(.drawsCuts, &drawsCuts)
    try read(.nodeFeatureFraction, &nodeFeatureFraction)
    positiveBaggingFraction = try keys.decodeIfPresent(Double.self, forKey: .positiveBaggingFraction)
    negativeBaggingFraction = try keys.decodeIfPresent(Double.self, forKey: .negativeBaggingFraction)
    try read(.positiveWeight, &positiveWeight)
    try read(.balancesLabels, &balancesLabels)
    try read(.bundlesColumns, &bundlesColumns)
    try read(.metrics, &metrics)
    try read(.stopsOnFirstMetricOnly, &stopsOnFirstMetricOnly)
    try read(.earlyStoppingMinimumImprovement, &earlyStoppingMinimumImprovement)
  }

  /// Settings of the second block are written where they differ from the defaults only, so that what was written before
  /// they came stays the same.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(objective, forKey: .objective)
    try keys.encode(rounds, forKey: .rounds)
    try keys.encode(learningRate, forKey: .learningRate)
    try keys.encode(leaves, forKey: .leaves)
    try keys.encodeIfPresent(maximumDepth, forKey: .maximumDepth)
    try keys.encode(minimumLeafRows, forKey: .minimumLeafRows)
    try keys.encode(minimumLeafHessian, forKey: .minimumLeafHessian)
    try keys.encode(l1, forKey: .l1)
    try keys.encode(l2, forKey: .l2)
    try keys.encode(minimumGain, forKey: .minimumGain)
    try keys.encode(featureFraction, forKey: .featureFraction)
    try keys.encode(baggingFraction, forKey: .baggingFraction)
    try keys.encode(baggingInterval, forKey: .baggingInterval)
    try keys.encode(maximumBins, forKey: .maximumBins)
    try keys.encode(minimumBinRows, forKey: .minimumBinRows)
    try keys.encode(seed, forKey: .seed)
    try keys.encodeIfPresent(earlyStoppingRounds, forKey: .earlyStoppingRounds)
    try keys.encode(startsFromAverage, forKey: .startsFromAverage)
    try encodeChanged(to: &keys)
  }

  private func encodeChanged(to keys: inout KeyedEncodingContainer<CodingKeys>) throws {
    let standard = GradientBoostedTrees.Settings()
    func write<Value: Encodable & Equatable>(_ path: KeyPath<Self, Value>, _ key: CodingKeys) throws {
      if self[keyPath: path] != standard[keyPath: path] { try keys.encode(self[keyPath: path], forKey: key) }
    }
    try write(\.boosting, .boosting)
    try write(\.growth, .growth)
    try write(\.missing, .missing)
    try write(\.categorical, .categorical)
    try write(\.constraints, .constraints)
    try write(\.oneSidedSampling, .oneSidedSampling)
    try write(\.linearLeaves, .linearLeaves)
    try write(\.drawsCuts, .drawsCuts)
    try write(\.nodeFeatureFraction, .nodeFeatureFraction)
    try write(\.positiveBaggingFraction, .positiveBaggingFraction)
    try write(\.negativeBaggingFraction, .negativeBaggingFraction)
    try write(\.positiveWeight, .positiveWeight)
    try write(\.balancesLabels, .balancesLabels)
    try write(\.bundlesColumns, .bundlesColumns)
    try write(\.metrics, .metrics)
    try write(\.stopsOnFirstMetricOnly, .stopsOnFirstMetricOnly)
    try write(\.earlyStoppingMinimumImprovement, .earlyStoppingMinimumImprovement)
  }
}
