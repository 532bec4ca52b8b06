import GRDB
import HydraMarket
import HydraNumerics

/// How many rows of an import were new, changed, or already there.
public struct ImportCounts: Hashable, Sendable {
  /// Rows of a key that had none.
  public var added = 0
  /// Rows of a key that had another value; kept beside it as the next revision.
  public var revised = 0
  /// Rows that were in the store already.
  public var unchanged = 0

  public init(added: Int = 0, revised: Int = 0, unchanged: Int = 0) {
    self.added = added
    self.revised = revised
    self.unchanged = unchanged
  }

  public var read: Int { added + revised + unchanged }

  public static func + (a: ImportCounts, b: ImportCounts) -> ImportCounts {
    ImportCounts(added: a.added + b.added, revised: a.revised + b.revised, unchanged: a.unchanged + b.unchanged)
  }
}

/// Takes facts into their table without ever changing a row that is there.
///
/// For each key (symbol, date), in the order of available times:
/// - a row that says what the newest stored revision says, with the same event and published times, is left out;
/// - a row that says something else is stored as the next revision. Its available time is the source's when that is
///   later than the newest revision's; otherwise the source changed a value in silence, and the change became available
///   when it was ingested. So a reader as of an earlier time still sees what could be seen then;
/// - a row that is history by the source's own account, because the import brings a later vintage of its key or because
///   it was published before the newest revision, is looked for among all revisions, and stored with its own times
///   where it is missing.
///
/// A row that has vanished from the source stays.
struct FactMerge<Fact: FactRow>: ~Copyable {
  private struct Stored {
    var fact: Fact
    var revision: Int64
  }

  let symbol: String
  let importID: Int64
  private(set) var counts = ImportCounts()
  private let insert: BulkStatement

  init(_ database: Database, symbol: String, importID: Int64) throws {
    (self.symbol, self.importID) = (symbol, importID)
    insert = try BulkStatement(database, Fact.insertSQL)
    insert.bind(1, symbol)
    insert.bind(Int32(3 + Fact.valueColumns.count + 5), importID)
  }

  /// - Complexity: O(n) for facts in order of date and available time, O(n log n) otherwise.
  mutating func add(_ facts: [Fact], database: Database) throws {
    guard !facts.isEmpty else { return }
    let precedes: (Fact, Fact) -> Bool = { ($0.date, $0.times.available) < ($1.date, $1.times.available) }
    let isInOrder = zip(facts, facts.dropFirst()).allSatisfy { !precedes($1, $0) }
    let facts = isInOrder ? facts : facts.sorted(by: precedes)
    let stored = try Self.stored(database, symbol: symbol, from: facts[0].date, to: facts[facts.count - 1].date)
    var (first, storedFirst) = (0, 0)
    while first < facts.count {
      let date = facts[first].date
      var end = first + 1
      while end < facts.count, facts[end].date == date { end += 1 }
      while storedFirst < stored.count, stored[storedFirst].fact.date < date { storedFirst += 1 }
      var storedEnd = storedFirst
      while storedEnd < stored.count, stored[storedEnd].fact.date == date { storedEnd += 1 }
      if end == first + 1, storedEnd == storedFirst {
        try store(facts[first], revision: 0)
        counts.added += 1
      } else {
        try merge(facts[first..<end], with: Array(stored[storedFirst..<storedEnd]))
      }
      (first, storedFirst) = (end, storedEnd)
    }
  }

  private mutating func merge(_ vintages: ArraySlice<Fact>, with stored: [Stored]) throws {
    var known = stored
    for (index, vintage) in zip(vintages.indices, vintages) {
      let newest = known.max { ($0.fact.times.available, $0.revision) < ($1.fact.times.available, $1.revision) }
      let isHistory =
        index < vintages.endIndex - 1 || newest.map { vintage.times.published < $0.fact.times.published } ?? false
      let isThere =
        isHistory
        ? known.contains { Self.saysTheSame($0.fact, vintage) }
        : newest.map { Self.saysTheSame($0.fact, vintage) } ?? false
      guard !isThere else {
        counts.unchanged += 1
        continue
      }
      var fact = vintage
      if !isHistory, let newest, !stored.isEmpty, fact.times.available <= newest.fact.times.available {
        fact.times.available = max(fact.times.ingested, newest.fact.times.available)
      }
      let revision = (known.map(\.revision).max() ?? -1) + 1
      try store(fact, revision: revision)
      if revision == 0 { counts.added += 1 } else { counts.revised += 1 }
      known.append(Stored(fact: fact, revision: revision))
    }
  }

  private static func saysTheSame(_ a: Fact, _ b: Fact) -> Bool {
    a.hasSameValues(as: b) && a.times.event == b.times.event && a.times.published == b.times.published
  }

  private func store(_ fact: Fact, revision: Int64) throws {
    if let (column, value) = fact.badValue {
      throw StoreError.invalidFact("\(Fact.table) \(symbol) \(fact.date): column '\(column)' is \(value)")
    }
    guard fact.symbol == symbol else {
      throw StoreError.invalidFact("\(Fact.table) \(fact.date): symbol '\(fact.symbol)' in the history of '\(symbol)'")
    }
    insert.bind(2, fact.date.storedNumber)
    insert.bind(3, revision)
    fact.bindValues(to: insert, from: 4)
    let place = Int32(4 + Fact.valueColumns.count)
    insert.bind(place, fact.times.event)
    insert.bind(place + 1, fact.times.published)
    insert.bind(place + 2, fact.times.available)
    insert.bind(place + 3, fact.times.ingested)
    try insert.execute()
  }

  private static func stored(
    _ database: Database, symbol: String, from: CivilDate, to: CivilDate
  ) throws -> [Stored] {
    let select = try BulkStatement(database, Fact.selectSQL + " AND date BETWEEN ? AND ? ORDER BY date, revision")
    select.bind(1, symbol)
    select.bind(2, from.storedNumber)
    select.bind(3, to.storedNumber)
    var rows: [Stored] = []
    while try select.step() {
      rows.append(Stored(fact: Fact(symbol: symbol, row: select), revision: select.integer(1)))
    }
    return rows
  }
}

extension FactRow {
  /// Reads a row of ``selectSQL``.
  init(symbol: String, row: borrowing BulkStatement) {
    let times = FactTimes(event: row.time(2), published: row.time(3), available: row.time(4), ingested: row.time(5))
    self.init(symbol: symbol, date: CivilDate(storedNumber: row.integer(0)), times: times, row: row, from: 6)
  }

  /// For every key the newest revision that was available at `asOf`, in order of date.
  static func newest(_ database: Database, symbol: String, asOf: Timestamp?) throws -> [Self] {
    let select = try BulkStatement(database, selectSQL + " AND available <= ? ORDER BY date, revision")
    select.bind(1, symbol)
    select.bind(2, asOf ?? .distantFuture)
    var facts: [Self] = []
    while try select.step() {
      let fact = Self(symbol: symbol, row: select)
      if let last = facts.last, last.date == fact.date {
        // Revisions come in the order in which they were stored; a late import of an old vintage stays behind.
        if fact.times.available >= last.times.available { facts[facts.count - 1] = fact }
      } else {
        facts.append(fact)
      }
    }
    return facts
  }
}
