// Trains gradient-boosted trees on a table of features, predicts rows that it has not seen, explains one of them.
import HydraCore

// Two features that matter, one that does not.
var random = CounterRandom(seed: 42, stream: "example")
var rows: [[Double]] = []
var targets: [Double] = []
for _ in 0..<1_000 {
  let row = [random.normal(), random.normal(), random.normal()]
  rows.append(row)
  targets.append((row[0] > 0 ? 1 : -1) + 0.5 * row[1] + 0.2 * random.normal())
}
let (past, test) = (0..<800, 800..<1_000)

var settings = GradientBoostedTrees.Settings()
settings.leaves = 15
settings.seed = 42
let model = try GradientBoostedTrees.fit(
  Matrix(Array(rows[past])), Array(targets[past]), names: ["carry", "trend", "noise"], settings: settings)

let predictions = model.predict(Matrix(Array(rows[test])))
let error = zip(predictions, targets[test]).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / Double(test.count)
print("rmse", error.squareRoot())

let explanation = try TreeExplainer(model).contributions(Matrix([rows[800]])).row(0)
for (name, contribution) in zip(model.featureNames, explanation) { print(name, contribution) }
print("base value", explanation[3], "- sums with the contributions to", explanation.reduce(0, +))
