/// Where the fields of a CSV text lie.
struct CSVLayout: Sendable {
  /// A fault of form, with the line that it is on.
  struct Fault: Error {
    let line: Int
    let problem: String
  }

  /// Number of fields in every row.
  private(set) var width = 0
  /// Number of rows without the header.
  private(set) var count = 0
  /// One offset behind the end of each field, the header's first. A field begins one byte behind the end of the one
  /// before, except the first of a row.
  private var ends: [UInt32] = []
  /// Where each row begins, the header first.
  private var starts: [UInt32] = []
  /// How many lines further than one after the other rows are, from which row on: empty lines are skipped, and fields may
  /// hold line breaks. The header is row -1.
  private var shifts: [(row: Int, lines: Int)] = []

  /// The bytes of a field, quotes included; the header is row -1.
  @inline(__always) func range(row: Int, column: Int) -> Range<Int> {
    let index = (row + 1) * width + column
    let start = column == 0 ? Int(starts[row + 1]) : Int(ends[index - 1]) + 1
    return start..<Int(ends[index])
  }

  /// The line that a row begins on, the first line being 1.
  ///
  /// - Complexity: O(log n) in the number of places where lines are skipped.
  func line(of row: Int) -> Int {
    var (low, high) = (0, shifts.count)
    while low < high {
      let middle = (low + high) / 2
      if shifts[middle].row <= row { low = middle + 1 } else { high = middle }
    }
    return row + 2 + (low > 0 ? shifts[low - 1].lines : 0)
  }

  /// Calls `body` with the row and the bytes of each field of one column, the header left out.
  @inline(__always) func forEachField<Failure: Error>(
    column: Int, _ body: (Int, Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    for row in 0..<count { try body(row, range(row: row, column: column)) }
  }

  init(scanning bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8) throws(Fault) {
    // Fields of market data have 5 to 10 bytes: a guess that saves most of the growing.
    ends.reserveCapacity(bytes.count / 8 + 16)
    var position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    var line = 1
    var rowLine = 1
    var fields = 0
    var rowStart = position
    var isStop = [Bool](repeating: false, count: 256)
    for byte in [delimiter, 10, 13, UInt8(ascii: "\""), 0] { isStop[Int(byte)] = true }
    guard let base = bytes.baseAddress else { throw Fault(line: 1, problem: "is empty; a header row is needed") }
    let end = bytes.count
    var fieldStart = position

    try isStop.withUnsafeBufferPointer { isStop throws(Fault) in
      while position < end {
        let byte = base[position]
        if !isStop[Int(byte)] {
          position += 1
          continue
        }
        if byte == delimiter {
          ends.append(UInt32(truncatingIfNeeded: position))
          fields += 1
          position += 1
          fieldStart = position
        } else if byte == 10 || byte == 13 {
          let stop = position
          if byte == 13 {
            guard position + 1 < end, base[position + 1] == 10 else {
              // A lone carriage return at the very end is taken as the end of the line.
              guard position + 1 == end else {
                throw Fault(line: line, problem: "a carriage return without a line feed")
              }
              position += 1
              try finishRow(&fields, from: &rowStart, to: stop, line: line, began: rowLine)
              continue
            }
            position += 1
          }
          position += 1
          try finishRow(&fields, from: &rowStart, to: stop, line: line, began: rowLine)
          line += 1
          rowStart = position
          rowLine = line
          fieldStart = position
        } else if byte == 0 {
          throw Fault(line: line, problem: "a zero byte; this is not a text file")
        } else {
          guard position == fieldStart else {
            throw Fault(line: line, problem: "a quote inside a field that does not begin with one")
          }
          let opening = line
          position += 1
          while true {
            while position < end, base[position] != UInt8(ascii: "\"") {
              if base[position] == 10 { line += 1 }
              position += 1
            }
            guard position < end else { throw Fault(line: opening, problem: "a quoted field has no end") }
            position += 1
            guard position < end, base[position] == UInt8(ascii: "\"") else { break }
            position += 1
          }
          if position < end {
            let next = base[position]
            guard next == delimiter || next == 10 || next == 13 else {
              throw Fault(line: line, problem: "text behind the closing quote of a field")
            }
          }
        }
      }
      if rowStart < end { try finishRow(&fields, from: &rowStart, to: end, line: line, began: rowLine) }
    }
    guard width > 0 else { throw Fault(line: 1, problem: "is empty; a header row is needed") }
    count = starts.count - 1
  }

  private mutating func finishRow(
    _ fields: inout Int, from rowStart: inout Int, to stop: Int, line: Int, began: Int
  ) throws(Fault) {
    guard stop > rowStart else {
      rowStart = stop + 1
      return
    }
    ends.append(UInt32(truncatingIfNeeded: stop))
    fields += 1
    if width == 0 {
      width = fields
    } else if fields != width {
      throw Fault(line: line, problem: "\(fields) fields where the header has \(width)")
    }
    let row = starts.count - 1
    if began - (row + 2) != shifts.last?.lines ?? 0 { shifts.append((row, began - (row + 2))) }
    starts.append(UInt32(truncatingIfNeeded: rowStart))
    rowStart = stop + 1
    fields = 0
  }
}
