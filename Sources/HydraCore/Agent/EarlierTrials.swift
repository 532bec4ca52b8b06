import HydraNumerics
import HydraStore

/// What other runs have tried on a market: a run that is repeated with other settings until something passes is the
/// same search, and is deflated as one.
enum EarlierTrials {
  /// Configurations that the experiments of all other runs in the store tried on the market before this run began.
  ///
  /// A run that is executed again takes the number from its own first entry, so that it ends in the same bytes.
  static func count(before run: Run, market: String, in store: Store) throws -> Int {
    var filter = JournalFilter()
    filter.kinds = ["run"]
    if let begun = try store.journal.entries(of: run, filter).first?.payload["earlier_trials"]?.double {
      return Int(begun)
    }
    var count = 0
    for other in try store.runs.all() where other.key != run.key {
      guard other.description.settings["market"]?.string == market else { continue }
      for experiment in try store.experiments.all(of: other) {
        count += max(1, Int(experiment.plan["trials"]?.double ?? 1))
      }
    }
    return count
  }
}
