import ArgumentParser
import Foundation
import HydraCore

/// `hydra trees dependence`: the mean score over the rows of a table when one feature is set to each of some values.
struct TreesDependenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dependence",
    abstract: "Partial dependence: the mean raw score of a table's rows at each value of each feature.",
    discussion: """
      Columns feature, value, mean_raw (mean_raw_0… for classes). Values are --points quantiles of the feature in the \
      table, or all of its categories; --values a,b,… names them for all features asked for.
      """)

  @Option(help: "The model file.")
  var model: String

  @Option(help: "Features, separated by commas; default: all that the model splits on.")
  var features: String?

  @Option(help: "How many values of each feature.")
  var points: Int = 20

  @Option(help: "The values instead, separated by commas.")
  var values: String?

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard points >= 1 else { throw ValidationError("--points is \(points); it must be at least 1") }
  }

  func run() async throws {
    let (model, _, rows) = try TreesFiles.read(self.model, input)
    guard rows.rows > 0 else { throw RunnerError(.badData, "\(input.file): the table has no rows") }
    let given = try values.map { try Self.numbers($0) }
    var (names, places): ([String], [Double]) = ([], [])
    var means = [[Double]](repeating: [], count: model.scores)
    for feature in try asked(model) {
      let grid = given ?? model.dependenceValues(of: feature, in: rows, points: points)
      let curve = model.partialDependence(of: feature, at: grid, over: rows, threads: common.threads)
      names += grid.map { _ in model.featureNames[feature] }
      places += grid
      for score in 0..<model.scores { means[score] += curve.column(score) }
    }
    var result = RowTable(rows: names.count)
    result.add(column: "feature", names)
    result.add(column: "value", places)
    for score in 0..<model.scores {
      result.add(column: model.scores == 1 ? "mean_raw" : "mean_raw_\(score)", means[score])
    }
    try output.write(rows: result)
  }

  private func asked(_ model: GradientBoostedTrees) throws -> [Int] {
    guard let features else { return Set(model.trees.flatMap(\.splitFeature)).sorted() }
    return try features.split(separator: ",").map { name in
      guard let place = model.featureNames.firstIndex(of: String(name)) else {
        throw RunnerError(.usage, "--features: the model has no feature '\(name)'")
      }
      return place
    }
  }

  private static func numbers(_ text: String) throws -> [Double] {
    try text.split(separator: ",").map { field in
      guard let number = NumberText.number(String(field)) else {
        throw RunnerError(.usage, "--values: '\(field)' is not a number")
      }
      return number
    }
  }
}
