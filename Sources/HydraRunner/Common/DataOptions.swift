import ArgumentParser
import Foundation
import HydraCore
import Yams

/// The folder of market data that a verb reads.
struct DataOption: ParsableArguments {
  @Option(
    help: """
      Market-data folder: carry/, daily/ and cot/, or files of one's own with a mapping; default: the folder of --mapping.
      """)
  var data: String?

  @OptionGroup var mapping: MappingOption

  /// Where the data are.
  func path() throws -> String {
    if let data { return data }
    guard let file = mapping.mapping else { throw RunnerError(.usage, "--data or --mapping is needed") }
    let parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
  }

  func folder() throws -> MarketFolder { try mapping.folder(path()) }

  /// One market of the folder. What is read here is shown and not kept, so its time of arrival does not matter.
  func history(_ market: String, repairs: RepairRules = RepairRules()) throws -> MarketHistory {
    try folder().history(symbol: market, ingested: Timestamp(nanoseconds: 0), repairs: repairs)
  }
}

/// What own files and columns are called.
struct MappingOption: ParsableArguments {
  @Option(help: "YAML mapping of own files and columns; default: mapping.yaml in the data folder, where there is one.")
  var mapping: String?

  /// The folder, read through its mapping where it has one.
  func folder(_ path: String) throws -> MarketFolder {
    guard FileManager.default.fileExists(atPath: path) else { throw RunnerError(.noInput, "\(path): no such folder") }
    let own = "\(path)/mapping.yaml"
    guard let file = mapping ?? (FileManager.default.fileExists(atPath: own) ? own : nil) else {
      return MarketFolder(path: path)
    }
    return MarketFolder(path: path, mapping: try MappingFile.read(file))
  }
}

/// The rules for what is odd in the data.
struct RepairOption: ParsableArguments {
  @Option(
    name: .customLong("repair"),
    help: ArgumentHelp(
      "Rule for a kind of finding, as in bad_tick=correct; keep, drop or correct, repeatable.",
      valueName: "kind=action"))
  var repairs: [String] = []

  /// The rules with those of the options on top.
  func rules(on base: RepairRules = RepairRules()) throws -> RepairRules {
    var rules = base
    for text in repairs {
      do { try rules.set(text) } catch { throw RunnerError(.usage, "--repair: \(error)") }
    }
    return rules
  }
}

/// Reads a YAML mapping; errors name the line.
enum MappingFile {
  static func read(_ path: String) throws -> MarketMapping {
    let node = try node(path)
    do {
      return try MarketMapping(json(node))
    } catch {
      throw RunnerError(.badConfiguration, "\(path):\(line(error.path, in: node)): \(error)")
    }
  }

  /// The file as a tree of nodes.
  static func node(_ path: String) throws -> Node {
    guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8) else {
      throw RunnerError(.noInput, "\(path): cannot be read")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      let fault = ConfigurationReader.fault(of: error)
      throw RunnerError(.badConfiguration, "\(path):\(fault.line): \(fault.message)", hint: fault.hint)
    }
    guard let node else { throw RunnerError(.badConfiguration, "\(path): is empty") }
    return node
  }

  /// A node as JSON: plain scalars are numbers where they read as such.
  static func json(_ node: Node) -> JSONValue {
    switch node {
    case .mapping(let mapping): return .object(mapping.map { (key: $0.key.string ?? "", value: json($0.value)) })
    case .sequence(let items): return .array(items.map(json))
    default:
      if node.null != nil { return .null }
      if let whole = node.int { return JSONValue(whole) }
      if let number = node.float { return JSONValue(number) }
      return .string(node.string ?? "")
    }
  }

  /// The line of the key where the path leads, or of the last one on the way that is there.
  static func line(_ path: [String], in root: Node) -> Int {
    var (node, line) = (root, root.mark?.line ?? 1)
    for key in path {
      switch node {
      case .mapping(let mapping):
        guard let entry = mapping.first(where: { $0.key.string == key }) else { return line }
        line = entry.key.mark?.line ?? line
        node = entry.value
      case .sequence(let items):
        guard let index = Int(key), items.indices.contains(index) else { return line }
        node = items[index]
        line = node.mark?.line ?? line
      default: return line
      }
    }
    return line
  }
}
