import ArgumentParser
import HydraCore

/// The verbs and their options, read from the argument parser's own description of itself.
struct CommandTree {
  /// An option of a verb.
  struct Option {
    var name: String
    var isFlag: Bool
    /// Takes several values.
    var isRepeating: Bool
    /// What `--help` says of it.
    var help: String
    /// Nil where there is none, and where it depends on the machine.
    var standard: String?
  }

  struct Command {
    /// By name, in the order of `--help`.
    var subcommands: [(name: String, command: Command)] = []
    /// In the order of `--help`.
    var options: [Option] = []
    /// Names of the options of this command and of all below it.
    var allOptions: Set<String> = []

    func subcommand(_ name: String) -> Command? { subcommands.first { $0.name == name }?.command }
    func option(_ name: String) -> Option? { options.first { $0.name == name } }

    /// Whether the verb takes the agent's settings, so that some of its options are short for settings.
    var setsSettings: Bool { option("set") != nil }
  }

  private(set) var root = Command()

  init(root type: any ParsableCommand.Type) throws {
    let json = try JSONValue(parsing: Array(type._dumpHelp().utf8))
    guard let command = json["command"] else {
      throw RunnerError(.internalError, "the argument parser's description has no command")
    }
    root = Self.read(command)
  }

  private static func read(_ json: JSONValue) -> Command {
    var command = Command()
    for argument in json["arguments"]?.array ?? [] where argument["kind"]?.string != "positional" {
      for name in argument["names"]?.array ?? [] where name["kind"]?.string == "long" {
        guard let text = name["name"]?.string else { continue }
        command.options.append(
          Option(
            name: text, isFlag: argument["kind"]?.string == "flag",
            isRepeating: argument["isRepeating"]?.bool == true, help: argument["abstract"]?.string ?? "",
            standard: text == "threads" ? nil : argument["defaultValue"]?.string))
      }
    }
    command.allOptions = Set(command.options.map(\.name))
    for sub in json["subcommands"]?.array ?? [] {
      guard let name = sub["commandName"]?.string else { continue }
      let child = read(sub)
      command.subcommands.append((name, child))
      command.allOptions.formUnion(child.allOptions)
    }
    return command
  }

  /// The verb that the arguments name, with its path and the number of arguments up to it.
  func command(for arguments: [String]) -> (path: [String], command: Command, end: Int) {
    var (path, command, end) = ([String](), root, 0)
    for (index, argument) in arguments.enumerated() {
      guard let next = command.subcommand(argument) else { continue }
      path.append(argument)
      command = next
      end = index + 1
    }
    return (path, command, end)
  }

  /// The paths of the verbs that have an option, at or below a path.
  func verbs(with option: String, below path: [String]) -> [[String]] {
    var start = root
    for name in path { start = start.subcommand(name) ?? Command() }
    func walk(_ command: Command, _ path: [String]) -> [[String]] {
      let isVerb = command.subcommands.isEmpty && command.option(option) != nil
      return (isVerb ? [path] : []) + command.subcommands.flatMap { walk($0.command, path + [$0.name]) }
    }
    return walk(start, path)
  }
}
