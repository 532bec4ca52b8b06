import ArgumentParser
import Foundation
import HydraCore
import Yams

/// Turns a YAML configuration file into command-line options.
///
/// Keys are option names without the dashes. Keys of the top level apply to every verb that has the option; a mapping
/// under a verb's path (`run:` or `data: {synth: …}`) applies to that verb alone and wins over the top level; what
/// stands on the command line wins over both. A key that no verb knows is an error that names the nearest one.
struct ConfigurationFile {
  /// `arguments` with the options of the file named by `--config` added, where there is one.
  static func expand(_ arguments: [String], root: any ParsableCommand.Type) throws -> [String] {
    guard let path = value(of: "--config", in: arguments) else { return arguments }
    let arguments = without("--config", arguments)
    guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8) else {
      throw RunnerError(.noInput, "\(path): cannot be read")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw RunnerError(.badConfiguration, "\(path): \(error)".split(separator: "\n").joined(separator: " "))
    }
    guard let node else { return arguments }
    guard case .mapping(let mapping) = node else {
      throw RunnerError(.badConfiguration, "\(path):1: a mapping of option names to values is expected")
    }
    let tree = try CommandTree(root: root)
    return try ConfigurationFile(path: path, tree: tree).merge(mapping, into: arguments)
  }

  private let path: String
  private let tree: CommandTree

  private func merge(_ mapping: Node.Mapping, into arguments: [String]) throws -> [String] {
    let (verbPath, command) = tree.command(for: arguments)
    var chosen: [(name: String, values: [String])] = []
    try collect(mapping, at: tree.root, verbPath: verbPath[...], command: command, into: &chosen)
    var result = arguments
    for (name, values) in chosen {
      let option = "--\(name)"
      let isGiven = arguments.contains { $0 == option || $0.hasPrefix(option + "=") }
      guard !isGiven, let kind = command.options[name] else { continue }
      for value in values {
        switch kind {
        case .flag: if value == "true" { result.append(option) }
        case .option: result += [option, value]
        }
      }
    }
    return result
  }

  /// Walks the file: options of the chosen verb are collected, keys that nobody knows are refused.
  private func collect(
    _ mapping: Node.Mapping, at level: CommandTree.Command, verbPath: ArraySlice<String>,
    command: CommandTree.Command, into chosen: inout [(name: String, values: [String])]
  ) throws {
    for (keyNode, valueNode) in mapping {
      let line = keyNode.mark?.line ?? 1
      guard let key = keyNode.string else {
        throw RunnerError(.badConfiguration, "\(path):\(line): a key is not text")
      }
      if case .mapping(let inner) = valueNode {
        guard let sub = level.subcommands[key] else { throw unknown(key, line, level) }
        let isOnPath = verbPath.first == key
        var ignored: [(name: String, values: [String])] = []
        if isOnPath {
          try collect(inner, at: sub, verbPath: verbPath.dropFirst(), command: command, into: &chosen)
        } else {
          try collect(inner, at: sub, verbPath: [], command: command, into: &ignored)
        }
        continue
      }
      guard level.allOptions.contains(key) else { throw unknown(key, line, level) }
      let values: [String]
      switch valueNode {
      case .sequence(let items): values = items.compactMap { $0.scalar?.string }
      case .scalar(let scalar): values = [scalar.string]
      default: throw RunnerError(.badConfiguration, "\(path):\(line): '\(key)' has a value that is not one")
      }
      chosen.removeAll { $0.name == key }
      chosen.append((key, values))
    }
  }

  private func unknown(_ key: String, _ line: Int, _ level: CommandTree.Command) -> RunnerError {
    let known = level.allOptions.union(level.subcommands.keys)
    let nearest = known.min { (editDistance($0, key), $0) < (editDistance($1, key), $1) }
    return RunnerError(
      .badConfiguration, "\(path):\(line): unknown key '\(key)'", hint: nearest.map { "did you mean '\($0)'?" })
  }

  /// The arguments without an option and its value.
  private static func without(_ option: String, _ arguments: [String]) -> [String] {
    var result: [String] = []
    var isValue = false
    for argument in arguments {
      if isValue {
        isValue = false
      } else if argument == option {
        isValue = true
      } else if !argument.hasPrefix(option + "=") {
        result.append(argument)
      }
    }
    return result
  }

  static func value(of option: String, in arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if argument == option, index + 1 < arguments.count { return arguments[index + 1] }
      if argument.hasPrefix(option + "=") { return String(argument.dropFirst(option.count + 1)) }
    }
    return nil
  }
}

/// The verbs and their options, read from the argument parser's own description of itself.
struct CommandTree {
  enum Kind { case flag, option }

  struct Command {
    var subcommands: [String: Command] = [:]
    var options: [String: Kind] = [:]
    /// Options of this command and of all below it.
    var allOptions: Set<String> = []
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
    for argument in json["arguments"]?.array ?? [] {
      let kind: Kind = argument["kind"]?.string == "flag" ? .flag : .option
      guard argument["kind"]?.string != "positional" else { continue }
      for name in argument["names"]?.array ?? [] where name["kind"]?.string == "long" {
        if let text = name["name"]?.string { command.options[text] = kind }
      }
    }
    command.allOptions = Set(command.options.keys)
    for sub in json["subcommands"]?.array ?? [] {
      guard let name = sub["commandName"]?.string else { continue }
      let child = read(sub)
      command.subcommands[name] = child
      command.allOptions.formUnion(child.allOptions)
    }
    return command
  }

  /// The verb that the arguments name, with its path.
  func command(for arguments: [String]) -> (path: [String], command: Command) {
    var (path, command) = ([String](), root)
    for argument in arguments {
      guard let next = command.subcommands[argument] else { continue }
      path.append(argument)
      command = next
    }
    return (path, command)
  }
}

/// Levenshtein's distance: insertions, deletions and replacements that turn `a` into `b`.
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.utf8), Array(b.utf8))
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let replaced = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
