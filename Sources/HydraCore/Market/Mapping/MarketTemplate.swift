import HydraNumerics

/// A folder to begin with for whoever brings own market data: a commented mapping and small example files that it reads.
///
///     for (name, text) in MarketTemplate.files { … }     // then MarketFolder(path:, mapping:) reads them
public enum MarketTemplate {
  /// Names and contents of the files.
  public static var files: [(name: String, text: String)] {
    let days = ExchangeCalendar.tradingDays(
      from: CivilDate(year: 2023, month: 11, day: 1), to: CivilDate(year: 2024, month: 1, day: 20))
    let closes = closes(days.count)
    return [
      ("mapping.yaml", mapping), ("prices.csv", prices(days, closes)), ("daily.csv", daily(days, closes)),
      ("positions.csv", positions(days)),
    ]
  }

  /// Quarter cents of two contracts a day.
  private static func closes(_ count: Int) -> [(near: Int, far: Int)] {
    var random = CounterRandom(seed: 1, stream: "template")
    var level = 1450
    return (0..<count).map { _ in
      level += random.below(41) - 20
      return (level, level + 36 + random.below(5))
    }
  }

  private static func dotted(_ date: CivilDate) -> String {
    let (year, month, day) = date.components
    return "\(day < 10 ? "0" : "")\(day).\(month < 10 ? "0" : "")\(month).\(year)"
  }

  /// Dollars with a decimal comma, from quarter cents.
  private static func dollars(_ quarters: Int) -> String {
    let text = "\(10_000 + quarters * 25 % 10_000)".dropFirst()
    return "\(quarters * 25 / 10_000),\(text)"
  }

  private static func prices(_ days: [CivilDate], _ closes: [(near: Int, far: Int)]) -> String {
    var text = "Held month;Day;Settlement;Near month;Near settlement;Next month;Next settlement\n"
    let roll = days.firstIndex { $0 >= CivilDate(year: 2023, month: 12, day: 1) } ?? 0
    for (index, (day, close)) in zip(days, closes).enumerated() {
      if index < roll {
        // The last row of the old contract has the next one's price: that is the roll.
        text += "Dec 2023;\(dotted(day));\(dollars(close.near));;;Mar 2024;"
        text += (index == roll - 1 ? dollars(close.far) : "") + "\n"
      } else {
        text += "Mar 2024;\(dotted(day));\(dollars(close.far));Dec 2023;"
        text += (day < CivilDate(year: 2023, month: 12, day: 14) ? dollars(close.near) : "") + ";May 2024;\n"
      }
    }
    return text
  }

  private static func daily(_ days: [CivilDate], _ closes: [(near: Int, far: Int)]) -> String {
    var text = "Day;Volume;Settlement;Low;High;Open\n"
    var before = closes.first?.far ?? 0
    for (index, (day, close)) in zip(days, closes).enumerated() {
      let (low, high) = (min(before, close.far) - 3, max(before, close.far) + 2)
      text += "\(dotted(day));\(120 + 37 * index % 200);\(dollars(close.far));\(dollars(low));\(dollars(high));"
      text += "\(dollars(before))\n"
      before = close.far
    }
    return text
  }

  private static func positions(_ days: [CivilDate]) -> String {
    var text = "Published;As of;Commercials short;Commercials long\n"
    for (week, day) in days.filter({ $0.weekday == 1 }).enumerated() {
      let friday = day.adding(days: 3)
      text += "\(dotted(friday)) 15:30;\(dotted(day));\(2900 - 23 * week);\(2100 + 31 * week)\n"
    }
    return text
  }

  private static let mapping = """
    # How Hydra reads files of your own. Everything in this folder can be read as it is:
    #   hydra data check --data FOLDER
    #   hydra run --data FOLDER --market EXA --from 2024-01-02
    # Change the names on the right; those on the left are Hydra's. Every path is inside this folder;
    # files may end in .gz or .zst. A wrong key, column or value is an error that names file, line and column.
    version: 1
    markets:
      - symbol: EXA             # what you call the market: --market EXA
        name: Example grain
        currency: USD
        point_value: 50         # currency per 1.00 of price and contract, after price_factor
        tick: 0.25              # smallest price step, after price_factor
        commission: 1.5         # currency per contract and side
        half_spread: 1          # half of the usual bid-ask spread, after price_factor
        daily_limit: 20         # largest change of a day; leave out where there is none
        average_daily_volume: 300   # used on days without a recorded volume
        related: []             # symbols of other markets of this file that inform this one
        # old_report_units: 5   # only where old position reports are in another unit: divides them to contracts

        # The contract that you would hold, one row a trade date. Required.
        prices:
          file: prices.csv
          delimiter: ";"        # , ; | or tab
          decimal: ","          # . or ,
          date_format: dd.MM.yyyy   # yyyy yy MM M MMM dd d HH H mm ss; with HH the rows are intraday prices, except
                                    # those of 23:00 UTC, which are settlements; without, every row is a settlement
          time_zone: UTC        # of intraday times: UTC, America/New_York, America/Chicago
          price_factor: 100     # multiplies every price: here dollars become cents
          contract_format: name # digits: 202403   code: H24, ZOH2024   name: Mar 2024
          columns:
            datetime: Day
            price: Settlement             # of the held contract
            price_contract: Held month
            carry: Near settlement        # optional: a neighbour, against which carry is measured
            carry_contract: Near month
            forward: Next settlement      # optional, but needed on the last row of each contract: it prices the roll
            forward_contract: Next month
          # constants:                    # columns that your file does not have: one text for every row
          #   price_contract: 209912      # (for a series that never rolls)

        # Open, high, low, settlement and volume of a liquid contract month. Optional.
        daily:
          file: daily.csv
          delimiter: ";"
          decimal: ","
          date_format: dd.MM.yyyy
          price_factor: 100
          columns: {date: Day, open: Open, high: High, low: Low, settle: Settlement, volume: Volume}
          # also: last, prev_open_interest

        # Positions of commercial traders. Optional. Without release_time a report counts as known from the first
        # Friday at least three days after its date, 15:30 New York: never before it was.
        reports:
          file: positions.csv
          delimiter: ";"
          date_format: dd.MM.yyyy
          date_formats: {release_time: "dd.MM.yyyy HH:mm"}    # columns that are written otherwise
          time_zone: America/New_York
          columns:
            as_of_date: As of
            commercial_long: Commercials long
            commercial_short: Commercials short
            release_time: Published

        # Settlements of every contract, as a second source that the first is checked against. Optional.
        # bars:
        #   file: contracts.csv
        #   columns: {date: Day, contract: Month, settle: Settlement}

    """
}
