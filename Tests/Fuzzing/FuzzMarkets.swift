import Foundation
import HydraCore

extension FuzzTarget {
  /// A market folder of which one file is mutated: prices, daily bars, reports, instruments, margins.
  static func markets() throws -> FuzzTarget {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-fuzz-\(UUID().uuidString)")
    var settings = SyntheticWorld.Settings(seed: 3, years: 1)
    settings.effectScale = 5
    try SyntheticWorld.generate(settings).write(to: folder.path)
    var files: [(path: String, bytes: [UInt8])] = []
    for path in ["carry/OATIES.csv", "daily/ZO.csv", "cot/ZO_commercials.csv", "carry/instruments.csv"] {
      let url = folder.appendingPathComponent(path)
      // The first lines show everything that can go wrong, and are read quickly.
      let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      let text = lines.prefix(60).joined(separator: "\n") + "\n"
      try Data(text.utf8).write(to: url)
      files.append((path, Array(text.utf8)))
    }
    let margins = "daily/margins/ZO.csv"
    let text = "date,initial,maintenance\n2005-01-03,1100,1000\n2006-01-03,1210,1100\n"
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("daily/margins"), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: folder.appendingPathComponent(margins))
    files.append((margins, Array(text.utf8)))
    // The first bytes say which file it is: mutations of these cannot be read, and are passed over.
    let originals = files.indices.map { [UInt8(48 + $0)] + files[$0].bytes }
    return FuzzTarget("market files", bytes: originals) { [files] bytes in
      guard let first = bytes.first, files.indices.contains(Int(first) - 48) else { throw CSVRefusal.unknownFile }
      let file = files[Int(first) - 48]
      let url = folder.appendingPathComponent(file.path)
      try Data(bytes.dropFirst()).write(to: url)
      defer { try? Data(file.bytes).write(to: url) }
      let market = MarketFolder(path: folder.path)
      _ = try market.margins(symbol: "ZO")
      let history = try market.history(symbol: "ZO", ingested: Timestamp(nanoseconds: 0))
      _ = history.days()
      _ = BackAdjustedSeries(bars: history.bars, rolls: history.rolls)
      var pipeline = FeaturePipeline(instrument: history.instrument, relatedSymbols: [])
      for event in MarketHistory.events(primary: history, related: []) { _ = pipeline.update(event) }
    }
  }

  private enum CSVRefusal: Error { case unknownFile }
}
