import ArgumentParser
import Foundation
import HydraCore

/// `hydra trees tune`: a search for training parameters, each set judged on rows that it was not trained on.
struct TreesTuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search training parameters by the loss on held-out rows: best parameters and trials as JSON.",
    discussion: """
      Rows are cut into consecutive folds: walk-forward (train before, test after) or purged-kfold (train on both \
      sides); --shuffled draws them at random, for rows without an order; --valid F scores on another table instead. \
      --space F.json: {"num_leaves": {"type": "int", "low": 4, "high": 128, "log": true}, "lambda_l2": {"type": \
      "float", …}, "objective": {"type": "categorical", "choices": […]}, "alpha": {…, "when": {"objective": \
      ["huber"]}}}; without it the usual parameters in their usual ranges. --params fixes others. --study keeps all \
      trials in a file and goes on from it, with the same result as one long search.
      """)

  enum Splitting: String, CaseIterable, ExpressibleByArgument {
    case walkForward = "walk-forward"
    case purgedKFold = "purged-kfold"
    case shuffled
  }

  @Option(help: "The column to predict.")
  var label: String

  @Option(help: "The column of row weights.")
  var weight: String?

  @Option(help: "Columns of categories, separated by commas.")
  var categorical: String?

  @Option(help: "How many trials, those in --study included.")
  var trials: Int = 50

  @Option(help: "JSON file with the search space.")
  var space: String?

  @Option(help: "random, grid, tpe, cmaes or gp.")
  var sampler: String = "tpe"

  @Option(help: "none, median, halving or hyperband; fold by fold.")
  var pruner: String = "median"

  @Option(help: "walk-forward, purged-kfold or shuffled.")
  var split: Splitting = .purgedKFold

  @Option(help: "How many folds.")
  var folds: Int = 5

  @Option(help: "Rows left out around each test fold, where labels look so far ahead.")
  var embargo: Int = 0

  @Option(help: "A table with the same columns on which trials are scored, instead of folds.")
  var valid: String?

  @Option(help: "Trials chosen before the first of them is finished; part of the search, unlike --threads.")
  var parallel: Int = 1

  @Option(parsing: .upToNextOption, help: "JSON file with fixed parameters, or key=value; may be repeated.")
  var params: [String] = []

  @Option(help: "File in which the study is kept after every trial, and from which it goes on.")
  var study: String?

  @Option(help: "Train on all rows with the best parameters and write the model here.")
  var model: String?

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard trials >= 1 else { throw ValidationError("--trials is \(trials); it must be at least 1") }
    guard parallel >= 1 else { throw ValidationError("--parallel is \(parallel); it must be at least 1") }
    guard folds >= 2 else { throw ValidationError("--folds is \(folds); it must be at least 2") }
    guard embargo >= 0 else { throw ValidationError("--embargo is \(embargo); it must not be negative") }
  }

  func run() async throws {
    var (params, input) = (params, input)
    if input.file == "-", let last = params.last, !last.contains("="), !last.hasSuffix(".json") {
      input.file = params.removeLast()
    }
    var fixed = [(name: "seed", value: "\(Int64(bitPattern: common.seed))")]
    for argument in params {
      if let place = argument.firstIndex(of: "="), !argument.hasSuffix(".json") {
        fixed.append((String(argument[..<place]), String(argument[argument.index(after: place)...])))
      } else {
        fixed += try TreesParameters.file(argument)
      }
    }
    let table = try input.table()
    let names = try LabelledRows.featureNames(of: table, label: label, weight: weight)
    let rows = try LabelledRows(table, label: label, weight: weight, features: names)
    let tuning = try tuning(rows, names: names, fixed: fixed)
    var search = try stored() ?? newStudy(steps: tuning.steps)
    let bar = ProgressBar("tuning", quiet: common.quiet)
    Interruption.watch()
    let (total, file) = (trials, study)
    try search.optimize(
      trials: max(trials - search.results, 0), parallel: parallel, threads: common.threads,
      onTrial: { study, _ in
        bar.update(study.results, of: total)
        if let file { try OutputOptions.write(String(decoding: study.bytes, as: UTF8.self), to: file) }
        if let signal = Interruption.signal { throw ExitCode(128 + signal) }
      },
      objective: { trial in try tuning.loss(of: &trial) })
    guard let best = search.best else {
      throw RunnerError(.badData, "\(input.file): no trial could be trained", hint: firstProblem(search, tuning))
    }
    if let model {
      let settings = try tuning.settings(of: best)
      let trained = try TreesFiles.badData(input.file) {
        try GradientBoostedTrees.fit(
          rows.features, rows.targets, weights: rows.weights, names: names, settings: settings,
          threads: common.threads)
      }
      try TreesFiles.write(trained, to: model)
    }
    try output.write(summary: summary(search, best: best))
  }

  private func tuning(
    _ rows: LabelledRows, names: [String], fixed: [(name: String, value: String)]
  ) throws -> TreesTuning {
    let categories = (categorical ?? "").split(separator: ",").map(String.init)
    return try TreesParameters.usage {
      if let valid {
        let other = try LabelledRows(readTable(valid), label: label, weight: weight, features: names)
        return try TreesTuning(train: rows, validation: other, names: names, fixed: fixed, categorical: categories)
      }
      return try TreesTuning(
        rows, names: names, splits: splits(rows.features.rows), fixed: fixed, categorical: categories)
    }
  }

  private func splits(_ rows: Int) throws -> [PurgedSplit] {
    guard rows > folds else { throw RunnerError(.badData, "\(rows) rows for \(folds) folds") }
    switch split {
    case .walkForward: return WalkForward(folds: folds, gap: embargo).splits(LabelInterval.points(rows))
    case .purgedKFold:
      return PurgedFolds(folds: folds, embargo: embargo > 0 ? .rows(embargo) : .none).splits(LabelInterval.points(rows))
    case .shuffled: return ShuffledFolds(folds: folds, seed: common.seed).splits(rows)
    }
  }

  private func newStudy(steps: Int) throws -> Study {
    var searched = try TreesTuning.standardSpace()
    if let space {
      do {
        searched = try SearchSpace(JSONValue(parsing: FileBytes.read(space)))
      } catch let error as JSONError {
        throw RunnerError(.badData, "\(space): \(error)")
      } catch let error as SearchError {
        throw RunnerError(.badData, "\(space): \(error)")
      }
    }
    return try Study(
      searched, sampler: Sampler(name: sampler), pruner: Pruner(name: pruner, steps: steps), seed: common.seed)
  }

  private func stored() throws -> Study? {
    guard let study, FileManager.default.fileExists(atPath: study) else { return nil }
    do {
      return try Study(bytes: FileBytes.read(study))
    } catch let error as FileError {
      throw error
    } catch {
      throw RunnerError(.badData, "\(study): \(error)")
    }
  }

  /// Why the first trial failed, found by running it again.
  private func firstProblem(_ study: Study, _ tuning: TreesTuning) -> String? {
    guard let first = study.trials.first else { return nil }
    do {
      _ = try tuning.settings(of: first)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func summary(_ study: Study, best: Trial) -> JSONValue {
    let trials = study.trials.map { trial -> JSONValue in
      [
        "number": JSONValue(trial.number), "state": JSONValue(trial.state.rawValue),
        "value": JSONValue(trial.values.first), "parameters": LearnSearchTestCommand.parameters(trial),
        "reports": JSONValue(trial.reports.map(\.value)),
      ]
    }
    return [
      "best_parameters": LearnSearchTestCommand.parameters(best), "best_value": JSONValue(best.values.first),
      "best_trial": JSONValue(best.number), "complete": JSONValue(study.complete.count),
      "pruned": JSONValue(study.trials.count { $0.state == .pruned }), "trials": .array(trials),
    ]
  }
}
