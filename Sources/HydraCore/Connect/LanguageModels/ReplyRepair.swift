import HydraNumerics

/// What was taken away around a reply's object before it could be read. Nothing inside the object is ever changed.
public enum ReplyRepair: String, Hashable, Codable, CaseIterable, Sendable {
  /// The model's thinking, in tags or up to a closing tag.
  case stripThink = "strip_think"
  /// A fenced block of Markdown.
  case stripFence = "strip_fence"
  /// Prose around the one object.
  case extractObject = "extract_object"
  /// Quotes: the object stood in a JSON text.
  case unwrapString = "unwrap_string"
}

/// Finds the one JSON object in a model's text.
///
/// The trimmed text is read strictly. Only when that fails: thinking is removed; then a single fenced block is looked
/// at; then the text is searched for balanced objects, of which one has to be left (equal ones count once). Nothing is
/// closed, completed or corrected.
enum ReplyLadder {
  static func object(in text: String) throws(LanguageModelError) -> (object: JSONValue, repairs: [ReplyRepair]) {
    let trimmed = trim(text[...])
    guard !trimmed.isEmpty else { throw .emptyContent }
    guard trimmed.utf8.count <= StrictReply.maximumBytes else { throw .tooLarge(bytes: trimmed.utf8.count) }
    if let object = strict(trimmed) { return (object, []) }
    if let object = unwrapped(trimmed) { return (object, [.unwrapString]) }
    if trimmed.utf8.first == UInt8(ascii: "["), trimmed.utf8.contains(UInt8(ascii: "{")),
      (try? JSONValue(parsing: Array(trimmed.utf8))) != nil
    {
      // Good JSON, and not an object: to take one out of a list would be a guess.
      throw .schema(["the reply is a list"])
    }

    var repairs: [ReplyRepair] = []
    var rest = trimmed
    let thoughtless = trim(withoutThinking(String(trimmed))[...])
    if thoughtless != trimmed {
      repairs.append(.stripThink)
      rest = thoughtless
      guard !rest.isEmpty else { throw .emptyContent }
      if let object = strict(rest) { return (object, repairs) }
      if let object = unwrapped(rest) { return (object, repairs + [.unwrapString]) }
    }
    if let inner = fenced(rest) {
      if let object = strict(inner) { return (object, repairs + [.stripFence]) }
      if let object = unwrapped(inner) { return (object, repairs + [.stripFence, .unwrapString]) }
    }
    return (try extracted(rest), repairs + [.extractObject])
  }

  // MARK: - Rungs

  /// The text as one object, by the strict reader.
  private static func strict(_ text: Substring) -> JSONValue? {
    guard text.utf8.first == UInt8(ascii: "{"), let value = try? JSONValue(parsing: Array(text.utf8)) else {
      return nil
    }
    return value
  }

  private static func unwrapped(_ text: Substring) -> JSONValue? {
    guard text.utf8.first == UInt8(ascii: "\""), case .string(let inner) = try? JSONValue(parsing: Array(text.utf8))
    else { return nil }
    return strict(trim(inner[...]))
  }

  private static let tags = ["think", "thinking", "reasoning"]

  private static func withoutThinking(_ text: String) -> String {
    var text = text
    for tag in tags {
      while let open = range(of: "<\(tag)>", in: text, from: text.startIndex),
        let close = range(of: "</\(tag)>", in: text, from: open.upperBound)
      {
        text.removeSubrange(open.lowerBound..<close.upperBound)
      }
    }
    // A closing tag alone: the opening one was part of the prompt. An opening one alone: nothing came after the thought.
    let closings = tags.compactMap { tag -> String.Index? in
      var last: String.Index?
      var from = text.startIndex
      while let found = range(of: "</\(tag)>", in: text, from: from) {
        last = found.upperBound
        from = found.upperBound
      }
      return last
    }
    if let last = closings.max() { text.removeSubrange(text.startIndex..<last) }
    let openings = tags.compactMap { range(of: "<\($0)>", in: text, from: text.startIndex)?.lowerBound }
    if let first = openings.min() { text.removeSubrange(first...) }
    return text
  }

  /// Where an ASCII text stands, in whatever case.
  private static func range(of needle: String, in text: String, from: String.Index) -> Range<String.Index>? {
    let wanted = Array(needle.utf8)
    var start = from
    let bytes = text.utf8
    while start < bytes.endIndex {
      var (place, matched) = (start, 0)
      while matched < wanted.count, place < bytes.endIndex, lowercase(bytes[place]) == wanted[matched] {
        place = bytes.index(after: place)
        matched += 1
      }
      if matched == wanted.count { return start..<place }
      start = bytes.index(after: start)
    }
    return nil
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

  /// What stands in the only fenced block; nil when there is none, or more than one.
  private static func fenced(_ text: Substring) -> Substring? {
    var fences: [Range<Substring.Index>] = []
    var from = text.startIndex
    while let found = text[from...].firstRange(of: "```") {
      fences.append(found)
      from = found.upperBound
    }
    guard fences.count == 2 else { return nil }
    let block = text[fences[0].upperBound..<fences[1].lowerBound]
    // The first line may name the language.
    guard let newline = block.firstIndex(where: \.isNewline) else { return trim(block) }
    let language = block[..<newline]
    return language.allSatisfy { $0.isLetter || $0.isNumber || $0.isWhitespace } ? trim(block[newline...]) : trim(block)
  }

  private static func extracted(_ text: Substring) throws(LanguageModelError) -> JSONValue {
    let bytes = Array(text.utf8)
    var found: [JSONValue] = []
    var problem: String?
    var place = 0
    while let open = bytes[place...].firstIndex(of: UInt8(ascii: "{")) {
      guard let end = balanced(bytes, from: open) else {
        problem = problem ?? "an object is not closed"
        break
      }
      do {
        let value = try JSONValue(parsing: Array(bytes[open..<end]))
        if !found.contains(value) { found.append(value) }
      } catch {
        problem = problem ?? "\(error)"
      }
      place = end
    }
    if found.count > 1 { throw .ambiguousOutput }
    // Beside a broken object nobody knows which of the two was meant.
    if let problem { throw .invalidJSON(problem) }
    guard let object = found.first else { throw .noJSON }
    return object
  }

  /// The place behind the brace that closes the one at `start`; braces in texts do not count.
  private static func balanced(_ bytes: [UInt8], from start: Int) -> Int? {
    var (depth, inText, isEscaped) = (0, false, false)
    for place in start..<bytes.count {
      let byte = bytes[place]
      if inText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          inText = false
        }
      } else if byte == UInt8(ascii: "\"") {
        inText = true
      } else if byte == UInt8(ascii: "{") {
        depth += 1
      } else if byte == UInt8(ascii: "}") {
        depth -= 1
        if depth == 0 { return place + 1 }
      }
    }
    return nil
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text
    while let first = text.unicodeScalars.first, first.properties.isWhitespace || first.value == 0xfeff {
      text = Substring(text.unicodeScalars.dropFirst())
    }
    while let last = text.unicodeScalars.last, last.properties.isWhitespace {
      text = Substring(text.unicodeScalars.dropLast())
    }
    return text
  }
}
