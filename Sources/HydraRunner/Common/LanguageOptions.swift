import ArgumentParser
import Foundation
import HydraCore
import Yams

/// Which language model is asked, and where its answers are kept.
struct LanguageOptions: ParsableArguments {
  @Option(
    help: """
      YAML file of language models that are asked for hypotheses: providers, policy, budget, fallback; keys come from the \
      environment. Without it the rule book is asked.
      """)
  var languageModel: String?

  @Option(help: "Keep the models' decisions in this file (JSON Lines), for --language-replay.")
  var languageRecord: String?

  @Option(help: "Take the models' decisions from this file alone; what it does not hold is an error, never a call.")
  var languageReplay: String?

  @Option(help: "CSV of headlines (columns known, text) that requests may show as untrusted text.")
  var headlines: String?

  mutating func validate() throws {
    guard languageRecord == nil || languageReplay == nil else {
      throw ValidationError("--language-record and --language-replay exclude each other")
    }
    guard languageModel != nil || (languageRecord == nil && languageReplay == nil && headlines == nil) else {
      throw ValidationError("--language-record, --language-replay and --headlines need --language-model")
    }
  }

  /// The advice that the options ask for, and the record to be written at the end; nil without a model.
  func advice(seed: UInt64) throws -> (advice: LanguageAdvice, record: DecisionRecord)? {
    guard let path = languageModel else { return nil }
    let settings = try Self.settings(path)
    let (model, record) = try source(settings, seed: seed)
    var advice = LanguageAdvice(model, identity: settings.json)
    (advice.fallback, advice.maximumTokens) = (settings.fallback, settings.maximumTokens)
    if let headlines { advice.headlines = try Self.headlines(headlines) }
    return (advice, record)
  }

  /// The model behind the options: live, recording or replaying.
  func source(_ settings: LanguageSettings, seed: UInt64) throws -> (any LanguageModel, DecisionRecord) {
    if let path = languageReplay {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw RunnerError(.noInput, "\(path): cannot be read")
      }
      do {
        let record = try DecisionRecord(jsonLines: String(decoding: data, as: UTF8.self))
        return (RecordedLanguageModel(replaying: record, identity: settings.json), record)
      } catch {
        throw RunnerError(.badData, "\(path): a line is no recorded decision")
      }
    }
    let record = DecisionRecord()
    let client: LanguageClient
    do {
      client = try settings.client(seed: seed)
    } catch {
      throw RunnerError(.badConfiguration, "\(languageModel ?? ""): \(error)")
    }
    return (RecordedLanguageModel(recording: client, to: record, identity: settings.json), record)
  }

  /// Adds to the record file what was decided.
  func keep(_ record: DecisionRecord) throws {
    guard let path = languageRecord else { return }
    let earlier = FileManager.default.contents(atPath: path) ?? Data()
    try OutputOptions.write(String(decoding: earlier, as: UTF8.self) + record.lines, to: path)
  }

  /// Reads a configuration; errors name the line.
  static func settings(_ path: String) throws -> LanguageSettings {
    let node = try MappingFile.node(path)
    do throws(LanguageSettingsError) {
      return try LanguageSettings(MappingFile.json(node))
    } catch {
      throw RunnerError(.badConfiguration, "\(path):\(MappingFile.line(error.path, in: node)): \(error)")
    }
  }

  private static func headlines(_ path: String) throws -> [Headline] {
    let table = try readTable(path)
    let (known, text) = (try table.requiredIndex(of: "known"), try table.requiredIndex(of: "text"))
    return try (0..<table.count).map { row in
      let moment = table.string(row: row, column: known)
      guard let time = Timestamp(moment) ?? CivilDate(moment)?.timestamp() else {
        throw table.error(row: row, column: known, expected: "a time like 2012-06-04T15:30:00Z")
      }
      return Headline(known: time, text: table.string(row: row, column: text))
    }.sorted { $0.known < $1.known }
  }
}
