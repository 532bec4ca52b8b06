import HydraCore

/// Seeded damage to files: what a disk, a network, a careless editor or an enemy would do.
public enum Mutation {
  /// Numbers and pieces of text on which parsers stumble.
  private static let words: [[UInt8]] = [
    "0", "-0", "-1", "1e999", "-1e999", "1e-999", "nan", "inf", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "18446744073709551616", "2147483648", "4294967296", "99999999999999999999999999999999",
    "0.1e", "1.", ".", "", "null", "true", "{", "}", "[", "]", "\"", "\\u0000", "\\ud800", ",", ",,", "\n", "\r\n",
    "\n\n", "\t", "=", " ", ":", "\u{0}", "\u{FEFF}", "9999-99-99", "0000-00-00", "2012-02-30", "99999999", "{}", "[]",
    "&a", "*a", "<<: *a", "!!binary", "---", "|", "#",
  ].map { Array($0.utf8) }

  /// The bytes with one to eight changes; now and then cut short.
  public static func mutate(_ original: [UInt8], _ random: inout CounterRandom) -> [UInt8] {
    var bytes = original
    for _ in 0...random.below(8) {
      guard !bytes.isEmpty else { return words[random.below(words.count)] }
      let place = random.below(bytes.count)
      let end = min(bytes.count, place + 1 + random.below(12))
      switch random.below(10) {
      case 0: bytes[place] ^= UInt8(1 << random.below(8))
      case 1: bytes[place] = UInt8(random.below(256))
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: words[random.below(words.count)], at: place)
      case 4: bytes.replaceSubrange(place..<end, with: words[random.below(words.count)])
      case 5: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
      case 6: swapTokens(&bytes, &random)
      case 7: replaceNumber(&bytes, from: place, with: words[random.below(numbers)])
      default: if (48...57).contains(bytes[place]) { bytes[place] = UInt8(48 + random.below(10)) }
      }
    }
    if random.below(15) == 0, !bytes.isEmpty { bytes.removeLast(random.below(bytes.count)) }
    if random.below(400) == 0 { bytes = [UInt8](repeating: UInt8(ascii: "["), count: 100_000) }
    return bytes
  }

  /// Numbers among ``words``.
  private static let numbers = 15

  /// The bytes with one number replaced by an extreme one: step by step every number and every extreme.
  public static func sweep(_ original: [UInt8], step: Int) -> [UInt8] {
    var bytes = original
    let starts = bytes.indices.filter {
      (48...57).contains(bytes[$0]) && ($0 == 0 || !(48...57).contains(bytes[$0 - 1]))
    }
    guard !starts.isEmpty else { return bytes }
    replaceNumber(&bytes, from: starts[step / numbers % starts.count], with: words[step % numbers])
    return bytes
  }

  /// Puts another number where the next one stands: counts, sizes and indexes that are not true.
  private static func replaceNumber(_ bytes: inout [UInt8], from place: Int, with word: [UInt8]) {
    let isDigit: (UInt8) -> Bool = { (48...57).contains($0) }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: word)
  }

  /// Exchanges two stretches between separators.
  private static func swapTokens(_ bytes: inout [UInt8], _ random: inout CounterRandom) {
    let cuts = bytes.indices.filter { [UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: " ")].contains(bytes[$0]) }
    guard cuts.count > 3 else { return }
    let (a, b) = (random.below(cuts.count - 1), random.below(cuts.count - 1))
    let (first, second) = (bytes[cuts[a]..<cuts[a + 1]], bytes[cuts[b]..<cuts[b + 1]])
    guard first.endIndex <= second.startIndex else { return }
    let (head, middle, tail) = (
      bytes[..<first.startIndex], bytes[first.endIndex..<second.startIndex], bytes[second.endIndex...]
    )
    bytes = Array(head + second + middle + first + tail)
  }
}
