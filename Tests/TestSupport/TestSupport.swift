import Foundation

/// Finds the data that tests read.
public enum TestSupport {
  /// The root folder of the package.
  public static let packageRoot: URL = {
    var url = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  /// A golden file under `Tests/Vectors`, as in `vectors("drift/adwin.json")`.
  public static func vectors(_ path: String) -> URL {
    packageRoot.appendingPathComponent("Tests/Vectors").appendingPathComponent(path)
  }

  /// A file or folder of sample market data beside the checkout (`../shared/data`), or nil where there is none:
  /// the data's licences keep it out of the repository, and tests that need it are then skipped.
  public static func sharedData(_ path: String) -> URL? {
    let url = packageRoot.deletingLastPathComponent().appendingPathComponent("shared/data").appendingPathComponent(path)
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}
