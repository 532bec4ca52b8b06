import HydraNumerics

/// Reads DBN streams of versions 1 to 3, plain or in one or several Zstandard frames, in bounded memory.
///
///     let reader = try DBNReader(path: "zo.mbo.dbn.zst")
///     while let record = try reader.next() { print(record["price"] as Any) }
///
/// A fragment, records without metadata, needs its version told. Records of kinds that are not known are passed over by
/// their length; a length that cannot be true is an error with its place. A stream that is cut short is an error.
public final class DBNReader {
  public let file: String
  public let version: Int
  /// Nil for a fragment.
  public let metadata: DBNMetadata?
  /// Records read so far.
  public private(set) var count = 0
  private let source: ByteSource
  private var buffer: [UInt8]
  private var position = 0
  private var available = 0
  private var offset = 0
  private var isAtEnd = false

  /// Opens a file. Throws ``DBNError``, or `FileError` from the file itself.
  ///
  /// - Parameter version: of a fragment; nil where the file has metadata.
  public convenience init(path: String, version: Int? = nil) throws {
    try self.init(ByteSource(path: path), version: version)
  }

  /// Reads bytes in memory, named `file` in errors.
  public convenience init(bytes: [UInt8], file: String, version: Int? = nil) throws {
    try self.init(ByteSource(bytes: bytes, file: file), version: version)
  }

  private init(_ source: ByteSource, version: Int?) throws {
    self.source = source
    file = source.file
    buffer = [UInt8](repeating: 0, count: 1 << 18)
    if let version {
      guard (1...3).contains(version) else {
        throw DBNError(file: file, offset: 0, reason: "version \(version) is none of 1, 2, 3")
      }
      (self.version, metadata) = (version, nil)
      return
    }
    var head = [UInt8](repeating: 0, count: 8)
    let got = try head.withUnsafeMutableBytes { try source.read(into: $0) }
    guard got == 8, head.starts(with: Array("DBN".utf8)) else {
      throw DBNError(file: file, offset: 0, reason: "does not begin with DBN (a fragment needs its version told)")
    }
    let length = (0..<4).reduce(0) { $0 | Int(head[4 + $1]) << (8 * $1) }
    self.version = Int(head[3])
    guard (1...3).contains(head[3]) else {
      throw DBNError(file: file, offset: 3, reason: "version \(head[3]) is none of 1, 2, 3")
    }
    guard length <= Self.metadataLimit else {
      throw DBNError(file: file, offset: 4, reason: "metadata of \(length) bytes are more than \(Self.metadataLimit)")
    }
    var bytes: [UInt8] = []
    // Grown as bytes really come, so that a false length takes no memory.
    while bytes.count < length {
      let piece = try [UInt8](unsafeUninitializedCapacity: min(length - bytes.count, 1 << 20)) { target, count in
        count = try source.read(into: UnsafeMutableRawBufferPointer(target))
      }
      if piece.isEmpty {
        throw DBNError(file: file, offset: 8 + bytes.count, reason: "ends within its metadata of \(length) bytes")
      }
      bytes += piece
    }
    let (name, number) = (file, Int(head[3]))
    metadata = try bytes.withUnsafeBytes { try DBNMetadata($0, version: number, file: name, offset: 8) }
    offset = 8 + length
  }

  /// The most bytes of metadata that are taken.
  static let metadataLimit = 1 << 28

  /// The next record; nil at the end.
  public func next() throws -> DBNRecord? {
    var record: DBNRecord?
    _ = try forEach(limit: 1) { bytes, layout in
      record = DBNRecord(bytes, layout: layout, hasSendTime: metadata?.hasSendTimes ?? false)
    }
    return record
  }

  /// Calls `body` with the bytes of up to `limit` records and their layouts; the bytes are there during the call only.
  /// Returns how many there were.
  func forEach(limit: Int = .max, _ body: (UnsafeRawBufferPointer, DBNLayout?) throws -> Void) throws -> Int {
    var done = 0
    while done < limit, try fill(atLeast: 16) {
      let length = Int(buffer[position]) * 4
      guard length >= 16 else {
        throw DBNError(file: file, offset: offset, reason: "a record of \(length) bytes is shorter than its header")
      }
      guard try fill(atLeast: length) else {
        throw DBNError(file: file, offset: offset, reason: "a record of \(length) bytes is cut short")
      }
      let type = buffer[position + 1]
      let layout = DBNLayout.layout(type: type, version: version, schema: metadata?.schema)
      let size = (layout?.size ?? 16) + (metadata?.hasSendTimes == true ? 8 : 0)
      guard length >= size else {
        throw DBNError(
          file: file, offset: offset, reason: "a record of type \(type) has \(length) bytes where \(size) are needed")
      }
      try buffer.withUnsafeBytes {
        try body(UnsafeRawBufferPointer(rebasing: $0[position..<position + length]), layout)
      }
      position += length
      offset += length
      count += 1
      done += 1
    }
    return done
  }

  /// Hands the bytes in the buffer to `body`, beginning with a whole record, and passes over as many bytes as it returns;
  /// false at the end.
  func pass(_ body: (_ bytes: UnsafeRawBufferPointer, _ offset: Int) throws -> Int) throws -> Bool {
    guard try fill(atLeast: 16) else { return false }
    let length = Int(buffer[position]) * 4
    guard length >= 16 else {
      throw DBNError(file: file, offset: offset, reason: "a record of \(length) bytes is shorter than its header")
    }
    guard try fill(atLeast: length) else {
      throw DBNError(file: file, offset: offset, reason: "a record of \(length) bytes is cut short")
    }
    let used = try buffer.withUnsafeBytes {
      try body(UnsafeRawBufferPointer(rebasing: $0[position..<available]), offset)
    }
    position += used
    offset += used
    return true
  }

  /// Makes sure that so many bytes stand at `position`; false at the end of the stream.
  private func fill(atLeast count: Int) throws -> Bool {
    if available - position >= count { return true }
    if !isAtEnd {
      buffer.withUnsafeMutableBytes { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<available]))
      }
      available -= position
      position = 0
      let start = available
      let got = try buffer.withUnsafeMutableBytes { bytes in
        try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
      }
      available += got
      isAtEnd = available < buffer.count
    }
    if available - position >= count { return true }
    if available > position, count == 16 {
      throw DBNError(file: file, offset: offset, reason: "a record is cut short")
    }
    return false
  }
}
