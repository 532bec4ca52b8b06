import Foundation

/// `hydra-bench`: times the hot paths of the library, alone or beside other programs on the same files.
@main
enum HydraBench {
  /// The version of the library that is measured, as in `CHANGELOG.md`.
  static let version = "0.1.0"

  static let usage = """
    usage: hydra-bench CALL …

      \(OptionsCall.usage)
      \(OptionsAmericanCall.usage)
      \(SmileCall.usage)
      \(TreesCall.usage)
      \(DriftCall.usage)
      \(DriftEndlessCall.usage)
      \(ReplayCall.usage)
      \(SearchCall.usage)
      \(AllCall.usage)

    One thread unless the parameters say otherwise. Reading input is not timed; results are checked before they are.
    """

  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("hydra-bench: error: \(error)\n".utf8))
      exit(BenchError.exitCode(of: error))
    }
  }

  private static func run(_ words: [String]) throws {
    guard let call = words.first else { throw BenchError.usage("no call is given\n\(usage)") }
    let rest = words.dropFirst()
    if ["help", "-h", "--help"].contains(call) || rest.contains("--help") { return print(usage) }
    switch call {
    case "options": try OptionsCall.run(rest)
    case "trees": try TreesCall.run(rest)
    case "drift": try DriftCall.run(rest)
    case "drift-endless": try DriftEndlessCall.run(rest)
    case "replay": try ReplayCall.run(rest)
    case "search": try SearchCall.run(rest)
    case "all": try AllCall.run(rest)
    default:
      throw BenchError.usage("unknown call '\(call)'; calls: options, trees, drift, drift-endless, replay, search, all")
    }
  }
}
