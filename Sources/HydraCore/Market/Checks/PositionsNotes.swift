/// What a file of positions reports says about itself as a whole.
enum PositionsNotes {
  static func findings(_ table: MarketTable) -> [DataFinding] {
    guard table.rows > 0, !table.has("release_time"), !table.has("release_date") else { return [] }
    return [
      DataFinding(
        .scheduledRelease, file: table.file, line: 1, column: "as_of_date",
        message:
          "no release_time: reports count as known from the first Friday at least three days later, 15:30 New York",
        action: .noted)
    ]
  }
}
