import HydraNumerics

/// The weights of the rounds of DART, from which those to drop are drawn.
struct DropoutState {
  private let settings: TreeDropout
  private var random: CounterRandom
  private var weights: [Double] = []

  /// The rounds that are dropped in a round, the learning rate of its trees, and the factor of the dropped ones after.
  struct Round {
    var dropped: [Int]
    var rate: Double
    var factor: Double
  }

  init(_ settings: TreeDropout, seed: UInt64) {
    self.settings = settings
    random = CounterRandom(seed: seed, stream: "dropout")
  }

  /// Draws as LightGBM's `DroppingTrees` does: in proportion to the weights of the rounds, or all with the same chance.
  mutating func draw(learningRate: Double) -> Round {
    var dropped: [Int] = []
    if !weights.isEmpty, random.uniform() >= settings.skip {
      let mean = weights.reduce(0, +) / Double(weights.count)
      let most = Double(settings.most ?? weights.count)
      let chance = min(settings.rate, most / Double(weights.count))
      for round in weights.indices where dropped.count < settings.most ?? .max {
        let weight = settings.isUniform ? 1 : weights[round] / mean
        if random.uniform() < chance * weight { dropped.append(round) }
      }
    }
    let count = Double(dropped.count)
    if settings.followsXGBoost {
      return Round(
        dropped: dropped, rate: dropped.isEmpty ? learningRate : learningRate / (learningRate + count),
        factor: count / (count + learningRate))
    }
    return Round(dropped: dropped, rate: learningRate / (1 + count), factor: count / (count + 1))
  }

  mutating func finish(_ round: Round) {
    for index in round.dropped { weights[index] *= round.factor }
    weights.append(round.rate)
  }
}
