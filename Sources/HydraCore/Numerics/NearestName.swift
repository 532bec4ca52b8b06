/// The name that is most likely meant by a mistyped one: the one with the fewest single-letter changes, the first of
/// several. Nil when even that one differs in more than a third of its letters.
///
///     nearestName(to: "vollatility", in: ["forward", "volatility"])     // "volatility"
///
/// Letters are compared without regard to case.
///
/// Source: V. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", Soviet Physics
/// Doklady 10 (1966); R. Wagner, M. Fischer, J. ACM 21 (1974).
public func nearestName(to name: String, in names: [String]) -> String? {
  let letters = Array(name.lowercased())
  var best: (distance: Int, name: String)?
  for candidate in names {
    let other = Array(candidate.lowercased())
    // Each letter that one has more is a change: what is too long by itself need not be compared, however long it is.
    guard abs(letters.count - other.count) * 3 <= max(letters.count, other.count) else { continue }
    let distance = editDistance(letters, other)
    guard distance * 3 <= max(letters.count, other.count), distance < best?.distance ?? .max else { continue }
    best = (distance, candidate)
  }
  return best?.name
}

/// The fewest insertions, deletions and replacements that turn one text into the other.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var row = Array(0...b.count)
  for (index, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for place in 0..<b.count {
      let above = row[place + 1]
      row[place + 1] = letter == b[place] ? diagonal : 1 + min(diagonal, above, row[place])
      diagonal = above
    }
  }
  return row[b.count]
}
