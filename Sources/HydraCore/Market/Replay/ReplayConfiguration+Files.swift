import HydraNumerics

/// Settings of a run that stand in files of their own.
extension ReplayConfiguration {
  /// Keys whose values name files; the hashes of these files stand in a run's manifest.
  public static let fileKeys = ["cost_cousins", "cost_fills", "cost_hours", "margins"]

  /// Reads the file that a key names; nil without the key.
  static func file<Value>(
    _ key: String, _ reader: Reader, _ read: (EventTextReader) throws -> Value
  ) throws(Fault) -> Value? {
    guard let path = reader.values[key] else { return nil }
    do {
      return try read(EventTextReader(ByteSource(path: path)))
    } catch let error as FileError where error.offset == nil {
      throw Fault(description: "\(key): \(error)", kind: .noFile)
    } catch {
      throw Fault(description: "\(key): \(error)", kind: .data)
    }
  }

  /// What own fills say of the costs, held against what cousins say; nil without either file.
  static func posterior(_ reader: Reader, _ run: ReplayRunSettings) throws(Fault) -> CostPosterior? {
    let own = try file("cost_fills", reader) { try CostFills.read($0) }
    let cousins = try file("cost_cousins", reader) { try CostFills.cousins($0) }
    let noise = try reader.number("cost_noise", run.tick, above: 0)
    let widening = try reader.number("cost_widening", 1.5, above: 0)
    guard cousins != nil || reader.values["cost_widening"] == nil else {
      throw Fault(description: "cost_widening needs cost_cousins")
    }
    guard own != nil || cousins != nil else { return nil }
    do {
      return try CostPosterior(
        own ?? [], cousins: cousins ?? [], noise: noise, widening: widening,
        halfSpread: reader.values["half_spread"] == nil ? nil : run.halfSpreadTicks * run.tick)
    } catch {
      throw Fault(description: "cost_fills or cost_cousins: \(error)", kind: .data)
    }
  }
}

extension MarginRate {
  /// Reads `date,initial,maintenance`: currency per contract from a date on, as `20130102` or `2013-01-02`, in any order.
  static func read(_ reader: EventTextReader) throws -> [MarginRate] {
    let columns = try ["date", "initial", "maintenance"].map(reader.needed)
    var rates: [MarginRate] = []
    while try reader.advance() {
      let text = Array(reader.text(columns[0]))
      let parts = [text.prefix(4), text.dropFirst(4).prefix(2), text.dropFirst(6)].map { String($0) }
      guard let date = CivilDate(text.count == 8 ? parts.joined(separator: "-") : String(text)) else {
        throw reader.fault(columns[0], "a date like 20130102 or 2013-01-02")
      }
      guard !rates.contains(where: { $0.from == date }) else {
        throw reader.fault(columns[0], "another date than before")
      }
      let amounts = try columns.dropFirst().map { column in
        let amount = try reader.number(column)
        guard (0..<1e15).contains(amount) else { throw reader.fault(column, "a margin of 0 or more") }
        return amount
      }
      guard amounts[1] <= amounts[0] else { throw reader.fault(columns[2], "at most the initial margin") }
      rates.append(MarginRate(from: date, initial: amounts[0], maintenance: amounts[1]))
    }
    return rates.sorted { $0.from < $1.from }
  }
}

extension SessionMultipliers {
  /// Reads `from,spread,impact`: multipliers from a time of day (UTC, `13:30` or `13:30:00`) until the next line's, rising.
  init(_ reader: EventTextReader) throws {
    let (from, spread, impact) = (
      try reader.needed("from"), try reader.needed("spread"), try reader.needed("impact")
    )
    var (starts, spreads, impacts) = ([Int](), [Double](), [Double]())
    func multiplier(_ column: Int) throws -> Double {
      let number = try reader.number(column)
      guard number > 0, number <= 1_000 else { throw reader.fault(column, "a multiplier above 0, at most 1000") }
      return number
    }
    while try reader.advance() {
      let parts = reader.text(from).split(separator: ":", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { $0.count == 2 && $0.allSatisfy(\.isNumber) ? Int($0) : nil }
      guard (2...3).contains(parts.count), numbers.count == parts.count, numbers[0] < 24,
        numbers.dropFirst().allSatisfy({ $0 < 60 })
      else { throw reader.fault(from, "a time of day like 13:30") }
      let second = numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
      if let before = starts.last, second <= before { throw reader.fault(from, "after the line before") }
      starts.append(second)
      spreads.append(try multiplier(spread))
      impacts.append(try multiplier(impact))
    }
    guard !starts.isEmpty else { throw CSVError(file: reader.file, line: 1, problem: "is followed by no line") }
    self.init(starts: starts, spread: spreads, impact: impacts)
  }
}
