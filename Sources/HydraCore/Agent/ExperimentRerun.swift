import Foundation
import HydraNumerics
import HydraStore

/// An experiment of a stored run, carried out once more from what is stored, and compared with what came out then.
///
/// ```swift
/// let again = try ExperimentRerun("self_healing-2015-05-15-1", of: run, in: store, with: InProcessExperiments())
/// print(again.isSame)          // true: the same bytes
/// ```
public struct ExperimentRerun: Sendable {
  public var id: String
  /// SHA-256 of the answer in the store, model included.
  public var storedHash: String
  /// SHA-256 of the answer that came out now.
  public var hash: String
  /// The first difference; nil when the two answers are the same to the byte.
  public var difference: String?
  /// What came out now, as it stands in journals; nil for an experiment that failed.
  public var result: JSONValue?
  /// Why the experiment failed now; nil for one that did not.
  public var failure: String?

  /// Whether the same bytes came out.
  public var isSame: Bool { difference == nil }

  /// Carries out the experiment. The store is only read.
  ///
  /// Throws ``StoreError/notFound(_:)`` when the run has no such experiment, or when it was stored by a version that
  /// did not keep inputs.
  public init(_ id: String, of run: Run, in store: Store, with runner: any ExperimentRunner) throws {
    guard try store.experiments.experiment(id, of: run) != nil else {
      throw StoreError.notFound("experiment '\(id)' of run \(run.shortKey)")
    }
    let (plan, data) = try ExperimentInput.find(id, of: run, in: store)
    guard let stored = try store.artefacts.artefact(key: ExperimentInput.answerKey(plan, of: run)) else {
      throw StoreError.notFound("the answer of experiment '\(id)' of run \(run.shortKey)")
    }
    let outcome = runner.run([plan], on: data)[0]
    let now = try ExperimentAnswer(outcome).encoded()
    self.id = id
    (storedHash, hash) = (SHA256.hash(stored), SHA256.hash(now))
    if stored != now {
      let values = try [stored, now].map { try JSONValue(parsing: Array($0)) }
      difference = JournalDifference.first("answer", values[0], values[1]) ?? "the order or form of its members"
    }
    switch outcome.result {
    case .success(let result): self.result = result.json
    case .failure(let failure): self.failure = failure.reason
    }
  }
}
