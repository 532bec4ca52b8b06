import HydraCore

extension Setting {
  /// How the agent is run.
  static var operations: [Setting] {
    [
      .word(
        "operations.promotions", \.operations.promotions,
        "the gate asks for more than people do; approval waits for 'hydra approve', observe changes nothing"),
      .count(
        "operations.approval-bars", \.operations.approvalBars, 1...10_000,
        "a quarter of a year; later the evidence of a promotion is old"),
      .count(
        "operations.maximum-orders-per-day", \.operations.maximumOrdersPerDay, 1...1_000_000,
        "an agent that decides once a day and sends more is broken"),
      .word(
        "operations.drift-state", \.operations.driftState,
        "trading state while an alarm doubts the model: what it is worth is tested before the position pays for it"),
      .count(
        "operations.safe-mode-bars", \.operations.safeModeBars, 1...10_000,
        "a month of smaller positions only, after an internal failure"),
      .count(
        "operations.hypotheses-per-alarm", \.operations.hypothesesPerAlarm, 1...100,
        "each hypothesis raises the bar for all that follow"),
      .count(
        "operations.refuted-bars", \.operations.refutedBars, 0...10_000,
        "a quarter of a year: with fewer new bars the evidence is the old one"),
    ]
  }

  /// One word of an enumeration.
  static func word<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ path: WritableKeyPath<AgentSettings, Word>, _ why: String
  ) -> Setting where Word.RawValue == String {
    Setting.choice(
      key, Word.allCases.map(\.rawValue), why, read: { $0[keyPath: path].rawValue },
      write: { settings, word in if let value = Word(rawValue: word) { settings[keyPath: path] = value } })
  }
}
