import Foundation
import HydraCore
import TestSupport
import Testing

@testable import HydraRunner

@Suite struct ConfigTests {
  private func check(_ text: String) throws -> RunnerProcess {
    try RunnerProcess.inScratch { folder in
      let file = folder.appendingPathComponent("hydra.yaml")
      try Data(text.utf8).write(to: file)
      return try RunnerProcess.run(["config", "check", file.path])
    }
  }

  /// Rows of `config show`: key to value and source.
  private func show(_ arguments: [String], in folder: URL? = nil) throws -> [String: (value: String, source: String)] {
    let run = try RunnerProcess.run(["config", "show", "--format", "json"] + arguments, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    var rows: [String: (value: String, source: String)] = [:]
    for row in try JSONValue(parsing: Array(run.output.utf8)).array ?? [] {
      rows[row["key"]?.string ?? ""] = (row["value"]?.string ?? "", row["source"]?.string ?? "")
    }
    return rows
  }

  @Test func theFileThatInitPrintsIsSoundAndChangesNothing() throws {
    try RunnerProcess.inScratch { folder in
      let made = try RunnerProcess.run(["config", "init", "--out", "hydra.yaml"], in: folder)
      #expect(made.status == 0, "\(made.errors)")
      let checked = try RunnerProcess.run(["config", "check", "hydra.yaml"], in: folder)
      #expect(checked.status == 0, "\(checked.errors)")
      let (plain, filed) = (try show([]), try show(["--config", "hydra.yaml"], in: folder))
      #expect(plain.count > 50 && plain.keys == filed.keys)
      for (key, row) in plain {
        #expect(row.source == "default")
        #expect(filed[key]?.value == row.value, "\(key)")
        if key.hasPrefix("agent.") { #expect(filed[key]?.source.hasPrefix("hydra.yaml:") == true, "\(key)") }
      }
      let again = try RunnerProcess.run(["config", "init", "--out", "hydra.yaml"], in: folder)
      #expect(again.status == 73 && again.errors.contains("exists already"))
    }
  }

  @Test func everyFaultIsNamedWithItsLine() throws {
    let text = """
      seed: many
      sead: 5
      threads: 0
      quiet: perhaps
      run:
        market: ZO
        from: 2013-02-30
        capital: -5
      nonsense:
        key: 1
      demo: 7
      agent:
        capitl: 5
        horizon: 1.5
        limits:
          participation: 2
          total-loss-stop: [0.1, 0.2]
        healing: 3
        recipe:
          decay-half-life: null
          trees: {leaves: 1}
      store: [a, b]
      """
    let run = try check(text)
    #expect(run.status == 78 && run.output.isEmpty)
    let lines = run.errors.split(separator: "\n")
    let expected: [(line: Int, words: [String])] = [
      (1, ["many", "seed"]), (2, ["unknown key 'sead'", "did you mean 'seed'"]), (3, ["threads", "0"]),
      (4, ["quiet", "true or false"]), (7, ["2013-02-30", "from"]), (8, ["capital", "-5", "1…"]),
      (9, ["unknown key 'nonsense'"]), (11, ["'demo' is a verb"]), (13, ["'capitl'", "'capital'"]),
      (14, ["horizon", "'1.5' is not a whole number"]), (16, ["limits.participation", "0.0001…1"]),
      (17, ["limits.total-loss-stop", "one value"]), (18, ["'healing' is a section"]),
      (21, ["recipe.trees.leaves", "2…1024"]), (22, ["'store' takes one value"]),
    ]
    #expect(lines.count == expected.count, "\(run.errors)")
    for (line, fault) in zip(lines, expected) {
      #expect(line.hasPrefix("hydra: error: ") && line.contains("hydra.yaml:\(fault.line): "), "\(line)")
      for word in fault.words { #expect(line.contains(word), "\(line) lacks \(word)") }
    }
  }

  @Test func filesThatAreNoConfigurationAreRefused() throws {
    for (text, words) in [
      ("- 1\n- 2\n", "a mapping"), ("a: [1, 2\n", "not YAML"), ("seed: 1\nseed: 2\n", "stands twice"),
      ("agent: {capital: {x: 1}}\n", "not a mapping"), ("just words", "a mapping"),
    ] {
      let run = try check(text)
      #expect(run.status == 78 && run.errors.contains(words), "\(text): \(run.errors)")
    }
    #expect(try check("# nothing\n").status == 0)
    #expect(try RunnerProcess.run(["config", "check", "/nowhere.yaml"]).status == 66)
  }

  @Test func secretsAreRefusedAndNeverPrinted() throws {
    for key in ["api_key", "OPENAI-API-KEY", "token", "dbPassword", "client_secret", "run: {api_key"] {
      let text = "\(key): hunter2xyz\(key.contains("{") ? "}" : "")\n"
      let run = try check(text)
      #expect(run.status == 78 && run.errors.contains("looks like a secret"), "\(text): \(run.errors)")
      #expect(run.errors.contains("environment") && !run.errors.contains("hunter2xyz"), "\(run.errors)")
    }
    let address = try check("store: postgresql://user:hunter2xyz@host/base\n")
    #expect(address.status == 78 && !address.errors.contains("hunter2xyz"), "\(address.errors)")
    // A broken file: the parser's own message would quote it.
    let broken = try check("api_key: [hunter2xyz\n")
    #expect(broken.status == 78 && !broken.errors.contains("hunter2xyz"), "\(broken.errors)")
    try RunnerProcess.inScratch { folder in
      try Data("token: hunter2xyz\n".utf8).write(to: folder.appendingPathComponent("c.yaml"))
      let run = try RunnerProcess.run(["demo", "--config", "c.yaml"], in: folder)
      #expect(run.status == 78 && run.errors.contains("c.yaml:1:") && !run.errors.contains("hunter2xyz"))
    }
  }

  @Test func theCommandLineWinsOverTheVerbAndTheVerbOverTheRest() throws {
    try RunnerProcess.inScratch { folder in
      let text = """
        agent: {capital: 1000, horizon: 7, healing: {trials: 9}, limits: {participation: 0.2}}
        horizon: 8
        seed: 3
        run: {horizon: 9, trials: 11, seed: 4}
        demo: {trials: 12}
        """
      try Data(text.utf8).write(to: folder.appendingPathComponent("c.yaml"))
      let rows = try show(
        ["--config", "c.yaml", "--participation", "0.3", "--set", "capital=2000", "--set", "recipe.dropped=a,b"],
        in: folder)
      func row(_ key: String) -> String { "\(rows[key]?.value ?? "?") from \(rows[key]?.source ?? "?")" }
      #expect(row("agent.capital") == "2000 from command line")
      #expect(row("agent.horizon") == "9 from c.yaml:4")
      #expect(row("agent.healing.trials") == "11 from c.yaml:4")
      #expect(row("agent.limits.participation") == "0.3 from command line")
      #expect(row("agent.recipe.dropped") == "[a, b] from command line")
      #expect(row("seed") == "4 from c.yaml:4")
      #expect(row("agent.embargo") == "5 from default")
      #expect(rows["agent.limits.price-collar"]?.value == "0.2")
    }
  }

  @Test func aRunTakesNestedSettingsFromTheFile() throws {
    try RunnerProcess.inScratch { folder in
      let text = """
        quiet: true
        demo: {years: 3, effect-scale: 5, no-options: true}
        agent: {capital: 123456, warm-up-rows: 300, healing: {trials: 1}, recipe: {trees: {rounds: 3, leaves: 3}}}
        """
      try Data(text.utf8).write(to: folder.appendingPathComponent("c.yaml"))
      let run = try RunnerProcess.run(
        ["demo", "--config", "c.yaml", "--out", "d", "--set", "recipe.trees.leaves=4"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(try JSONValue(parsing: Array(run.output.utf8))["capital"]?.double == 123_456)
      let journal = try RunnerProcess.run(
        ["journal", "export", "--store", "sqlite:d/hydra.sqlite"], in: folder)
      let first = try #require(journal.output.split(separator: "\n").first { $0.contains("\"warmUpRows\"") })
      #expect(first.contains("\"warmUpRows\":300") && first.contains("\"leaves\":4"), "\(first)")
    }
  }

  @Test func wrongSettingsOnTheCommandLineAreNamed() throws {
    for (arguments, words) in [
      (["--set", "healing.trails=3"], "did you mean 'healing.trials'?"), (["--set", "capital"], "KEY=VALUE"),
      (["--set", "horizon=abc"], "not a whole number"), (["--capital=-5"], "out of range"),
      (["--set", "limits.price-collar=nan"], "out of range"), (["--set", "api_key=hunter2xyz"], "no setting"),
    ] {
      let run = try RunnerProcess.run(["config", "show"] + arguments)
      #expect(run.status == 64 && run.errors.contains(words), "\(arguments): \(run.errors)")
      #expect(!run.errors.contains("hunter2xyz"))
    }
  }
}

/// The table of settings against the code and the documents.
@Suite struct SettingTableTests {
  /// Members of the agent's settings that are not the operator's: the run's seed, and what the way of fitting decides.
  static let notSettable: Set<String> = [
    "seed", "recipe.trees.seed", "recipe.trees.objective", "recipe.trees.minimumLeafHessian", "recipe.trees.l1",
    "recipe.trees.minimumGain", "recipe.trees.baggingInterval", "recipe.trees.minimumBinRows",
    "recipe.trees.startsFromAverage",
  ]

  /// Leaves of a JSON value by dotted path.
  private func leaves(_ value: JSONValue, _ path: String = "") -> [String: JSONValue] {
    guard let members = value.object, !members.isEmpty else { return [path: value] }
    return members.reduce(into: [:]) { result, member in
      result.merge(leaves(member.value, path.isEmpty ? member.key : "\(path).\(member.key)")) { $1 }
    }
  }

  /// A value that is allowed and differs from the default.
  private func other(than setting: Setting) -> String {
    switch setting.kind {
    case .number(let range):
      let middle = (range.lowerBound + min(range.upperBound, 1e6)) / 2
      return NumberText.text(setting.standard.double == middle ? range.lowerBound : middle)
    case .count(let range):
      return String(setting.standard.int == range.upperBound ? range.lowerBound : range.upperBound)
    case .names: return "a,b"
    case .choice(let words): return words.first { $0 != setting.standard.string } ?? words[0]
    }
  }

  @Test func everySettingChangesOneMemberAndEveryMemberHasASetting() throws {
    let standard = leaves(try AgentSettings().json())
    var reached = Self.notSettable
    for setting in Setting.all {
      var settings = AgentSettings()
      #expect(setting.set(other(than: setting), in: &settings) == nil, "\(setting.key)")
      let changed = leaves(try settings.json())
      let differing = Set(standard.keys).union(changed.keys).filter { standard[$0] != changed[$0] }
      #expect(differing.count == 1, "\(setting.key) changes \(differing)")
      #expect(reached.isDisjoint(with: differing), "\(setting.key) changes \(differing) like another one")
      reached.formUnion(differing)
      if setting.isOptional {
        #expect(setting.set("null", in: &settings) == nil)
        #expect(setting.value(in: settings) == .null, "\(setting.key)")
      }
    }
    let missing = Set(standard.keys).subtracting(reached)
    #expect(missing.isEmpty, "no setting for \(missing.sorted())")
    #expect(Set(Setting.all.map(\.key)).count == Setting.all.count)
  }

  @Test func defaultsAreInsideTheirRanges() {
    for setting in Setting.all {
      var settings = AgentSettings()
      let text =
        setting.standard.array.map { $0.compactMap(\.string).joined(separator: ",") }
        ?? ConfigurationText.yaml(setting.standard)
      #expect(setting.set(text, in: &settings) == nil, "\(setting.key)")
      #expect(settings == AgentSettings(), "\(setting.key)")
    }
  }

  @Test func optionsThatAreShortForSettingsExist() throws {
    let tree = try CommandTree(root: Hydra.self)
    for verb in ["run", "demo"] {
      for option in Setting.all.compactMap(\.option) {
        #expect(tree.command(for: [verb]).command.option(option) != nil, "\(verb) has no --\(option)")
      }
    }
    let options = try AgentOptions.parse([])
    #expect(Set(options.short.map(\.option)) == Set(Setting.all.compactMap(\.option)))
  }

  @Test func theTourHoldsTheTable() throws {
    let tour = try String(contentsOf: TestSupport.packageRoot.appendingPathComponent("DOCS.md"), encoding: .utf8)
    #expect(
      tour.contains(ConfigurationText.table),
      "DOCS.md differs from the settings: put the output of 'hydra config init --markdown' there")
  }
}
