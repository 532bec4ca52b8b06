// Searches training parameters of boosted trees, each set judged on later rows than it was trained on, and stops half way
// to show that a stored study goes on as if it had never stopped: search-parameters [FILE.csv TARGET] [TRIALS].
import HydraCore

let arguments = CommandLine.arguments
let table = try arguments.count > 2 ? FeatureTable(csv: arguments[1], target: arguments[2]) : made()
let trials = (arguments.count > 3 ? Int(arguments[3]) : nil) ?? 24
let labelled = table.rowsWithTarget()
let rows = LabelledRows(features: labelled.matrix, targets: labelled.targets ?? [])

// Five folds in the order of time, a gap of five rows before each test, since targets look ahead.
let splits = WalkForward(folds: 5, gap: 5).splits(LabelInterval.points(rows.targets.count))
let tuning = try TreesTuning(
  rows, names: labelled.names, splits: splits, fixed: [("num_iterations", "60"), ("min_data_in_leaf", "10")])

// How many trees are dropped is searched only where trees are dropped.
let space = try SearchSpace([
  .float("learning_rate", 0.02...0.3, logarithmic: true), .integer("num_leaves", 3...31, logarithmic: true),
  .float("lambda_l2", 1e-3...10, logarithmic: true), .category("boosting", ["gbdt", "dart"]),
  .float("drop_rate", 0.05...0.3, when: .isOneOf("boosting", ["dart"])),
])

var study = try Study(space, sampler: .tpe(TPE()), pruner: Pruner(name: "median", steps: tuning.steps), seed: 42)
try study.optimize(trials: trials / 2, parallel: 2, threads: 2) { try tuning.loss(of: &$0) }

// The study as bytes: a file, a row of a store. What is read back goes on to the byte.
var later = try Study(bytes: study.bytes)
try later.optimize(trials: trials - trials / 2, parallel: 2, threads: 2) { try tuning.loss(of: &$0) }
try study.optimize(trials: trials - trials / 2, parallel: 2, threads: 2) { try tuning.loss(of: &$0) }
print("stored and never stopped agree:", try later.bytes == study.bytes)

guard let best = later.best else { fatalError("no trial could be trained") }
print("trials", later.trials.count, "pruned", later.trials.count { $0.state == .pruned })
print("best", best.number, "loss", best.values[0])
for parameter in best.parameters { print(" ", parameter.name, parameter.value) }

// The model of the best parameters, and what it rests on: the rise of the loss when a feature is shuffled.
let model = try GradientBoostedTrees.fit(
  rows.features, rows.targets, names: labelled.names, settings: tuning.settings(of: best), threads: 2)
for importance in try model.permutationImportance(rows, seed: 42) { print(importance.feature, importance.rise) }

/// Two features that matter, one that does not; a target is known a day after its features.
func made() -> FeatureTable {
  var random = CounterRandom(seed: 42, stream: "example")
  let day: Int64 = 86_400_000_000_000
  let times = (0..<600).map { Timestamp(nanoseconds: $0 * day) }
  var (values, targets): ([Double], [Double]) = ([], [])
  for _ in times {
    let row = [random.normal(), random.normal(), random.normal()]
    values += row
    targets.append((row[0] > 0 ? 1 : -1) + 0.5 * row[1] + 0.2 * random.normal())
  }
  return FeatureTable(
    names: ["carry", "trend", "noise"], times: times, known: times, values: values, targets: targets,
    targetKnown: times.map { $0.adding(nanoseconds: day) })
}
