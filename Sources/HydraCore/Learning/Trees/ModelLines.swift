/// The lines of a text model, one after the other.
struct ModelLines {
  private let lines: [Substring]
  private var position = 0

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.last == "\r" ? $0.dropLast() : $0
    }
  }

  mutating func next() -> (number: Int, text: Substring)? {
    guard position < lines.count else { return nil }
    position += 1
    return (position, lines[position - 1])
  }

  /// The `key=value` lines up to the next empty line.
  mutating func section(startingAt start: Int? = nil) -> ModelSection {
    var section = ModelSection(start: start ?? position)
    while let line = next(), !line.text.isEmpty { section.add(line.text, number: line.number) }
    return section
  }

  /// The lines in brackets of the parameter block, which may be missing.
  mutating func parameters() -> [String] {
    var result: [String] = []
    var isInside = false
    while let line = next(), line.text != "end of parameters" {
      if line.text == "parameters:" { isInside = true }
      if isInside, line.text.first == "[", line.text.last == "]" {
        result.append(String(line.text.dropFirst().dropLast()))
      }
    }
    return result
  }
}

/// One block of `key=value` lines.
struct ModelSection {
  private let start: Int
  private var entries: [String: (line: Int, value: Substring)] = [:]

  init(start: Int) { self.start = start }

  mutating func add(_ line: Substring, number: Int) {
    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    entries[String(parts[0])] = (number, parts.count > 1 ? parts[1] : "")
  }

  func has(_ key: String) -> Bool { entries[key] != nil }
  /// Whether there is such a key; with something after it, unless `orElse` says that it must not be empty anyway.
  func hasValue(_ key: String, orElse isNeeded: Bool) -> Bool {
    entries[key].map { isNeeded || !$0.value.isEmpty } ?? false
  }
  func text(_ key: String) -> String? { entries[key].map { String($0.value) } }

  /// An error at the line of a key, or at the start of the block when the key is missing.
  func error(_ key: String, _ message: String) -> LightGBMFileError {
    LightGBMFileError(line: entries[key]?.line ?? start, key: key, message: message)
  }

  private func value(_ key: String) throws(LightGBMFileError) -> Substring {
    guard let entry = entries[key] else { throw error(key, "the key is missing") }
    return entry.value
  }

  func whole(_ key: String) throws(LightGBMFileError) -> Int {
    let text = try value(key)
    guard let number = Int(text) else { throw error(key, "'\(text)' is not a whole number") }
    return number
  }

  func whole(_ key: String, default missing: Int) throws(LightGBMFileError) -> Int {
    has(key) ? try whole(key) : missing
  }

  func words(_ key: String, count: Int) throws(LightGBMFileError) -> [String] {
    let words = try value(key).split(separator: " ")
    guard words.count == count else { throw error(key, "\(words.count) values where \(count) are needed") }
    return words.map(String.init)
  }

  func wholes(_ key: String, count: Int) throws(LightGBMFileError) -> [Int] {
    try wholes(key, words: value(key).split(separator: " "), count: count)
  }

  func numbers(_ key: String, count: Int) throws(LightGBMFileError) -> [Double] {
    try numbers(key, words: value(key).split(separator: " "), count: count)
  }

  private func wholes(_ key: String, words: [Substring], count: Int) throws(LightGBMFileError) -> [Int] {
    guard words.count == count else { throw error(key, "\(words.count) values where \(count) are needed") }
    var result: [Int] = []
    result.reserveCapacity(count)
    for word in words {
      guard let number = Int(word) else { throw error(key, "'\(word)' is not a whole number") }
      result.append(number)
    }
    return result
  }

  private func numbers(_ key: String, words: [Substring], count: Int) throws(LightGBMFileError) -> [Double] {
    guard words.count == count else { throw error(key, "\(words.count) values where \(count) are needed") }
    var result: [Double] = []
    result.reserveCapacity(count)
    for word in words {
      guard let number = Double(word) else { throw error(key, "'\(word)' is not a number") }
      result.append(number)
    }
    return result
  }

  /// The linear models of all leaves: as many features and coefficients as `num_features` says, one run after another.
  func linearLeaves(_ leaves: Int, _ columns: Int) throws(LightGBMFileError) -> [LinearLeaf] {
    let constants = try numbers("leaf_const", count: leaves)
    let counts = try wholes("num_features", count: leaves)
    guard counts.allSatisfy({ $0 >= 0 && $0 <= columns }) else {
      throw error("num_features", "a count is out of range")
    }
    let total = counts.reduce(0, +)
    let features = try wholes("leaf_features", count: total)
    let coefficients = try numbers("leaf_coeff", count: total)
    if let wrong = features.first(where: { $0 < 0 || $0 >= columns }) {
      throw error("leaf_features", "there is no column \(wrong)")
    }
    var place = 0
    return (0..<leaves).map { leaf in
      defer { place += counts[leaf] }
      let range = place..<place + counts[leaf]
      return LinearLeaf(
        constant: constants[leaf], features: Array(features[range]), coefficients: Array(coefficients[range]))
    }
  }
}
