import ArgumentParser
import Foundation
import HydraCore

/// `hydra drift heal`: a model that follows a stream, against one that does not.
struct DriftHealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heal",
    abstract: "Forecast the labels of a stream row by row, with a model that mends itself.",
    discussion: """
      Rows are forecast in order, each before its label is known; the first tenth only trains. Arms: frozen (one fit),
      periodic (a fit to everything remembered with each further tenth), self_healing. Columns that are not numbers are
      read as categories. Labels may be numbers or texts, of two classes or several.
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "Column with the labels.")
  var label: String

  @Option(help: "frozen, periodic or self_healing; default: all three.")
  var arm: HealingArm?

  @Option(help: "Share of the rows that only trains.")
  var warmUp = 0.1

  @Option(help: "Rows after which a label is known: 1 is before the next row.")
  var labelDelay = 1

  @Option(help: "Runs with different seeds, from --seed on; figures are means.")
  var seeds = 1

  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func validate() throws {
    guard warmUp >= 0.01, warmUp <= 0.9 else { throw ValidationError("--warm-up is \(warmUp); it must be 0.01 to 0.9") }
    guard (1...10_000).contains(labelDelay) else {
      throw ValidationError("--label-delay is \(labelDelay); it must be 1 to 10000")
    }
    guard (1...1000).contains(seeds), common.seed <= UInt64.max - 1000 else {
      throw ValidationError("--seeds is \(seeds); it must be 1 to 1000")
    }
  }

  func run() async throws {
    let stream = try LabelledStream(input.table(), label: label, file: input.file)
    guard Int(warmUp * Double(stream.labels.count)) > 20 + labelDelay else {
      throw RunnerError(.badData, "\(input.file): \(stream.labels.count) rows leave a warm-up too short to train on")
    }
    let bar = ProgressBar("heal", quiet: common.quiet)
    let arms = arm.map { [$0] } ?? HealingArm.allCases
    let total = arms.count * seeds
    var results: [(key: String, value: JSONValue)] = []
    var noChange = 0.0
    for (place, arm) in arms.enumerated() {
      var trials: [HealingTrial] = []
      let start = ContinuousClock.now
      for run in 0..<seeds {
        trials.append(
          try HealingTrial(
            features: stream.features, rows: stream.rows, labels: stream.labels, classes: stream.classes.count,
            arm: arm, warmUpShare: warmUp, delay: labelDelay, seed: common.seed + UInt64(run), threads: common.threads
          ) { bar.update((place * seeds + run) * $0.total + $0.done, of: total * $0.total) })
      }
      let elapsed = (ContinuousClock.now - start).components
      let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
      results.append((arm.rawValue, summary(trials, seconds: seconds / Double(seeds))))
      noChange = trials[0].noChange
    }
    try output.write(summary: [
      "rows": JSONValue(stream.labels.count), "features": JSONValue(stream.features.count),
      "classes": JSONValue(stream.classes), "warm_up_rows": JSONValue(Int(warmUp * Double(stream.labels.count))),
      "label_delay": JSONValue(labelDelay), "seed": .integer(Int64(clamping: common.seed)), "seeds": JSONValue(seeds),
      "no_change_accuracy": .number(noChange), "arms": .object(results),
    ])
  }

  private func summary(_ trials: [HealingTrial], seconds: Double) -> JSONValue {
    let accuracies = trials.map(\.accuracy)
    let n = Double(trials.count)
    let mean = accuracies.reduce(0, +) / n
    let squares = accuracies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error: Double? = trials.count > 1 ? (squares / (n - 1) / n).squareRoot() : nil
    return [
      "accuracy": .number(mean), "accuracy_standard_error": JSONValue(error),
      "accuracy_lowest": JSONValue(accuracies.min()),
      "kappa": .number(trials.map(\.kappa).reduce(0, +) / n),
      "retrainings": JSONValue(trials.map(\.retrainings).max() ?? 0),
      "repairs": JSONValue(trials.map(\.repairs).max() ?? 0),
      "alarms": JSONValue(trials.map(\.alarms.count).max() ?? 0), "seconds": .number(seconds),
      "alarm_rows": .array(
        trials[0].alarms.map { ["row": JSONValue($0.row), "change_point": JSONValue($0.changePoint)] }),
    ]
  }
}

extension HealingArm: ExpressibleByArgument {}

/// A table as a stream of rows with a label each.
private struct LabelledStream {
  let features: [String]
  let rows: Matrix
  /// Places in `classes`.
  let labels: [Int]
  /// As they stand in the file, numbers by size before texts by their letters.
  let classes: [String]

  init(_ table: CSVTable, label: String, file: String) throws {
    let texts = try table.strings(label)
    if let empty = texts.firstIndex(where: \.isEmpty) {
      throw RunnerError(.badData, "\(file): row \(empty + 1), column \(label): no label")
    }
    classes = Set(texts).sorted { a, b in
      switch (NumberText.number(a), NumberText.number(b)) {
      case (let x?, let y?): x == y ? a < b : x < y
      case (nil, nil): a < b
      case (let x, _): x != nil
      }
    }
    guard classes.count > 1 else { throw RunnerError(.badData, "\(file): column \(label) has one label only") }
    guard classes.count <= 100 else {
      throw RunnerError(.badData, "\(file): column \(label) has \(classes.count) different labels: not classes")
    }
    let place = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    labels = texts.compactMap { place[$0] }
    features = table.header.filter { $0 != label }
    guard !features.isEmpty else { throw RunnerError(.badData, "\(file): no column but the labels") }
    let columns = try features.map { try Self.numbers(table, $0) }
    var values: [Double] = []
    values.reserveCapacity(texts.count * columns.count)
    for row in texts.indices { for column in columns { values.append(column[row]) } }
    rows = Matrix(rows: texts.count, columns: columns.count, values: values)
  }

  /// A column of numbers; texts become the order in which they first appear, which looks at no later row.
  private static func numbers(_ table: CSVTable, _ name: String) throws -> [Double] {
    let texts = try table.strings(name)
    guard texts.contains(where: { !$0.isEmpty && NumberText.number($0) == nil }) else { return try table.doubles(name) }
    var codes: [String: Double] = [:]
    return texts.map { text in
      guard !text.isEmpty else { return .nan }
      if let code = codes[text] { return code }
      codes[text] = Double(codes.count)
      return Double(codes.count - 1)
    }
  }
}
