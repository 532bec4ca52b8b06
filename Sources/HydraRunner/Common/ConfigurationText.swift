import HydraCore

/// The configuration as text: a file with every key, and the table of the documents.
enum ConfigurationText {
  /// Whether an option belongs into a file or a list of settings: not those that name the file itself or are short for
  /// a setting.
  static func isShown(_ option: CommandTree.Option) -> Bool {
    !["config", "help", "version", "set"].contains(option.name)
      && Setting.ofOption(option.name) == nil
  }

  /// A YAML file with every key of `run` and `demo`, its default and its reason.
  static func file(_ tree: CommandTree) -> String {
    func options(_ verb: String) -> [CommandTree.Option] { tree.command(for: [verb]).command.options.filter(isShown) }
    let (run, demo) = (options("run"), options("demo"))
    // What a result is printed as, and where to, is no two verbs' common setting.
    let everywhere = Set(options("status").map(\.name)).subtracting(["format", "out"])
    var text = """
      # Every key of `hydra run` and `hydra demo` with its default. Keys that are left out keep it; what stands on the
      # command line wins. `hydra config check FILE` finds mistakes, `hydra config show --config FILE` says what holds.
      # Secrets never stand here: they come from the environment of the process.

      """
    for option in run where everywhere.contains(option.name) { text += line(option, indent: "") }
    text += "\nrun:\n"
    for option in run where !everywhere.contains(option.name) { text += line(option, indent: "  ") }
    text += "\ndemo:\n"
    for option in demo where !everywhere.contains(option.name) { text += line(option, indent: "  ") }
    text += "\n\(ConfigurationReader.section):\n"
    var open: [Substring] = []
    for setting in Setting.all {
      let parts = setting.key.split(separator: ".")
      let sections = Array(parts.dropLast())
      if sections != open {
        for depth in sections.indices where depth >= open.count || sections[depth] != open[depth] {
          text += "\n\(String(repeating: "  ", count: depth + 1))\(sections[depth]):\n"
        }
        open = sections
      }
      let indent = String(repeating: "  ", count: parts.count)
      let range = " (\(setting.range))"
      text += "\(indent)# \(setting.why)\(range == " (names)" ? "" : range)\n"
      text += "\(indent)\(parts[parts.count - 1]): \(yaml(setting.standard))\n"
    }
    return text
  }

  /// A key that has no default is there as a comment.
  private static func line(_ option: CommandTree.Option, indent: String) -> String {
    let standard = option.isFlag ? "false" : option.standard
    return "\(indent)# \(option.help)\n\(indent)\(standard.map { "\(option.name): \($0)" } ?? "# \(option.name):")\n"
  }

  /// A value as YAML writes it.
  static func yaml(_ value: JSONValue) -> String {
    switch value {
    case .array(let items): items.isEmpty ? "[]" : "[\(items.compactMap(\.string).joined(separator: ", "))]"
    case .number(let number): NumberText.text(number)
    default: value.string ?? value.description
    }
  }

  /// The agent's settings as a Markdown table.
  static var table: String {
    var text = "| key | default | range | why |\n|---|---|---|---|\n"
    for setting in Setting.all {
      text += "| `\(setting.key)` | \(yaml(setting.standard)) | \(setting.range) | \(setting.why) |\n"
    }
    return text
  }
}
