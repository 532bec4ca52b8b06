import ArgumentParser
import Foundation
import HydraCore

/// `hydra trees importance`: what each feature did, and what it is worth on a table.
struct TreesImportanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "importance",
    abstract: "Gain and number of splits of each feature, largest gain first; with a table what shuffling it costs.",
    discussion: """
      With --label Y and a table of rows, best ones that were not trained on, two columns more: permutation, the mean \
      rise of the loss when the feature's values are shuffled among the rows, and permutation_deviation, its standard \
      deviation over --repeats.
      """)

  @Option(help: "The model file.")
  var model: String

  @Option(help: "The column of targets in a table on which features are shuffled.")
  var label: String?

  @Option(help: "The column of row weights.")
  var weight: String?

  @Option(help: "How often each feature is shuffled.")
  var repeats: Int = 5

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard repeats >= 1 else { throw ValidationError("--repeats is \(repeats); it must be at least 1") }
    guard label != nil || (input.file == "-" && weight == nil) else {
      throw ValidationError("a table needs --label, the column of its targets")
    }
  }

  func run() async throws {
    let read = try TreesFiles.read(model)
    let all = read.importance()
    // Features of equal gain stay in column order.
    let order = all.indices.sorted { (-all[$0].gain, $0) < (-all[$1].gain, $1) }
    var rows = RowTable(rows: all.count)
    rows.add(column: "feature", order.map { all[$0].feature })
    rows.add(column: "gain", order.map { all[$0].gain })
    rows.add(column: "split", order.map { all[$0].splits })
    if let label {
      let found = try permutation(read, label: label)
      rows.add(column: "permutation", order.map { found[$0].rise })
      rows.add(column: "permutation_deviation", order.map { found[$0].deviation })
    }
    try output.write(rows: rows)
  }

  private func permutation(
    _ model: GradientBoostedTrees, label: String
  ) throws -> [GradientBoostedTrees.PermutationImportance] {
    let table = try input.table()
    let known = try LabelledRows(table, label: label, weight: weight, features: [])
    return try TreesFiles.badData(input.file) {
      let rows = LabelledRows(features: try model.features(of: table), targets: known.targets, weights: known.weights)
      return try model.permutationImportance(rows, repeats: repeats, seed: common.seed, threads: common.threads)
    }
  }
}
