import GRDB

/// The tables, and how files of earlier versions are brought up to date.
///
/// Rules: times are integers, nanoseconds since 1970 UTC. Dates are integers yyyymmdd, contract months yyyymm, so that
/// they can be read with any SQLite tool. Hashes are 64 hexadecimal digits. JSON is canonical (``CanonicalJSON``).
/// Tables are `STRICT`. Tables that only grow carry triggers that refuse `UPDATE` and `DELETE`; they guard against
/// mistakes, while the journal's hash chain shows what somebody did on purpose.
///
/// | table | holds | grows only |
/// |---|---|---|
/// | `data_import`, `import_file`, `import_finding` | what was read when: counts, files with hashes, findings | |
/// | `instrument` | each market's settings, one row a change | yes |
/// | `held_bar`, `roll`, `daily_bar`, `positions_report`, `implied_reading` | facts: key (symbol, date), revision, values, four times | yes |
/// | `run` | a run: key, settings, data hashes, version, head of its journal, summary | |
/// | `journal` | entries: run, sequence, time, arm, kind, payload, hash | yes |
/// | `blob`, `artefact` | bytes by content hash; the key of what made them → hash | |
/// | `model`, `champion`, `champion_move` | models, the pointer of each run and arm, its moves with reasons | moves |
/// | `experiment` | plan, seed, state, attempts, result or error | |
/// | `feature_set`, `feature_row` | names of a row's values; rows with event time and known time | yes |
///
/// A change of the schema is a new migration at the end; one that has been released is never edited.
enum StoreSchema {
  /// `HYDR` in ASCII, in the file's header: tells a store from any other SQLite file.
  static let applicationID = 0x4859_4452

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 facts") { connection in
      try connection.execute(sql: "PRAGMA application_id = \(applicationID)")
      try connection.execute(sql: imports + facts)
      for table in ["instrument", "held_bar", "roll", "daily_bar", "positions_report"] {
        try connection.execute(sql: onlyGrows(table))
      }
    }
    migrator.registerMigration("2 journal") { connection in
      try connection.execute(sql: journal + onlyGrows("journal"))
    }
    migrator.registerMigration("3 models") { connection in
      try connection.execute(sql: artefacts + models + onlyGrows("champion_move"))
    }
    migrator.registerMigration("4 experiments") { connection in
      try connection.execute(sql: experiments)
    }
    migrator.registerMigration("5 features") { connection in
      try connection.execute(sql: features + onlyGrows("feature_row"))
    }
    migrator.registerMigration("6 implied readings") { connection in
      try connection.execute(sql: implied + onlyGrows("implied_reading"))
    }
    return migrator
  }

  /// Refuses a database that holds tables of another program.
  static func requireOwnFile(_ connection: Database, path: String) throws {
    let id = try Int.fetchOne(connection, sql: "PRAGMA application_id") ?? 0
    guard id != applicationID else { return }
    let tables = try Int.fetchOne(connection, sql: "SELECT count(*) FROM sqlite_schema WHERE type = 'table'") ?? 0
    guard id == 0, tables == 0 else { throw StoreError.notAStore(path) }
  }

  /// Migrations in the file that this version does not know: a newer version was here.
  static func unknownMigrations(_ connection: Database) throws -> [String] {
    let migrator = self.migrator
    return try migrator.appliedIdentifiers(connection).subtracting(migrator.migrations).sorted()
  }

  private static func onlyGrows(_ table: String) -> String {
    """

    CREATE TRIGGER \(table)_refuses_update BEFORE UPDATE ON \(table)
    BEGIN SELECT RAISE(ABORT, '\(table) only grows: rows cannot be changed'); END;
    CREATE TRIGGER \(table)_refuses_delete BEFORE DELETE ON \(table)
    BEGIN SELECT RAISE(ABORT, '\(table) only grows: rows cannot be deleted'); END;
    """
  }

  // MARK: - 1 facts

  private static let imports = """
    CREATE TABLE data_import (
      id INTEGER PRIMARY KEY,
      symbol TEXT NOT NULL,
      ingested INTEGER NOT NULL,
      files_hash TEXT NOT NULL,
      rows_read INTEGER NOT NULL, added INTEGER NOT NULL, revised INTEGER NOT NULL, unchanged INTEGER NOT NULL,
      UNIQUE (symbol, ingested, files_hash)
    ) STRICT;
    CREATE TABLE import_file (
      import_id INTEGER NOT NULL REFERENCES data_import(id), path TEXT NOT NULL, sha256 TEXT NOT NULL,
      PRIMARY KEY (import_id, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE import_finding (
      import_id INTEGER NOT NULL REFERENCES data_import(id), position INTEGER NOT NULL, finding TEXT NOT NULL,
      PRIMARY KEY (import_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE instrument (
      symbol TEXT NOT NULL, revision INTEGER NOT NULL, settings TEXT NOT NULL,
      import_id INTEGER NOT NULL REFERENCES data_import(id),
      PRIMARY KEY (symbol, revision)
    ) STRICT, WITHOUT ROWID;
    """

  /// The columns that every fact ends with.
  private static let factTail = """
      event INTEGER NOT NULL, published INTEGER NOT NULL, available INTEGER NOT NULL, ingested INTEGER NOT NULL,
      import_id INTEGER NOT NULL REFERENCES data_import(id),
      PRIMARY KEY (symbol, date, revision)
    ) STRICT, WITHOUT ROWID;
    """

  private static let facts = """

    CREATE TABLE held_bar (
      symbol TEXT NOT NULL, date INTEGER NOT NULL, revision INTEGER NOT NULL,
      contract INTEGER NOT NULL, close REAL NOT NULL,
      carry_contract INTEGER, carry_close REAL, next_contract INTEGER, next_close REAL,
      source TEXT NOT NULL CHECK (source IN ('settlement', 'hourly')),
    \(factTail)
    CREATE TABLE roll (
      symbol TEXT NOT NULL, date INTEGER NOT NULL, revision INTEGER NOT NULL,
      from_contract INTEGER NOT NULL, to_contract INTEGER NOT NULL, from_price REAL NOT NULL, to_price REAL NOT NULL,
    \(factTail)
    CREATE TABLE daily_bar (
      symbol TEXT NOT NULL, date INTEGER NOT NULL, revision INTEGER NOT NULL,
      open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, settle REAL NOT NULL,
      volume REAL, previous_open_interest REAL,
    \(factTail)
    CREATE TABLE positions_report (
      symbol TEXT NOT NULL, date INTEGER NOT NULL, revision INTEGER NOT NULL,
      commercial_long REAL NOT NULL, commercial_short REAL NOT NULL,
      is_revision INTEGER NOT NULL CHECK (is_revision IN (0, 1)),
    \(factTail)
    """

  private static let implied = """

    CREATE TABLE implied_reading (
      symbol TEXT NOT NULL, date INTEGER NOT NULL, revision INTEGER NOT NULL,
      volatility REAL, term_slope REAL, variance REAL, skewness REAL, kurtosis REAL, risk_reversal REAL,
      gamma_exposure REAL, flip_distance REAL, call_share REAL,
    \(factTail)
    """

  // MARK: - 2 journal

  private static let journal = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      created INTEGER NOT NULL,
      settings TEXT NOT NULL, data_hashes TEXT NOT NULL, version TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'finished')),
      summary TEXT,
      head_count INTEGER NOT NULL DEFAULT 0,
      head_hash TEXT NOT NULL
    ) STRICT;
    CREATE TABLE journal (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run(id),
      sequence INTEGER NOT NULL CHECK (sequence >= 1),
      time INTEGER NOT NULL, arm TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL,
      hash TEXT NOT NULL,
      UNIQUE (run_id, sequence)
    ) STRICT;
    CREATE INDEX journal_by_kind ON journal (run_id, kind, sequence);
    """

  // MARK: - 3 models

  private static let artefacts = """
    CREATE TABLE blob (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE artefact (
      key TEXT PRIMARY KEY,
      hash TEXT NOT NULL REFERENCES blob(hash),
      kind TEXT NOT NULL, metadata TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  private static let models = """

    CREATE TABLE model (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run(id),
      arm TEXT NOT NULL, version INTEGER NOT NULL CHECK (version >= 1),
      artefact_hash TEXT NOT NULL REFERENCES blob(hash),
      status TEXT NOT NULL CHECK (status IN ('champion', 'challenger', 'archived')),
      trained_from INTEGER, trained_to INTEGER,
      settings TEXT NOT NULL, metrics TEXT NOT NULL,
      parent INTEGER, created INTEGER NOT NULL,
      UNIQUE (run_id, arm, version),
      FOREIGN KEY (run_id, arm, parent) REFERENCES model (run_id, arm, version)
    ) STRICT;
    CREATE TABLE champion (
      run_id INTEGER NOT NULL, arm TEXT NOT NULL, version INTEGER NOT NULL,
      PRIMARY KEY (run_id, arm),
      FOREIGN KEY (run_id, arm, version) REFERENCES model (run_id, arm, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE champion_move (
      run_id INTEGER NOT NULL, arm TEXT NOT NULL, sequence INTEGER NOT NULL,
      action TEXT NOT NULL CHECK (action IN ('promote', 'rollback')),
      from_version INTEGER, to_version INTEGER NOT NULL,
      time INTEGER NOT NULL, reason TEXT NOT NULL CHECK (reason <> ''), by_hand INTEGER NOT NULL,
      evidence TEXT NOT NULL,
      PRIMARY KEY (run_id, arm, sequence),
      FOREIGN KEY (run_id, arm, to_version) REFERENCES model (run_id, arm, version)
    ) STRICT, WITHOUT ROWID;
    """

  // MARK: - 4 experiments

  private static let experiments = """
    CREATE TABLE experiment (
      row INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run(id),
      id TEXT NOT NULL,
      arm TEXT NOT NULL,
      plan TEXT NOT NULL, plan_hash TEXT NOT NULL, seed INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
      attempts INTEGER NOT NULL DEFAULT 0,
      queued INTEGER NOT NULL, ended INTEGER,
      result TEXT, error TEXT,
      UNIQUE (run_id, id)
    ) STRICT;
    CREATE INDEX experiment_by_state ON experiment (state, row);
    """

  // MARK: - 5 features

  private static let features = """
    CREATE TABLE feature_set (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE, pipeline TEXT NOT NULL, names TEXT NOT NULL
    ) STRICT;
    CREATE TABLE feature_row (
      symbol TEXT NOT NULL, set_id INTEGER NOT NULL REFERENCES feature_set(id),
      time INTEGER NOT NULL, known INTEGER NOT NULL, "values" BLOB NOT NULL,
      PRIMARY KEY (symbol, set_id, time, known)
    ) STRICT, WITHOUT ROWID;
    """
}
