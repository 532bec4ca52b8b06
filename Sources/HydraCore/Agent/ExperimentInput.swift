import Foundation
import HydraNumerics
import HydraStore

/// What an experiment was given, kept so that it can be repeated without the run and without the data folder.
///
/// What is kept are the very bytes that the experiment's process reads. Those of two rounds of a run are the same for
/// the most part, since a history only grows, and pieces that are the same are stored once: 25 rounds over twelve years
/// of daily data take a few megabytes.
struct ExperimentInput: Codable {
  var plan: ExperimentPlan
  /// Key of the data among the artefacts.
  var data: String

  /// Stores plans and their common data; what is stored already stays as it is.
  static func keep(_ plans: [ExperimentPlan], _ data: ExperimentData, of run: Run, in store: Store) throws {
    let missing = try plans.filter { try store.artefacts.find(key: key($0.id, of: run)) == nil }
    guard let first = missing.first else { return }
    let dataKey = "\(run.key)/experiment-data/\(first.id)"
    let bytes = try data.encoded()
    try store.write { transaction in
      try transaction.artefacts.putInPieces(key: dataKey, bytes: bytes, kind: "experiment-data")
      for plan in missing {
        try transaction.artefacts.put(
          key: key(plan.id, of: run), bytes: ExperimentInput(plan: plan, data: dataKey).encoded(),
          kind: "experiment-input")
      }
    }
  }

  /// The plan and the data of an experiment.
  static func find(_ id: String, of run: Run, in store: Store) throws -> (plan: ExperimentPlan, data: ExperimentData) {
    guard let bytes = try store.artefacts.artefact(key: key(id, of: run)) else {
      throw StoreError.notFound("the input of experiment '\(id)' of run \(run.shortKey)")
    }
    do {
      let input = try JSONDecoder().decode(ExperimentInput.self, from: bytes)
      guard let data = try store.artefacts.assembled(key: input.data) else {
        throw StoreError.notFound("the data of experiment '\(id)' of run \(run.shortKey)")
      }
      return (input.plan, try JSONDecoder().decode(ExperimentData.self, from: data))
    } catch let error as DecodingError {
      throw StoreError.damaged(
        store.location.description, reason: "the input of experiment '\(id)' does not parse: \(error)")
    }
  }

  /// Key of an experiment's answer among the artefacts.
  static func answerKey(_ plan: ExperimentPlan, of run: Run) -> String {
    CanonicalJSON.hash(["run": .string(run.key), "experiment": plan.json])
  }

  private static func key(_ id: String, of run: Run) -> String { "\(run.key)/experiment-input/\(id)" }
}
