import HydraCore

/// What `hydra --version` prints.
enum Version {
  static let number = Agent.version

  #if HYDRA_BUILD_COMMIT
  static let commit = buildCommit
  #else
  static let commit = "unknown"
  #endif

  /// Version, commit, and the libraries that results can depend on.
  static var description: String {
    #if swift(>=6.3)
    let swift = "6.3"
    #elseif swift(>=6.2)
    let swift = "6.2"
    #else
    let swift = "6.1"
    #endif
    return """
      hydra \(number)
      commit \(commit)
      Swift \(swift)
      BLAS \(LinearAlgebraLibrary.version)
      SQLite \(Store.libraryVersion)
      curl \(HTTPClient.libraryVersion)
      """
  }
}
