import ArgumentParser
import Foundation
import HydraCore

/// The root of the command line.
@main
struct Hydra: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hydra",
    abstract: "An autonomous, self-healing trading agent for thin futures markets.",
    version: Version.number,
    subcommands: [
      DemoCommand.self, RunCommand.self, StatusCommand.self, ReportCommand.self, JournalCommand.self,
      ModelsCommand.self, ExperimentsCommand.self, DataCommand.self, FeaturesCommand.self, TreesCommand.self,
      LearnCommand.self, DriftCommand.self, EvaluateCommand.self, OptionsCommand.self, ReplayCommand.self,
      ConfigCommand.self, StudyCommand.self, HaltCommand.self, ResumeCommand.self, ApproveCommand.self,
      LanguageCommand.self, ExperimentWorkCommand.self,
    ])

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--version"] {
      print(Version.description)
      return
    }
    // A closed pipe is a write error like any other, not a silent death.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that may not grow any more.
    signal(SIGXFSZ, SIG_IGN)
    do {
      let expanded = try ConfigurationFile.expand(arguments, root: Self.self)
      var command = try parseAsRoot(expanded)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      fail(error)
    }
  }

  /// Prints one line and leaves with the code that stands for the error.
  static func fail(_ error: any Error) -> Never {
    let status: Int32
    if let known = ExitStatus(error) {
      FileHandle.standardError.write(Data("hydra: error: \(oneLine("\(error)"))\n".utf8))
      status = known.rawValue
    } else if exitCode(for: error) == .success {
      exit(withError: error)  // help and the like
    } else {
      let text = message(for: error)
      if !text.isEmpty {
        FileHandle.standardError.write(Data("hydra: error: \(oneLine(text)) (see 'hydra --help')\n".utf8))
      }
      status = exitCode(for: error).rawValue
    }
    Foundation.exit(status)
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ")
  }
}
