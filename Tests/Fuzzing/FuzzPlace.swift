import HydraCore

/// Whether errors of readers of events say where a file is wrong, and rightly so.
enum FuzzPlace {
  /// What is wrong with the place that an error names; nil when nothing is.
  ///
  /// The place has to lie inside the file, and what stands before it has to be read without another error. So an error
  /// that names a place too late is found out by the true one, and one that names none has no place at all.
  static func fault(
    of error: any Error, in bytes: [UInt8], read: @Sendable ([UInt8]) throws -> Void
  ) -> String? {
    switch error {
    case let error as FileError:
      guard let offset = error.offset else { return "no offset: \(error)" }
      return (0...bytes.count).contains(offset) ? nil : "offset \(offset) of \(bytes.count) bytes: \(error)"
    case let error as DBNError: return fault(of: error, in: content(of: bytes), read)
    case let error as CSVError: return fault(of: error, in: content(of: bytes), read)
    default: return "not an error with a place: \(error)"
    }
  }

  private static func fault(of error: DBNError, in content: [UInt8], _ read: ([UInt8]) throws -> Void) -> String? {
    guard (0...content.count).contains(error.offset) else {
      return "offset \(error.offset) of \(content.count) bytes: \(error)"
    }
    // Before the metadata there is nothing that could be read by itself.
    guard error.offset >= 8 else { return nil }
    do {
      try read(Array(content.prefix(error.offset)))
    } catch let earlier as DBNError where earlier.offset == error.offset {
      return nil
    } catch {
      return "the bytes before it have a fault of their own: \(error)"
    }
    return nil
  }

  private static func fault(of error: CSVError, in content: [UInt8], _ read: ([UInt8]) throws -> Void) -> String? {
    guard let number = error.line else { return "no line: \(error)" }
    let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard (1...max(1, lines.count)).contains(number) else { return "line \(number) of \(lines.count): \(error)" }
    let line = number <= lines.count ? Array(String(decoding: lines[number - 1], as: UTF8.self).utf8) : []
    if let value = error.value, !contains(line, Array(value.utf8)) { return "the line has no such value: \(error)" }
    let text = Array(String(decoding: content, as: UTF8.self).utf8)
    if let column = error.column, !contains(text, Array(column.utf8)) { return "no such column: \(error)" }
    // Nothing but empty lines before it is an empty file.
    guard lines.prefix(number - 1).contains(where: { !$0.allSatisfy { $0 == UInt8(ascii: "\r") } }) else { return nil }
    do {
      try read(Array(lines.prefix(number - 1).joined(separator: [UInt8(ascii: "\n")])))
    } catch {
      return "the lines before it have a fault of their own: \(error)"
    }
    return nil
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    part.count <= text.count && (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }

  /// The bytes as readers see them: decompressed as far as they can be.
  private static func content(of bytes: [UInt8]) -> [UInt8] {
    let source = ByteSource(bytes: bytes, file: "fuzz")
    var content: [UInt8] = []
    var byte = [UInt8](repeating: 0, count: 1)
    // One by one: what was unpacked before a damaged block counts.
    while let got = try? byte.withUnsafeMutableBytes({ try source.read(into: $0) }), got > 0 { content += byte }
    return content
  }
}
