import ArgumentParser
import Foundation
import HydraCore

/// `hydra trees`: gradient boosted trees in LightGBM's text format.
struct TreesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trees",
    abstract: "Gradient boosted trees: train, tune, predict, explain, rank features, draw their effects.",
    subcommands: [
      TreesTrainCommand.self, TreesPredictCommand.self, TreesExplainCommand.self, TreesImportanceCommand.self,
      TreesDependenceCommand.self, TreesTuneCommand.self,
    ])
}

/// `hydra trees predict`: a model and rows to predictions.
struct TreesPredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Predict each row of a table: prediction, or prediction_0… for classes.")

  @Option(help: "The model file.")
  var model: String

  @Flag(help: "Raw scores instead of predictions.")
  var raw = false

  @Flag(help: "Add the leaf that the row reaches in each tree: leaf_0….")
  var leaf = false

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (model, table, features) = try TreesFiles.read(model, input)
    let values =
      raw ? model.rawScores(features, threads: common.threads) : model.predict(features, threads: common.threads)
    var rows = RowTable(carrying: table)
    for score in 0..<model.scores {
      let name = model.scores == 1 ? "prediction" : "prediction_\(score)"
      rows.add(column: name, (0..<features.rows).map { values[$0 * model.scores + score] })
    }
    if leaf {
      let leaves = model.leafIndices(features)
      for tree in model.trees.indices {
        rows.add(column: "leaf_\(tree)", (0..<features.rows).map { leaves[$0 * model.trees.count + tree] })
      }
    }
    try output.write(rows: rows)
  }
}

/// `hydra trees explain`: a model and rows to Shapley values.
struct TreesExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Exact Shapley values of each row, in units of the raw score: contrib_<feature>…, base_value.",
    discussion: "Contributions and base value sum to the raw score. With classes: contrib_<class>_<feature>.")

  @Option(help: "The model file.")
  var model: String

  @Flag(help: "Pairs instead: interaction_<feature>_<feature>, a row summing to the feature's contribution.")
  var interactions = false

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    let (model, table, features) = try TreesFiles.read(model, input)
    let explainer = try TreesFiles.badData(self.model) { try TreeExplainer(model) }
    var rows = RowTable(carrying: table)
    let values =
      interactions
      ? explainer.interactions(features, threads: common.threads)
      : explainer.contributions(features, threads: common.threads)
    for (column, name) in columnNames(model).enumerated() {
      rows.add(column: name, (0..<features.rows).map { values[$0, column] })
    }
    if interactions {
      for (score, base) in explainer.baseValues.enumerated() {
        rows.add(column: "base_value" + suffix(model, score), [Double](repeating: base, count: features.rows))
      }
    }
    try output.write(rows: rows)
  }

  private func suffix(_ model: GradientBoostedTrees, _ score: Int) -> String { model.scores == 1 ? "" : "_\(score)" }

  private func columnNames(_ model: GradientBoostedTrees) -> [String] {
    (0..<model.scores).flatMap { score -> [String] in
      let suffix = suffix(model, score)
      guard interactions else {
        return model.featureNames.map { "contrib\(suffix)_\($0)" } + ["base_value\(suffix)"]
      }
      return model.featureNames.flatMap { first in
        model.featureNames.map { second in "interaction\(suffix)_\(first)_\(second)" }
      }
    }
  }
}

/// Model files, and errors that name the file at fault.
enum TreesFiles {
  static func read(_ path: String) throws -> GradientBoostedTrees {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunnerError(.noInput, "\(path): no such file")
    }
    guard let text = String(bytes: data, encoding: .utf8) else { throw RunnerError(.badData, "\(path): is not UTF-8") }
    do {
      return try GradientBoostedTrees(lightGBMText: text)
    } catch {
      throw RunnerError(.badData, "\(path):\(error.line): key '\(error.key)': \(error.message)")
    }
  }

  /// A model, the table that it is asked about, and the model's features of the table's rows.
  static func read(
    _ path: String, _ input: InputOptions
  ) throws -> (model: GradientBoostedTrees, table: CSVTable, features: Matrix) {
    let model = try read(path)
    let table = try input.table()
    return (model, table, try badData(input.file) { try model.features(of: table) })
  }

  static func write(_ model: GradientBoostedTrees, to path: String) throws {
    do {
      try Data(model.lightGBMText().utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw RunnerError(.cannotCreate, "\(path): cannot be written")
    }
  }

  /// Runs a step whose errors mean that the data in a file is bad.
  static func badData<Result>(_ file: String, _ body: () throws -> Result) throws -> Result {
    let name = file == "-" ? "standard input" : file
    do {
      return try body()
    } catch let error as TreeFitError {
      throw RunnerError(.badData, "\(name): \(error)")
    } catch let error as TableFeatureError {
      throw RunnerError(.badData, "\(name): \(error)")
    } catch let error as ExplanationError {
      throw RunnerError(.badData, "\(name): \(error)")
    }
  }
}
