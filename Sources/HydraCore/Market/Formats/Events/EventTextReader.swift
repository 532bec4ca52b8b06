import HydraNumerics

/// Lines of a CSV file of events, read piece by piece: fields are parsed where they stand.
///
/// Fields hold no quotation marks. Errors name line, column and value.
final class EventTextReader {
  let file: String
  private let source: ByteSource
  private var buffer: [UInt8]
  private var position = 0
  private var available = 0
  private var isAtEnd = false
  private(set) var line = 0
  private(set) var header: [String] = []
  /// Start and end of each field of the newest line.
  private var fields: [(start: Int, end: Int)] = []

  /// Reads the header, or takes the one given where the file has none.
  init(_ source: ByteSource, header given: [String]? = nil) throws {
    self.source = source
    file = source.file
    buffer = [UInt8](repeating: 0, count: 1 << 18)
    if let given {
      header = given
      return
    }
    guard try advance() else { throw CSVError(file: file, line: 1, problem: "is empty") }
    header = fields.indices.map { text($0) }
    if let first = header.first, first.hasPrefix("\u{FEFF}") { header[0] = String(first.dropFirst()) }
  }

  /// The place of a column; nil when there is none.
  func column(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// The place of a column that is needed.
  func needed(_ name: String) throws -> Int {
    guard let place = column(name) else {
      throw CSVError(
        file: file, line: max(1, line), problem: "has no column '\(name)'; columns: \(header.joined(separator: ", "))")
    }
    return place
  }

  /// Goes to the next line that is not empty; false at the end.
  func advance() throws -> Bool {
    while true {
      guard let end = try endOfLine() else { return false }
      line += 1
      let stop = end > position && buffer[end - 1] == 13 ? end - 1 : end
      let start = position
      position = min(end + 1, available)
      if stop == start { continue }
      split(start, stop)
      if !header.isEmpty, fields.count != header.count { throw misfit(start, stop) }
      return true
    }
  }

  /// The fault of a line with too few fields, at the first column that is missing, or with too many, at the last column.
  private func misfit(_ start: Int, _ stop: Int) -> CSVError {
    let counts = "\(fields.count) fields where \(header.count) are needed"
    let (column, value, problem) =
      fields.count < header.count
      ? (fields.count, String(decoding: buffer[start..<stop], as: UTF8.self), "ends before it")
      : (header.count - 1, text(header.count), "comes after it, where no column is left")
    return CSVError(
      file: file, line: line, column: header[column], value: value, problem: "\(problem): \(counts)")
  }

  private func split(_ start: Int, _ stop: Int) {
    fields.removeAll(keepingCapacity: true)
    var begin = start
    for place in start..<stop where buffer[place] == 44 {
      fields.append((begin, place))
      begin = place + 1
    }
    fields.append((begin, stop))
  }

  /// The place of the line's end, reading on where it is not in the buffer; nil at the end of the file.
  private func endOfLine() throws -> Int? {
    var from = position
    while true {
      for place in from..<available where buffer[place] == 10 { return place }
      if isAtEnd { return position < available ? available : nil }
      let kept = available - position
      if position > 0 {
        buffer.withUnsafeMutableBytes {
          $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<available]))
        }
      }
      (position, available) = (0, kept)
      from = kept
      if kept == buffer.count {
        guard kept < 1 << 24 else { throw CSVError(file: file, line: line + 1, problem: "is longer than 16 MB") }
        buffer += [UInt8](repeating: 0, count: kept)
      }
      let got = try buffer.withUnsafeMutableBytes {
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[kept...]))
      }
      available += got
      isAtEnd = available < buffer.count
    }
  }

  // MARK: - Fields

  func text(_ column: Int) -> String {
    String(decoding: buffer[fields[column].start..<fields[column].end], as: UTF8.self)
  }

  /// Whether a field is that text.
  func holds(_ text: [UInt8], _ column: Int) -> Bool { buffer[fields[column].start..<fields[column].end] == text[...] }

  func isEmpty(_ column: Int) -> Bool { fields[column].start == fields[column].end }

  func fault(_ column: Int, _ expected: String) -> CSVError {
    CSVError(file: file, line: line, column: header[column], value: text(column), expected: expected)
  }

  /// A whole number.
  func integer(_ column: Int) throws -> Int64 {
    let (start, end) = fields[column]
    let isNegative = start < end && buffer[start] == 45
    let first = isNegative ? start + 1 : start
    guard first < end, end - first <= 19 else { throw fault(column, "a whole number") }
    var value: Int64 = 0
    for place in first..<end {
      let digit = Int64(buffer[place]) - 48
      guard (0...9).contains(digit) else { throw fault(column, "a whole number") }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(digit)
      guard !overflow, !carry else { throw fault(column, "a whole number of 64 bits") }
      value = sum
    }
    return isNegative ? -value : value
  }

  /// Lots: a whole number that may be written with a fraction of zeros.
  func lots(_ column: Int) throws -> Int32 {
    var (start, end) = fields[column]
    if let point = buffer[start..<end].firstIndex(of: 46), buffer[(point + 1)..<end].allSatisfy({ $0 == 48 }) {
      end = point
    }
    var value = 0
    guard start < end, end - start <= 10 else { throw fault(column, "a whole number of lots") }
    while start < end {
      let digit = Int(buffer[start]) - 48
      guard (0...9).contains(digit) else { throw fault(column, "a whole number of lots") }
      value = value * 10 + digit
      start += 1
    }
    guard value <= OrderTicket.maximumLots else { throw fault(column, "at most \(OrderTicket.maximumLots) lots") }
    return Int32(value)
  }

  /// A finite number.
  func number(_ column: Int) throws -> Double {
    guard let number = NumberText.number(text(column)), number.isFinite else { throw fault(column, "a number") }
    return number
  }

  /// A price as whole ticks.
  func ticks(_ column: Int, _ scale: TickScale) throws -> Int32 {
    guard let price = NumberText.number(text(column)), price.isFinite else { throw fault(column, "a price") }
    guard let ticks = scale.ticks(price), let short = Int32(exactly: ticks) else {
      throw fault(column, "a multiple of the tick \(NumberText.text(scale.tick))")
    }
    return short
  }

  func side(_ column: Int) throws -> Side? {
    let (start, end) = fields[column]
    guard start < end else { return nil }
    switch buffer[start] | 32 {
    case 98: return .buy
    case 115, 97: return .sell
    case 110, 117: return nil
    default: throw fault(column, "a side (buy, sell, bid, ask)")
    }
  }
}
