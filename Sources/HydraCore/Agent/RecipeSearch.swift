import HydraLearning
import HydraNumerics

/// The search inside an experiment: recipes around the hypothesis, chosen by a tree-structured Parzen estimator.
///
/// What the hypothesis says stays as it said; the other settings of the trees move within bounds that daily data of one
/// market can bear. The loss is that of ``Policy/fit(_:to:before:embargo:seed:threads:rounds:)``: forward folds, purged
/// and with embargo, of rows that end before the compared bars, so no trial sees a day on which it is judged. The first
/// trial is the hypothesis itself. Every trial is counted, and raises the bar for all that come after it.
///
/// Source of the estimator: J. Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 2011; see ``TPE``.
enum RecipeSearch {
  /// The recipe with the least loss, the rounds of its trees, and the losses of all trials in their order.
  struct Choice {
    var recipe: Recipe
    var rounds: Int
    var losses: [Double]
  }

  /// Tries `plan.trials` recipes; a function of the plan and the history, whatever the number of threads.
  ///
  /// - Complexity: one fit with its folds for each trial.
  static func choose(
    _ plan: ExperimentPlan, _ history: FeatureHistory, before limit: Int, threads: Int
  ) throws -> Choice {
    func tried(_ recipe: Recipe) throws -> (rounds: Int, loss: Double) {
      let fitted = try Policy.fit(
        recipe, to: history, before: limit, embargo: plan.embargo, seed: plan.seed, threads: threads)
      guard let loss = fitted.validationLoss, loss.isFinite else { throw NoLoss() }
      return (fitted.model.rounds, loss)
    }
    var (rounds, least) = try tried(plan.recipe)
    var choice = Choice(recipe: plan.recipe, rounds: rounds, losses: [least])
    guard plan.trials > 1 else { return choice }

    var estimator = TPE()
    // Few trials are worth having: a third of them looks round, the others follow what was seen.
    estimator.startupTrials = min(estimator.startupTrials, max(2, (plan.trials - 1) / 3))
    var random = CounterRandom(seed: plan.seed, stream: "trials of \(plan.id)")
    var study = try Study(space(plan.hypothesis.change), sampler: .tpe(estimator), seed: random.next())
    for _ in 1..<plan.trials {
      guard let trial = study.ask() else { break }
      let recipe = Self.recipe(plan.recipe, trial)
      let loss: Double
      (rounds, loss) = try tried(recipe)
      try study.tell([loss], trial: trial.number)
      choice.losses.append(loss)
      if loss < least {
        least = loss
        (choice.recipe, choice.rounds) = (recipe, rounds)
      }
    }
    return choice
  }

  /// What may move beside a change.
  static func space(_ change: Change) throws(SearchError) -> SearchSpace {
    let all: [SearchSpace.Parameter] = [
      .integer("leaves", 3...12, logarithmic: true), .float("learning_rate", 0.015...0.06, logarithmic: true),
      .float("l2", 5...60, logarithmic: true), .integer("minimum_leaf_rows", 60...200),
      .float("feature_fraction", 0.3...0.9),
    ]
    return try SearchSpace(
      all.filter { parameter in
        switch change {
        case .leaves: parameter.name != "leaves"
        case .learningRate: parameter.name != "learning_rate"
        default: true
        }
      })
  }

  /// A recipe with the values of a trial in place of its own.
  static func recipe(_ base: Recipe, _ trial: Trial) -> Recipe {
    var recipe = base
    for assignment in trial.parameters {
      guard let number = assignment.value.double ?? assignment.value.int.map(Double.init) else { continue }
      switch assignment.name {
      case "leaves": recipe.trees.leaves = Int(number)
      case "learning_rate": recipe.trees.learningRate = number
      case "l2": recipe.trees.l2 = number
      case "minimum_leaf_rows": recipe.trees.minimumLeafRows = Int(number)
      case "feature_fraction": recipe.trees.featureFraction = number
      default: continue
      }
    }
    return recipe
  }

  /// A recipe whose folds have no finite loss.
  struct NoLoss: Error, CustomStringConvertible {
    var description: String { "the validation rows give no finite loss" }
  }
}
