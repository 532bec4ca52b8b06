import HydraNumerics

extension FeatureTable {
  /// The features of a whole stream, with labels of horizon `labelHorizon` as targets when it is given.
  ///
  /// A target not known within the stream is NaN, with `targetKnown` in the distant future.
  public init(
    events: some Sequence<MarketEvent>, instrument: Instrument, relatedSymbols: [String] = [],
    settings: FeatureSettings = FeatureSettings(), labelHorizon: Int? = nil
  ) {
    var pipeline = FeaturePipeline(instrument: instrument, relatedSymbols: relatedSymbols, settings: settings)
    var labels = labelHorizon.map {
      LabelBuilder(symbol: instrument.symbol, horizon: $0, volatilitySpan: settings.volatilitySpan)
    }
    var vectors: [FeatureVector] = []
    var finished: [Label] = []
    for event in events {
      if let vector = pipeline.update(event) { vectors.append(vector) }
      if let label = labels?.update(event) { finished.append(label) }
    }
    self.init(names: pipeline.names, hasTargets: labels != nil)
    // One label a bar, in the same order, late by horizon + 1 bars.
    for (index, vector) in vectors.enumerated() {
      guard labels != nil else {
        append(vector)
        continue
      }
      let label = index < finished.count ? finished[index] : nil
      append(vector, target: label?.value ?? .nan, targetKnown: label?.known ?? .distantFuture)
    }
  }
}
