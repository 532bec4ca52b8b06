import ArgumentParser
import HydraCore

/// Turns what a configuration file says into command-line arguments.
enum ConfigurationFile {
  /// `arguments` with what the file named by `--config` says added, where there is one. What stands on the command line
  /// wins over the file; in it a verb's own section wins over the top level, and that over the section `agent`.
  static func expand(_ arguments: [String], root: any ParsableCommand.Type) throws -> [String] {
    guard let path = value(of: "--config", in: arguments) else { return arguments }
    let tree = try CommandTree(root: root)
    // `hydra config` reads the file itself.
    guard tree.command(for: arguments).path.first != "config" else { return arguments }
    let reader = try ConfigurationReader(path: path, tree: tree, root: root)
    try reader.requireNoFault()
    let arguments = without("--config", arguments)
    let (verb, command, end) = tree.command(for: arguments)
    var (early, late): ([String], [String]) = ([], [])
    for (entry, key) in reader.entries(for: verb, setsSettings: command.setsSettings) {
      if command.setsSettings, Setting.named(key) != nil {
        // Before the command line's own, which win because they come later.
        early += ["--set", "\(key)=\(entry.values[0])"]
      } else if let option = command.option(key), !arguments.contains(where: { names($0, key) }) {
        if option.isFlag {
          if entry.values == ["true"] { late.append("--\(key)") }
        } else {
          late += entry.values.flatMap { ["--\(key)", $0] }
        }
      }
    }
    return arguments[..<end] + early + arguments[end...] + late
  }

  /// Whether an argument names that option.
  private static func names(_ argument: String, _ option: String) -> Bool {
    argument == "--\(option)" || argument.hasPrefix("--\(option)=")
  }

  /// The value that an option has on a command line.
  static func value(of option: String, in arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if argument == option, index + 1 < arguments.count { return arguments[index + 1] }
      if argument.hasPrefix(option + "=") { return String(argument.dropFirst(option.count + 1)) }
    }
    return nil
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
}

extension ConfigurationReader {
  /// What the file says for a verb: one entry a key, the one that wins, with the option's name or the setting's key.
  func entries(for verb: [String], setsSettings: Bool) -> [(entry: Entry, key: String)] {
    var chosen: [(entry: Entry, key: String, depth: Int)] = []
    for entry in entries {
      let (key, depth): (String, Int)
      switch entry.target {
      case .setting(let setting):
        guard setsSettings else { continue }
        (key, depth) = (setting.key, -1)
      case .option(let name, let below):
        guard verb.starts(with: below) else { continue }
        (key, depth) = ((setsSettings ? Setting.ofOption(name)?.key : nil) ?? name, below.count)
      }
      if let index = chosen.firstIndex(where: { $0.key == key }) {
        if depth >= chosen[index].depth { chosen[index] = (entry, key, depth) }
      } else {
        chosen.append((entry, key, depth))
      }
    }
    return chosen.map { ($0.entry, $0.key) }
  }
}
