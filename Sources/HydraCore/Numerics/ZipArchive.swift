import CZlib

/// The members of a ZIP archive, stored or deflated: what vendors put daily files in.
///
///     let archive = try ZipArchive(path: "20131007_trade.zip")
///     let bytes = try archive.contents(of: archive.members[0])
///
/// The archive stands in memory, its members are unpacked one at a time; sizes and check sums are verified. Encrypted
/// members, several volumes and archives beyond 4 GB are refused.
///
/// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", version 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
public struct ZipArchive: Sendable {
  /// One file of the archive.
  public struct Member: Hashable, Sendable {
    /// Its path inside the archive.
    public var name: String
    /// Bytes when unpacked.
    public var size: Int
    var packedSize: Int
    var method: Int
    var checksum: UInt32
    var offset: Int
  }

  /// The path as it was given.
  public let file: String
  /// In the order of the archive's directory; folders are left out.
  public let members: [Member]
  private let bytes: [UInt8]

  /// Reads an archive; throws `FileError` when it is none.
  public init(path: String) throws { try self.init(bytes: FileBytes.readRaw(path), file: path) }

  /// The same from bytes, named `file` in errors.
  public init(bytes: [UInt8], file: String) throws {
    (self.bytes, self.file) = (bytes, file)
    func fault(_ reason: String) -> FileError { FileError(file: file, reason: reason) }
    // The directory's end stands in the last 22 bytes and a comment of at most 65,535.
    let least = max(0, bytes.count - 22 - 65_535)
    var place = bytes.count - 22
    while place >= least, Self.number(bytes, place, 4) != 0x0605_4b50 { place -= 1 }
    guard place >= least, place >= 0 else { throw fault("is no ZIP archive") }
    guard let count = Self.number(bytes, place + 10, 2), var at = Self.number(bytes, place + 16, 4) else {
      throw fault("is no ZIP archive")
    }
    var members: [Member] = []
    for _ in 0..<count {
      guard Self.number(bytes, at, 4) == 0x0201_4b50, let flags = Self.number(bytes, at + 8, 2),
        let method = Self.number(bytes, at + 10, 2), let checksum = Self.number(bytes, at + 16, 4),
        let packed = Self.number(bytes, at + 20, 4), let size = Self.number(bytes, at + 24, 4),
        let nameLength = Self.number(bytes, at + 28, 2), let extra = Self.number(bytes, at + 30, 2),
        let comment = Self.number(bytes, at + 32, 2), let offset = Self.number(bytes, at + 42, 4),
        at + 46 + nameLength <= bytes.count
      else { throw fault("has a damaged directory at byte \(at)") }
      let name = String(decoding: bytes[at + 46..<at + 46 + nameLength], as: UTF8.self)
      guard flags & 1 == 0 else { throw fault("member \(name) is encrypted") }
      if !name.hasSuffix("/") {
        members.append(
          Member(
            name: name, size: size, packedSize: packed, method: method, checksum: UInt32(checksum), offset: offset))
      }
      at += 46 + nameLength + extra + comment
    }
    self.members = members
  }

  /// Whether bytes begin as an archive does.
  public static func isArchive(_ head: some Collection<UInt8>) -> Bool { head.starts(with: [0x50, 0x4b, 3, 4]) }

  /// The unpacked bytes of a member. Throws `FileError` for damaged data.
  public func contents(of member: Member) throws -> [UInt8] {
    func fault(_ reason: String) -> FileError { FileError(file: "\(file)/\(member.name)", reason: reason) }
    let at = member.offset
    guard Self.number(bytes, at, 4) == 0x0403_4b50, let nameLength = Self.number(bytes, at + 26, 2),
      let extra = Self.number(bytes, at + 28, 2), at + 30 + nameLength + extra + member.packedSize <= bytes.count
    else { throw fault("is not where the directory says") }
    let start = at + 30 + nameLength + extra
    let packed = bytes[start..<start + member.packedSize]
    let content: [UInt8]
    switch member.method {
    case 0: content = Array(packed)
    case 8: content = try Self.inflated(packed, size: member.size, fault)
    case let method: throw fault("is packed by method \(method); 0 (stored) and 8 (deflate) are read")
    }
    guard content.count == member.size else { throw fault("has \(content.count) bytes, not \(member.size)") }
    let checksum = content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
    guard UInt32(truncatingIfNeeded: checksum) == member.checksum else { throw fault("has a wrong check sum") }
    return content
  }

  private static func inflated(
    _ packed: ArraySlice<UInt8>, size: Int, _ fault: (String) -> FileError
  ) throws -> [UInt8] {
    // Deflate packs at most 1032 to 1: a false size takes no memory.
    guard size <= packed.count * 1032 + 64 else { throw fault("cannot hold \(size) bytes") }
    var stream = z_stream()
    guard inflateInit2_(&stream, -15, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw fault("zlib cannot start")
    }
    defer { inflateEnd(&stream) }
    var input = Array(packed)
    var output = [UInt8](repeating: 0, count: size + 1)
    let status = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(clamping: source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(clamping: target.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else { throw fault("has damaged deflate data") }
    output.removeLast(output.count - Int(stream.total_out))
    return output
  }

  /// A little-endian number; nil beyond the end.
  private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int? {
    guard at >= 0, at + count <= bytes.count else { return nil }
    return (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
  }
}
