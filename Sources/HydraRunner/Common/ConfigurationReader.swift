import ArgumentParser
import Foundation
import HydraCore
import Yams

/// Reads a YAML configuration file: what it says, and everything that is wrong with it.
///
/// Keys are option names without the dashes. Keys of the top level apply to every verb that has the option; a mapping
/// under a verb's path (`run:` or `data: {synth: …}`) applies to that verb alone and wins over the top level; the
/// section `agent` holds the settings of ``Setting/all``. Secrets are refused and never printed.
struct ConfigurationReader {
  /// What is wrong, and where.
  struct Fault {
    var line: Int
    var message: String
    var hint: String?
  }

  /// A key with its value.
  struct Entry {
    enum Target {
      /// An option of the verbs at or below a path.
      case option(String, below: [String])
      case setting(Setting)
    }
    var target: Target
    var values: [String]
    var line: Int
  }

  let path: String
  private(set) var entries: [Entry] = []
  private(set) var faults: [Fault] = []
  private let tree: CommandTree
  private let root: any ParsableCommand.Type

  /// The section of the agent's settings.
  static let section = "agent"

  /// Reads a file; throws only when it cannot be read at all.
  init(path: String, tree: CommandTree, root: any ParsableCommand.Type) throws {
    (self.path, self.tree, self.root) = (path, tree, root)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RunnerError(.noInput, "\(path): cannot be read")
    }
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw RunnerError(.badConfiguration, "\(path): is not UTF-8")
    }
    do {
      guard let node = try Yams.compose(yaml: text) else { return }
      if case .mapping(let mapping) = node {
        walk(mapping, [])
      } else if case .scalar(let scalar) = node, scalar.string.isEmpty {
        return
      } else {
        fault(node, "a mapping of keys to values is expected")
      }
    } catch let error as YamlError {
      faults.append(Self.fault(of: error))
    }
    faults.sort { $0.line < $1.line }
  }

  /// The first fault as the error that ends a verb.
  func requireNoFault() throws {
    guard let first = faults.first else { return }
    let more = faults.count > 1 ? "; \(faults.count - 1) more, see 'hydra config check \(path)'" : ""
    throw RunnerError(.badConfiguration, "\(path):\(first.line): \(first.message)\(more)", hint: first.hint)
  }

  // MARK: - Walking

  private mutating func walk(_ mapping: Node.Mapping, _ below: [String]) {
    guard let level = below.reduce(tree.root as CommandTree.Command?, { $0?.subcommand($1) }) else { return }
    for (keyNode, value) in mapping {
      guard let key = name(keyNode) else { continue }
      if below.isEmpty, key == Self.section {
        if case .mapping(let inner) = value { walkSettings(inner, "") } else { fault(keyNode, "'agent' is a section") }
      } else if level.subcommand(key) != nil {
        if case .mapping(let inner) = value {
          walk(inner, below + [key])
        } else {
          fault(keyNode, "'\(key)' is a verb: its options are expected below it")
        }
      } else if level.allOptions.contains(key), key != "config" {
        option(key, value, keyNode, below)
      } else {
        let known = level.allOptions.union(level.subcommands.map(\.name)).subtracting(["config", "help", "version"])
        unknown(key, keyNode, among: known.sorted() + (below.isEmpty ? [Self.section] : []), prefix: "")
      }
    }
  }

  private mutating func walkSettings(_ mapping: Node.Mapping, _ prefix: String) {
    for (keyNode, value) in mapping {
      guard let key = name(keyNode) else { continue }
      let full = prefix + key
      if let setting = Setting.named(full) {
        guard let values = values(value, keyNode, key) else { continue }
        if values.count != 1, setting.range != "names" {
          fault(keyNode, "'\(full)' takes one value")
          continue
        }
        var trial = AgentSettings()
        if let problem = setting.set(values.joined(separator: ","), in: &trial) {
          fault(keyNode, "'\(full)': \(problem)")
        } else {
          entries.append(
            Entry(target: .setting(setting), values: [values.joined(separator: ",")], line: line(keyNode)))
        }
      } else if Setting.all.contains(where: { $0.key.hasPrefix(full + ".") }) {
        if case .mapping(let inner) = value {
          walkSettings(inner, full + ".")
        } else {
          fault(keyNode, "'\(full)' is a section")
        }
      } else {
        let known = Setting.all.filter { $0.key.hasPrefix(prefix) }
          .compactMap { $0.key.dropFirst(prefix.count).split(separator: ".").first.map(String.init) }
        unknown(key, keyNode, among: Array(Set(known)).sorted(), prefix: prefix)
      }
    }
  }

  private mutating func option(_ key: String, _ value: Node, _ keyNode: Node, _ below: [String]) {
    guard let values = values(value, keyNode, key) else { return }
    let verbs = tree.verbs(with: key, below: below)
    if let setting = Setting.ofOption(key), verbs.contains(where: { tree.command(for: $0).command.setsSettings }) {
      var trial = AgentSettings()
      if let problem = setting.set(values.joined(separator: ","), in: &trial) {
        return fault(keyNode, "'\(key)': \(problem)")
      }
    }
    if let problem = refusal(of: key, values, verbs) { return fault(keyNode, problem) }
    entries.append(Entry(target: .option(key, below: below), values: values, line: line(keyNode)))
  }

  /// What the argument parser says against an option's value; nil when it takes it.
  private func refusal(of key: String, _ values: [String], _ verbs: [[String]]) -> String? {
    // `demo` needs no other option, so that it can be parsed alone.
    guard let verb = verbs.first(where: { $0 == ["demo"] }) ?? verbs.first else { return nil }
    let command = tree.command(for: verb).command
    if command.option(key)?.isFlag == true {
      return ["true", "false"].contains(values.joined()) ? nil : "'\(key)' is true or false, not '\(values.joined())'"
    }
    if values.count != 1, command.option(key)?.isRepeating == false { return "'\(key)' takes one value" }
    do {
      _ = try root.parseAsRoot(verb + values.flatMap { ["--\(key)", $0] })
    } catch {
      let text = root.message(for: error)
      guard text.contains("--\(key) ") else { return nil }
      return text.split(whereSeparator: \.isNewline).joined(separator: " ").replacing("--\(key)", with: key)
    }
    return nil
  }

  // MARK: - Nodes

  private func line(_ node: Node) -> Int { node.mark?.line ?? 1 }

  private mutating func fault(_ node: Node, _ message: String, hint: String? = nil) {
    faults.append(Fault(line: line(node), message: message, hint: hint))
  }

  private mutating func unknown(_ key: String, _ node: Node, among known: [String], prefix: String) {
    let nearest = nearestName(to: key, in: known)
    fault(
      node, "unknown key '\(prefix)\(key)'",
      hint: nearest.map { "did you mean '\($0)'?" } ?? "'hydra config init' prints every key")
  }

  /// The key's text; nil, with a fault, when it is none or that of a secret.
  private mutating func name(_ node: Node) -> String? {
    guard let key = node.string else {
      fault(node, "a key is not text")
      return nil
    }
    guard !Self.isSecret(key) else {
      fault(
        node, "'\(key)' looks like a secret, and files are no place for secrets",
        hint: "set it in the environment of the process instead, and take it out of the file")
      return nil
    }
    return key
  }

  /// The value's texts; nil, with a fault, when it is neither one value nor a list of values.
  private mutating func values(_ node: Node, _ keyNode: Node, _ key: String) -> [String]? {
    let texts: [String?]
    switch node {
    case .scalar(let scalar): texts = [scalar.string]
    case .sequence(let items): texts = items.map { $0.scalar?.string }
    default: texts = [nil]
    }
    let values = texts.compactMap { $0 }
    guard values.count == texts.count else {
      fault(keyNode, "'\(key)' takes a value, not a mapping")
      return nil
    }
    guard !values.contains(where: Self.holdsPassword) else {
      fault(keyNode, "the address of '\(key)' holds a password", hint: "set it in the environment instead")
      return nil
    }
    return values
  }

  /// Whether a key is one under which people keep secrets.
  static func isSecret(_ key: String) -> Bool {
    // `maximum-tokens` counts words; `token` opens doors.
    let letters = key.lowercased().filter(\.isLetter).replacing("tokens", with: "")
    let words = [
      "apikey", "token", "password", "passwd", "passphrase", "secret", "credential", "privatekey", "accesskey",
      "authorization", "bearer",
    ]
    return words.contains { letters.contains($0) }
  }

  /// Whether a value is an address with a password in it, as in `postgresql://user:word@host`.
  static func holdsPassword(_ value: String) -> Bool {
    guard let scheme = value.firstRange(of: "://") else { return false }
    let authority = value[scheme.upperBound...].prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return false }
    return authority[..<at].contains(":")
  }

  /// The parser's error without the text around it, which may be a secret.
  static func fault(of error: YamlError) -> Fault {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return Fault(line: mark.line, message: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      return Fault(
        line: context.mark.line, message: "key '\(duplicates.sorted().joined(separator: "', '"))' stands twice")
    case .reader(let problem, _, _, _): return Fault(line: 1, message: "not YAML: \(problem)")
    default: return Fault(line: 1, message: "not YAML")
    }
  }
}
