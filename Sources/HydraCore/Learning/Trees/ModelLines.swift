import HydraNumerics

/// The lines of a text model, one after the other.
struct ModelLines {
  private let lines: [Substring]
  private var position = 0

  init(_ text: String) {
    // By bytes: characters would have to be found first, and a line of a large model has many.
    var text = text
    let ends = text.withUTF8 { bytes in
      var ends: [Int] = []
      for place in bytes.indices where bytes[place] == UInt8(ascii: "\n") { ends.append(place) }
      return ends + [bytes.count]
    }
    let bytes = text.utf8
    var start = bytes.startIndex
    var first = 0
    lines = ends.map { end in
      let stop = bytes.index(start, offsetBy: end - first)
      let line = bytes[start..<stop]
      if end < bytes.count { (start, first) = (bytes.index(after: stop), end + 1) }
      return Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
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
    guard let place = line.utf8.firstIndex(of: UInt8(ascii: "=")) else {
      entries[String(line)] = (number, "")
      return
    }
    entries[String(line[..<place])] = (number, line[line.utf8.index(after: place)...])
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
    try fields(key, count: count, "a whole number") { Self.whole($0) ?? Int(String(decoding: $0, as: UTF8.self)) }
  }

  /// A whole number of up to 18 digits, perhaps with a minus; nil for anything else.
  private static func whole(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let isNegative = bytes.first == UInt8(ascii: "-")
    let digits = bytes[(isNegative ? 1 : 0)...]
    guard (1...18).contains(digits.count) else { return nil }
    var value = 0
    for byte in digits {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
    }
    return isNegative ? -value : value
  }

  func numbers(_ key: String, count: Int) throws(LightGBMFileError) -> [Double] {
    // The standard library knows more ways of writing numbers, such as nan.
    try fields(key, count: count, "a number") {
      NumberText.number(utf8: $0) ?? Double(String(decoding: $0, as: UTF8.self))
    }
  }

  /// What stands between blanks, each field on its own.
  private func fields<Value>(
    _ key: String, count: Int, _ kind: String, _ parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) throws(LightGBMFileError) -> [Value] {
    var text = try value(key)
    var result: [Value] = []
    result.reserveCapacity(min(count, text.utf8.count))
    var (found, wrong) = (0, String?.none)
    text.withUTF8 { bytes in
      let blank = UInt8(ascii: " ")
      var start = 0
      while start < bytes.count {
        guard bytes[start] != blank else {
          start += 1
          continue
        }
        var end = start
        while end < bytes.count, bytes[end] != blank { end += 1 }
        let field = UnsafeBufferPointer(rebasing: bytes[start..<end])
        if let value = parse(field) {
          result.append(value)
        } else if wrong == nil {
          wrong = String(decoding: field, as: UTF8.self)
        }
        found += 1
        start = end
      }
    }
    guard found == count else { throw error(key, "\(found) values where \(count) are needed") }
    if let wrong { throw error(key, "'\(wrong)' is not \(kind)") }
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
