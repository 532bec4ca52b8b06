import HydraLearning
import HydraNumerics
import Testing

@Suite struct TreesRefitTests {
  private func model(_ objective: TreeObjective, _ train: LabelledRows) throws -> GradientBoostedTrees {
    var settings = TreesFitTests.quick
    settings.objective = objective
    settings.rounds = 15
    return try GradientBoostedTrees.fit(train.features, train.targets, settings: settings)
  }

  @Test(arguments: TreesFitTests.objectives)
  func `Refitting without decay to the same rows gives the same leaves`(objective: TreeObjective) throws {
    let train = TreesFitTests.rows(for: objective, rows: 400)
    let model = try model(objective, train)
    let refitted = try model.refitLeaves(to: train.features, train.targets, decay: 0)
    let worst = TreeVectors.worst(refitted.rawScores(train.features), model.rawScores(train.features))
    #expect(worst < 1e-6)
    #expect(
      zip(refitted.trees, model.trees).allSatisfy { $0.threshold == $1.threshold && $0.leafCount == $1.leafCount })
  }

  @Test func `Full decay keeps every leaf`() throws {
    let train = TreesFitTests.rows(for: .squaredError, rows: 400)
    let model = try model(.squaredError, train)
    let refitted = try model.refitLeaves(to: train.features, train.targets.map { -$0 }, decay: 1)
    #expect(refitted.trees.map { $0.leafValue } == model.trees.map { $0.leafValue })
  }

  @Test func `Leaves follow a relation that has turned round`() throws {
    let train = TreesFitTests.rows(for: .squaredError, rows: 600)
    let model = try model(.squaredError, train)
    let turned = train.targets.map { 10 - $0 }
    let loss = { (model: GradientBoostedTrees) in
      TreeObjective.squaredError.loss(predictions: model.predict(train.features), targets: turned)
    }
    let losses = try [1, 0.5, 0.1].map { try loss(model.refitLeaves(to: train.features, turned, decay: $0)) }
    #expect(losses[0] > losses[1] && losses[1] > losses[2])
    #expect(losses[2] < 0.05 * losses[0])
    let healed = try model.refitLeaves(to: train.features, turned, decay: 0)
    let sums = try healed.explain(train.features)
    #expect(abs(sums.row(0).reduce(0, +) - healed.rawScores(train.features)[0]) < 1e-9)
  }

  @Test func `Leaves that no row reaches stay as they are`() throws {
    let train = TreesFitTests.rows(for: .squaredError, rows: 400)
    let model = try model(.squaredError, train)
    let one = train.features.selecting(rows: [3])
    let refitted = try model.refitLeaves(to: one, [100], decay: 0.5)
    let reached = model.leafIndices(one)
    for (index, tree) in model.trees.enumerated() {
      for leaf in 0..<tree.leaves where leaf != reached[index] {
        #expect(refitted.trees[index].leafValue[leaf] == tree.leafValue[leaf])
      }
    }
    #expect(try refitted.explain(one).values.allSatisfy { $0.isFinite })
  }

  @Test func `Forests, linear leaves and wrong columns are not refitted`() throws {
    let forest = try TreeVectors.model(TreeVectors.file("lgbm_rf"))
    let row = Matrix(rows: 1, columns: 12, repeating: 0)
    #expect(throws: TreeFitError.notRefittable(reason: "the rounds are averaged")) {
      try forest.refitLeaves(to: row, [1])
    }
    let linear = try TreeVectors.model(TreeVectors.file("lgbm_linear_tree"))
    #expect(throws: TreeFitError.notRefittable(reason: "leaves are linear")) { try linear.refitLeaves(to: row, [1]) }
    let numbers = try TreeVectors.model(TreeVectors.file("lgbm_regression_nan"))
    #expect(throws: TreeFitError.lengthMismatch(what: "columns", expected: 12, found: 2)) {
      try numbers.refitLeaves(to: Matrix([[1, 2]]), [1])
    }
  }
}
