import ArgumentParser
import Foundation
import HydraCore

/// `hydra trees train`: a table with a label to a model file.
struct TreesTrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train an ensemble on a table and write it in LightGBM's text format.",
    discussion: """
      All columns but the label and the weight are features; an empty field is a missing value. Parameters have \
      LightGBM's names and aliases and stand in a JSON file or as key=value: --params p.json num_leaves=15 eta=0.05
      """)

  @Option(help: "The column to predict.")
  var label: String

  @Option(help: "The column of row weights.")
  var weight: String?

  @Option(help: "Columns of categories, separated by commas.")
  var categorical: String?

  @Option(help: "The column of queries, for ranking; rows of a query stand together.")
  var query: String?

  @Option(name: .customLong("continue"), help: "A model whose rounds come first.")
  var base: String?

  @Option(help: "A table with the same columns whose loss is followed, and stops training with early_stopping_round.")
  var valid: String?

  @Option(parsing: .upToNextOption, help: "JSON file with parameters, or key=value; may be repeated.")
  var params: [String] = []

  @Option(help: "The model file to write.")
  var model: String

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  func run() async throws {
    var (params, input) = (params, input)
    // In `--params eta=0.1 rows.csv` the parser takes the table for a parameter.
    if input.file == "-", let last = params.last, !last.contains("="), !last.hasSuffix(".json") {
      input.file = params.removeLast()
    }
    let parameters = try TreesParameters.read(params, seed: common.seed)
    let table = try input.table()
    let names = try LabelledRows.featureNames(of: table, label: label, weight: weight, query: query)
    let train = try LabelledRows(table, label: label, weight: weight, query: query, features: names)
    let validation = try valid.map {
      try LabelledRows(readTable($0), label: label, weight: weight, query: query, features: names)
    }
    let categories = (categorical ?? "").split(separator: ",").map(String.init)
    let settings = try TreesParameters.usage { try parameters.settings(forFeatures: names, categorical: categories) }
    let base = try base.map { try TreesFiles.read($0) }
    let bar = ProgressBar("training", quiet: common.quiet)
    Interruption.watch()
    let start = ContinuousClock.now
    let trained = try TreesFiles.badData(input.file) {
      try GradientBoostedTrees.fit(
        train, names: names, validation: validation, settings: settings, continuing: base,
        threads: parameters.threads ?? common.threads
      ) { progress in
        bar.update(progress.done, of: progress.total)
        if let signal = Interruption.signal { throw ExitCode(128 + signal) }
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try TreesFiles.write(trained, to: model)
    try output.write(summary: summary(trained, seconds: seconds))
  }

  private func summary(_ model: GradientBoostedTrees, seconds: Double) -> JSONValue {
    var metrics: [(key: String, value: JSONValue)] = []
    if let history = model.history {
      metrics.append(("train_\(history.metric)", .number(history.trainingLoss)))
      for metric in history.validationMetrics where metric.values.indices.contains(history.bestRound - 1) {
        metrics.append(("valid_\(metric.name)", .number(metric.values[history.bestRound - 1])))
      }
    }
    let best = model.history?.bestRound ?? model.rounds
    let trainedRounds = max(model.history?.validationLoss.count ?? 0, best)
    return .object([
      ("rounds", .integer(Int64(trainedRounds))), ("best_round", .integer(Int64(best))),
      ("train_seconds", .number(seconds)), ("metrics", .object(metrics)),
    ])
  }
}

/// Training parameters of the command line: JSON files and key=value pairs, later ones winning.
enum TreesParameters {
  static func read(_ arguments: [String], seed: UInt64) throws -> LightGBMParameters {
    // A seed among the parameters wins over the option.
    var pairs: [(name: String, value: String)] = [("seed", "\(Int64(bitPattern: seed))")]
    for argument in arguments {
      if let place = argument.firstIndex(of: "="), !argument.hasSuffix(".json") {
        pairs.append((String(argument[..<place]), String(argument[argument.index(after: place)...])))
      } else {
        pairs += try file(argument)
      }
    }
    return try usage { try LightGBMParameters(pairs) }
  }

  /// Runs a step whose errors mean that a parameter is wrong.
  static func usage<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as LightGBMParameterError {
      throw RunnerError(.usage, "--params: \(error)")
    } catch let error as TreeFitError {
      throw RunnerError(.usage, "--params: \(error)")
    }
  }

  static func file(_ path: String) throws -> [(name: String, value: String)] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunnerError(.noInput, "\(path): no such file", hint: "--params takes a JSON file or key=value")
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: [UInt8](data))
    } catch {
      throw RunnerError(.badData, "\(path): \(error)")
    }
    guard let members = value.object else {
      throw RunnerError(.badData, "\(path): an object of parameters is expected")
    }
    return try members.map { key, value in
      switch value {
      case .string(let text): (key, text)
      case .bool(let flag): (key, flag ? "true" : "false")
      case .number, .integer: (key, value.text)
      case .array(let values): (key, try list(values, key, path))
      default: throw RunnerError(.badData, "\(path): parameter '\(key)' is not a number, a text or a flag")
      }
    }
  }

  /// Numbers and texts separated by commas; lists among them in brackets, as LightGBM writes them.
  private static func list(_ values: [JSONValue], _ key: String, _ path: String) throws -> String {
    try values.map { value in
      switch value {
      case .string(let text): text
      case .bool(let flag): flag ? "true" : "false"
      case .number, .integer: value.text
      case .array(let inner): "[\(try list(inner, key, path))]"
      default: throw RunnerError(.badData, "\(path): parameter '\(key)' holds something else than numbers and texts")
      }
    }.joined(separator: ",")
  }
}
