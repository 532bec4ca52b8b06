/// Where a store lies, as it is written on a command line or in a configuration file.
///
///     try StoreLocation("sqlite:hydra.sqlite")     // .file("hydra.sqlite")
///     try StoreLocation("sqlite::memory:")         // .memory
///     try StoreLocation("data/hydra.sqlite")       // .file("data/hydra.sqlite")
public enum StoreLocation: Hashable, Sendable, CustomStringConvertible {
  /// An SQLite file.
  case file(String)
  /// A database that vanishes with the ``Store``; for tests and trials.
  case memory

  /// Reads `sqlite:PATH`, `sqlite:///absolute/path`, a plain path, or `:memory:`.
  ///
  /// Throws ``StoreError/badLocation(_:reason:)`` for any other scheme, and ``StoreError/notBuilt(_:)`` for
  /// `postgresql://`, which the address form already reserves.
  public init(_ text: String) throws(StoreError) {
    guard let colon = text.firstIndex(of: ":"), text != ":memory:" else {
      self = try StoreLocation(path: text, written: text)
      return
    }
    let (scheme, rest) = (text[..<colon], text[text.index(after: colon)...])
    switch scheme {
    case "sqlite":
      // `sqlite:///srv/x` is the address form of the absolute path /srv/x.
      self = try StoreLocation(path: rest.hasPrefix("///") ? String(rest.dropFirst(2)) : String(rest), written: text)
    case "postgresql", "postgres":
      throw .notBuilt("a store in PostgreSQL is not built yet; use sqlite:PATH")
    default:
      if scheme.contains("/") || scheme.isEmpty {
        self = try StoreLocation(path: text, written: text)
      } else {
        throw .badLocation(text, reason: "'\(scheme)' is not a kind of store; use sqlite:PATH")
      }
    }
  }

  private init(path: String, written text: String) throws(StoreError) {
    guard !path.isEmpty else { throw .badLocation(text, reason: "the path is empty; use sqlite:PATH") }
    self = path == ":memory:" ? .memory : .file(path)
  }

  /// The address form; the text that makes this location again.
  public var description: String {
    switch self {
    case .file(let path): "sqlite:\(path)"
    case .memory: "sqlite::memory:"
    }
  }

  /// The path as messages name it.
  var path: String {
    switch self {
    case .file(let path): path
    case .memory: ":memory:"
    }
  }
}
