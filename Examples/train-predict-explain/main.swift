// Trains gradient-boosted trees on a table of features, predicts rows that it has not seen, explains one of them:
// train-predict-explain [FILE.csv TARGET]. Without arguments it makes a table.
import HydraCore

let arguments = CommandLine.arguments
let table = try arguments.count > 2 ? FeatureTable(csv: arguments[1], target: arguments[2]) : made()
let (past, test) = table.rowsWithTarget().split(trainingShare: 0.8, embargo: 5)  // rows in the order of time
let (training, validation) = past.split(trainingShare: 0.8, embargo: 5)
guard !training.isEmpty, !test.isEmpty else { fatalError("\(table.count) rows are too few") }

var settings = GradientBoostedTrees.Settings()
settings.leaves = 15
settings.learningRate = 0.05
settings.earlyStoppingRounds = 20
settings.seed = 42
let model = try GradientBoostedTrees.fit(
  training.matrix, training.targets ?? [], names: training.names,
  validation: LabelledRows(features: validation.matrix, targets: validation.targets ?? []), settings: settings)
print("rounds", model.rounds)

let predictions = model.predict(test.matrix)
let errors = zip(predictions, test.targets ?? []).map { $0 - $1 }
print("rmse", (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot())

let explanation = try TreeExplainer(model).contributions(Matrix([Array(test.matrix.row(0))])).row(0)
let ranked = zip(model.featureNames, explanation).sorted { abs($0.1) > abs($1.1) }
for (name, contribution) in ranked.prefix(5) { print(name, contribution) }
print("base value", explanation[table.columns])
print("sum", explanation.reduce(0, +), "prediction", predictions[0])

/// Two features that matter, one that does not; a target is known a day after its features.
func made() -> FeatureTable {
  var random = CounterRandom(seed: 42, stream: "example")
  let day: Int64 = 86_400_000_000_000
  let times = (0..<1_000).map { Timestamp(nanoseconds: $0 * day) }
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
