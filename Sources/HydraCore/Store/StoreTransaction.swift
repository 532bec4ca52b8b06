import GRDB

extension Store {
  /// One consistent view of the store, and for ``Store/write(_:)`` one all-or-nothing change of it.
  ///
  /// Valid only inside the closure that it is handed to.
  public final class Transaction {
    let database: Database
    let path: String
    let isWriting: Bool
    private(set) var rollbackActions: [() -> Void] = []

    init(_ database: Database, path: String, isWriting: Bool) {
      (self.database, self.path, self.isWriting) = (database, path, isWriting)
    }

    /// Has `action` run when the transaction is not kept, so that values in memory go back with it.
    public func onRollback(_ action: @escaping () -> Void) { rollbackActions.append(action) }
  }
}

/// The store, for a transaction to each call, or one transaction, for calls that belong together.
enum StoreAccess {
  case store(Store)
  case transaction(Store.Transaction)

  /// For messages.
  var path: String {
    switch self {
    case .store(let store): store.location.path
    case .transaction(let transaction): transaction.path
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws -> T {
    switch self {
    case .store(let store): try store.read { try body($0.database) }
    case .transaction(let transaction): try body(transaction.database)
    }
  }

  func write<T>(_ body: (Database) throws -> T) throws -> T {
    switch self {
    case .store(let store): return try store.write { try body($0.database) }
    case .transaction(let transaction):
      guard transaction.isWriting else { throw StoreError.readOnly(transaction.path) }
      return try body(transaction.database)
    }
  }
}

extension Store {
  /// Market facts with their times.
  public var facts: FactStore { FactStore(access: .store(self)) }
  /// Every decision with its evidence, hash-chained.
  public var journal: Journal { Journal(access: .store(self)) }
  /// Runs of the agent.
  public var runs: RunStore { RunStore(access: .store(self)) }
  /// Bytes under the key of what made them.
  public var artefacts: ArtefactStore { ArtefactStore(access: .store(self)) }
  /// Models and which of them is champion.
  public var models: ModelRegistry { ModelRegistry(access: .store(self)) }
  /// Experiments and what came out of them.
  public var experiments: ExperimentQueue { ExperimentQueue(access: .store(self)) }
  /// Rows of features as they were known.
  public var features: FeatureStore { FeatureStore(access: .store(self)) }
}

extension Store.Transaction {
  /// Market facts with their times.
  public var facts: FactStore { FactStore(access: .transaction(self)) }
  /// Every decision with its evidence, hash-chained.
  public var journal: Journal { Journal(access: .transaction(self)) }
  /// Runs of the agent.
  public var runs: RunStore { RunStore(access: .transaction(self)) }
  /// Bytes under the key of what made them.
  public var artefacts: ArtefactStore { ArtefactStore(access: .transaction(self)) }
  /// Models and which of them is champion.
  public var models: ModelRegistry { ModelRegistry(access: .transaction(self)) }
  /// Experiments and what came out of them.
  public var experiments: ExperimentQueue { ExperimentQueue(access: .transaction(self)) }
  /// Rows of features as they were known.
  public var features: FeatureStore { FeatureStore(access: .transaction(self)) }
}
