import ArgumentParser
import Foundation
import HydraCore

/// `hydra config`: configuration files.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Configuration files: print one with every key, check one, show what holds and why.",
    subcommands: [ConfigInitCommand.self, ConfigCheckCommand.self, ConfigShowCommand.self])
}

/// `hydra config init`: a file with every key.
struct ConfigInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Print a commented YAML file with every key of run and demo and its default.")

  @Option(help: "File to write; it must not exist yet.")
  var out: String?

  @Flag(help: "The agent's settings as a table for documents instead.")
  var markdown = false

  func run() async throws {
    let text = markdown ? ConfigurationText.table : ConfigurationText.file(try CommandTree(root: Hydra.self))
    if let out, FileManager.default.fileExists(atPath: out) {
      throw RunnerError(.cannotCreate, "\(out): exists already", hint: "remove it, or name another file")
    }
    var output = OutputOptions()
    (output.format, output.out) = (nil, out)
    try output.emit(text)
  }
}

/// `hydra config check`: everything that is wrong with a file.
struct ConfigCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a configuration file; every fault with its line, exit code 78.")

  @Argument(help: "The YAML file.")
  var file: String

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let reader = try ConfigurationReader(path: file, tree: CommandTree(root: Hydra.self), root: Hydra.self)
    for fault in reader.faults {
      let hint = fault.hint.map { " (\($0))" } ?? ""
      let line = "hydra: error: \(file):\(fault.line): \(fault.message)\(hint)\n"
      FileHandle.standardError.write(Data(line.utf8))
    }
    guard reader.faults.isEmpty else { throw ExitCode(ExitStatus.badConfiguration.rawValue) }
    try output.write(
      summary: .object([("file", .string(file)), ("keys", JSONValue(reader.entries.count)), ("faults", 0)]))
  }
}

/// `hydra config show`: what holds, and where it comes from.
struct ConfigShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the settings that 'hydra run' would have with the same options, and where each comes from.")

  @OptionGroup var agent: AgentOptions
  @OptionGroup var store: StoreOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var run: RunOptions

  func run() async throws {
    let tree = try CommandTree(root: Hydra.self)
    let arguments = Array(CommandLine.arguments.dropFirst())
    var file: [(entry: ConfigurationReader.Entry, key: String)] = []
    if let path = run.config {
      let reader = try ConfigurationReader(path: path, tree: tree, root: Hydra.self)
      try reader.requireNoFault()
      file = reader.entries(for: ["run"], setsSettings: true)
    }
    var rows: [(key: String, value: String?, source: String, why: String)] = []
    // How a result is printed is this verb's own business here.
    let options = tree.command(for: ["run"]).command.options
      .filter { ConfigurationText.isShown($0) && !["format", "out"].contains($0.name) }
    for option in options {
      if let value = given(option, arguments) {
        rows.append((option.name, value, "command line", option.help))
      } else if let (entry, _) = file.first(where: { $0.key == option.name }) {
        rows.append((option.name, entry.values.joined(separator: ","), place(entry), option.help))
      } else {
        let standard = option.isFlag ? "false" : option.name == "threads" ? String(run.threads) : option.standard
        rows.append((option.name, standard, "default", option.help))
      }
    }
    let named = Set(try agent.set.map { try AgentOptions.parsed($0).setting.key })
      .union(agent.short.filter { $0.value != nil }.compactMap { Setting.ofOption($0.option)?.key })
    let onTop = try agent.settings(seed: run.seed)
    for setting in Setting.all {
      var settings = AgentSettings()
      var source = "default"
      if named.contains(setting.key) {
        (settings, source) = (onTop, "command line")
      } else if let (entry, _) = file.first(where: { $0.key == setting.key }) {
        // Checked when the file was read.
        _ = setting.set(entry.values[0], in: &settings)
        source = place(entry)
      }
      let value = ConfigurationText.yaml(setting.value(in: settings))
      rows.append(("\(ConfigurationReader.section).\(setting.key)", value, source, setting.why))
    }
    var table = RowTable(rows: rows.count)
    table.add(column: "key", rows.map { $0.key })
    table.add(column: "value", rows.map(\.value))
    table.add(column: "source", rows.map { $0.source })
    table.add(column: "why", rows.map { $0.why })
    try output.write(rows: table)
  }

  private func place(_ entry: ConfigurationReader.Entry) -> String { "\(run.config ?? ""):\(entry.line)" }

  /// The value that the command line gives an option.
  private func given(_ option: CommandTree.Option, _ arguments: [String]) -> String? {
    if option.isFlag { return arguments.contains("--\(option.name)") ? "true" : nil }
    return ConfigurationFile.value(of: "--\(option.name)", in: arguments)
  }
}
