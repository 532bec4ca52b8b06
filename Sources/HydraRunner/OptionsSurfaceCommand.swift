import ArgumentParser
import HydraCore

/// `hydra options surface`: several expiries joined, checked and drawn.
struct OptionsSurfaceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "surface",
    abstract: "Join the smiles of several expiries in total variance, check them for arbitrage, draw them.",
    discussion: """
      Reads volatilities (forward, expiry_years, strike, vol or bid_vol and ask_vol, optionally smile, weight,
      age_seconds) or quotes (forward, expiry_years, rate, type, strike, bid, ask, optionally style, age_seconds;
      style american, the default here, or european): premiums of one style are inverted side by side and fitted inside
      bid and ask. Prints total variance on a grid of ln(K/F): expiry_years, forward, log_moneyness, strike,
      total_variance, vol, g (negative: butterfly arbitrage), calendar_difference (total variance less that of the
      expiry before; negative: calendar arbitrage). --summary prints parameters and checks as JSON instead.
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "ssvi (eSSVI: without arbitrage by theorem), svi or sabr.")
  var model: SmileModel = .ssvi

  @Flag(help: "Leave the conditions against arbitrage out.")
  var allowArbitrage = false

  @Option(help: "Report days as YEARS:MOVE:VOL,…: a move of that standard deviation over a base volatility.")
  var reports: String?

  @Option(help: "Points of the grid.")
  var points: Int = 21

  @Option(help: "More times to expiry in years, separated by commas, beside those of the input.")
  var years: String?

  @Flag(help: "Parameters, fits and checks as JSON.")
  var summary = false

  @Option(help: "Draw the surface into this SVG file.")
  var svg: String?

  @OptionGroup var strictness: StrictOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var common: RunOptions

  mutating func validate() throws {
    guard (2...10_000).contains(points) else { throw ValidationError("--points is \(points); 2 to 10000 are possible") }
    _ = try times()
    _ = try clock()
  }

  func run() async throws {
    let table = try input.table()
    let fitted = try SurfaceInput(
      table, model: model, withoutArbitrage: !allowArbitrage, clock: clock(), threads: common.threads)
    if let svg { try OutputOptions.write(SurfacePicture(fitted.surface, marks: fitted.marks).svg, to: svg) }
    if summary {
      try output.write(summary: report(fitted))
    } else {
      try output.write(rows: grid(fitted))
    }
    if strictness.strict, !fitted.surface.isArbitrageFree {
      throw RunnerError(.badData, "\(sourceName(of: table)): the surface admits arbitrage")
    }
  }

  private func times() throws -> [Double] {
    try (years?.split(separator: ",") ?? []).map { text in
      guard let value = Double(text), value > 0, value.isFinite else {
        throw ValidationError("--years: '\(text)' is not a positive number")
      }
      return value
    }
  }

  private func clock() throws -> ReportClock {
    ReportClock(
      try (reports?.split(separator: ",") ?? []).map { text in
        let numbers = text.split(separator: ":").map { Double($0) }
        guard numbers.count == 3, let time = numbers[0], let move = numbers[1], let base = numbers[2], base > 0,
          move >= 0, time.isFinite, move.isFinite, base.isFinite
        else { throw ValidationError("--reports: '\(text)' is not YEARS:MOVE:VOL") }
        return ReportClock.Report(years: time, move: move, volatility: base)
      })
  }

  /// A row for each time and place, times in rising order.
  private func grid(_ fitted: SurfaceInput) throws -> RowTable {
    let surface = fitted.surface
    let times = Set(surface.slices.map(\.years) + (try times())).sorted()
    var columns = [[Double]](repeating: [], count: 8)
    var before: SurfaceSmile?
    for time in times {
      let smile = surface.smile(years: time)
      for index in 0..<points {
        let k = fitted.reach * (2 * Double(index) / Double(points - 1) - 1)
        let w = smile.totalVariance(atLogMoneyness: k)
        let difference = before.map { w.value - $0.totalVariance(atLogMoneyness: k).value } ?? .nan
        let row = [
          time, smile.forward, k, smile.forward * Portable.exp(k), w.value, (w.value / time).squareRoot(),
          w.butterfly(atLogMoneyness: k), difference,
        ]
        for (place, value) in row.enumerated() { columns[place].append(value) }
      }
      before = smile
    }
    var result = RowTable(rows: times.count * points)
    let names = [
      "expiry_years", "forward", "log_moneyness", "strike", "total_variance", "vol", "g", "calendar_difference",
    ]
    for (name, values) in zip(names, columns) { result.add(column: name, values) }
    return result
  }

  private func report(_ fitted: SurfaceInput) -> JSONValue {
    let surface = fitted.surface
    let range = -fitted.reach...fitted.reach
    let butterflies = surface.butterflyChecks(over: range)
    let calendars = surface.calendarChecks(over: range)
    let term = surface.termStructure
    let expiries = surface.slices.indices.map { index -> JSONValue in
      let slice = surface.slices[index]
      var members: [(String, JSONValue)] = [
        ("expiry_years", .number(slice.years)), ("forward", .number(slice.forward)),
        ("atm_vol", .number(term.volatility(slice.years))),
      ]
      members += slice.parameters.map { ($0.name, .number($0.value)) }
      members += fitted.details[index]
      members += [
        ("min_g", .number(butterflies[index].leastValue)),
        ("butterfly_arbitrage", .bool(!butterflies[index].isFree)),
      ]
      if index > 0 {
        members += [
          ("forward_variance", .number(term.forwardVariances[index - 1])),
          ("least_calendar_difference", .number(calendars[index - 1].leastDifference)),
          ("calendar_arbitrage", .bool(!calendars[index - 1].isFree)),
          ("crossings", .array(calendars[index - 1].crossings.map { .number($0) })),
        ]
      }
      return .object(members)
    }
    return .object([
      ("model", .string(surface.slices[0].modelName)), ("arbitrage_free", .bool(surface.isArbitrageFree)),
      ("expiries", .array(expiries)),
    ])
  }
}

extension FittedSmile {
  /// The model's name as on the command line.
  var modelName: String {
    switch self {
    case .sabr: SmileModel.sabr.rawValue
    case .svi: SmileModel.svi.rawValue
    case .ssvi: SmileModel.ssvi.rawValue
    }
  }
}
