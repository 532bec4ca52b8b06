import CZlib
import CZstd

/// gzip (RFC 1952, several members in a row too) and Zstandard (RFC 8878, several frames in a row too), whole buffers.
public enum Compression {
  /// The content of compressed bytes, recognised by how they begin; other bytes are returned as they are.
  ///
  /// `file` names the source in errors. Throws `FileError` for damaged or truncated data, for bytes behind the end,
  /// and when the content exceeds `limit` bytes.
  public static func decompressed(
    _ bytes: [UInt8], file: String, limit: Int = FileBytes.sizeLimit
  ) throws -> [UInt8] {
    if bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b { return try gunzip(bytes, file: file, limit: limit) }
    if bytes.count >= 4, bytes[0] == 0x28, bytes[1] == 0xb5, bytes[2] == 0x2f, bytes[3] == 0xfd {
      return try unzstd(bytes, file: file, limit: limit)
    }
    return bytes
  }

  /// One gzip member without name or time, so that equal bytes give equal files.
  public static func gzip(_ bytes: [UInt8], file: String = "gzip", level: Int = 6) throws -> [UInt8] {
    guard bytes.count <= Int(UInt32.max) else { throw FileError(file: file, reason: "too large to compress") }
    var stream = z_stream()
    let version = zlibVersion()
    guard
      deflateInit2_(
        &stream, Int32(level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, version, Int32(MemoryLayout<z_stream>.size))
        == Z_OK
    else { throw FileError(file: file, reason: "zlib cannot compress at level \(level)") }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 32)
    let status = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(clamping: target.count)
        return deflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else { throw FileError(file: file, reason: "zlib failed with code \(status)") }
    output.removeLast(output.count - Int(stream.total_out))
    return output
  }

  /// One Zstandard frame with its content size and a checksum.
  public static func zstd(_ bytes: [UInt8], file: String = "zstd", level: Int = 3) throws -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { throw FileError(file: file, reason: "no memory") }
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level))
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let size = ZSTD_compress2(context, &output, output.count, bytes, bytes.count)
    guard ZSTD_isError(size) == 0 else {
      throw FileError(file: file, reason: String(cString: ZSTD_getErrorName(size)))
    }
    output.removeLast(output.count - size)
    return output
  }

  private static func gunzip(_ bytes: [UInt8], file: String, limit: Int) throws -> [UInt8] {
    var stream = z_stream()
    guard inflateInit2_(&stream, 15 + 16, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw FileError(file: file, reason: "zlib cannot start")
    }
    defer { inflateEnd(&stream) }
    var output = GrowingBuffer(capacity: min(bytes.count * 4 + 1024, limit + 1), limit: limit)
    var used = 0
    var input = bytes
    try input.withUnsafeMutableBufferPointer { source in
      while true {
        stream.next_in = source.baseAddress! + used
        stream.avail_in = UInt32(clamping: source.count - used)
        try output.makeRoom(file: file)
        let room = output.room
        let before = Int(stream.avail_in)
        let status = output.withRoom { target, count in
          stream.next_out = target
          stream.avail_out = UInt32(clamping: count)
          return inflate(&stream, Z_NO_FLUSH)
        }
        used += before - Int(stream.avail_in)
        output.count += min(room, Int(UInt32.max)) - Int(stream.avail_out)
        if status == Z_STREAM_END {
          // Padding with zeros is usual on tapes; anything else has to be a further member.
          if source[used...].allSatisfy({ $0 == 0 }) { break }
          guard inflateReset(&stream) == Z_OK else { throw FileError(file: file, reason: "zlib cannot go on") }
        } else if used == source.count, stream.avail_out > 0 {
          throw FileError(file: file, reason: "the gzip data are cut short")
        } else if status != Z_OK, status != Z_BUF_ERROR {
          let reason = stream.msg.map { String(cString: $0) } ?? "code \(status)"
          throw FileError(file: file, reason: "damaged gzip data (\(reason))")
        }
      }
    }
    return try output.finished(file: file)
  }

  private static func unzstd(_ bytes: [UInt8], file: String, limit: Int) throws -> [UInt8] {
    guard let context = ZSTD_createDCtx() else { throw FileError(file: file, reason: "no memory") }
    defer { ZSTD_freeDCtx(context) }
    var output = GrowingBuffer(capacity: min(bytes.count * 4 + 1024, limit + 1), limit: limit)
    try bytes.withUnsafeBytes { source in
      var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      var wanted = 1
      while input.pos < input.size || wanted > 0 {
        try output.makeRoom(file: file)
        let before = input.pos
        var written = 0
        wanted = output.withRoom { target, count in
          var slot = ZSTD_outBuffer(dst: target, size: count, pos: 0)
          let status = ZSTD_decompressStream(context, &slot, &input)
          written = slot.pos
          return status
        }
        guard ZSTD_isError(wanted) == 0 else {
          let reason = String(cString: ZSTD_getErrorName(wanted))
          throw FileError(file: file, reason: "damaged zstd data (\(reason))")
        }
        output.count += written
        if wanted > 0, input.pos == before, written == 0, input.pos == input.size {
          throw FileError(file: file, reason: "the zstd data are cut short")
        }
      }
    }
    return try output.finished(file: file)
  }
}

/// Bytes that are written at the end by C and grow by doubling up to a limit.
private struct GrowingBuffer {
  private var bytes: [UInt8]
  private let limit: Int
  var count = 0

  init(capacity: Int, limit: Int) {
    bytes = [UInt8](repeating: 0, count: max(capacity, 1))
    self.limit = limit
  }

  var room: Int { bytes.count - count }

  /// Makes sure that there is room for a byte. One byte above the limit tells a full buffer from an excess.
  mutating func makeRoom(file: String) throws {
    guard count == bytes.count else { return }
    guard count <= limit else { throw FileError(file: file, reason: "holds more than \(limit) bytes when unpacked") }
    bytes.append(contentsOf: repeatElement(0, count: min(bytes.count, limit + 1 - bytes.count)))
  }

  mutating func withRoom<Result>(_ body: (UnsafeMutablePointer<UInt8>, Int) -> Result) -> Result {
    let (start, room) = (count, room)
    return bytes.withUnsafeMutableBufferPointer { body($0.baseAddress! + start, room) }
  }

  consuming func finished(file: String) throws -> [UInt8] {
    guard count <= limit else { throw FileError(file: file, reason: "holds more than \(limit) bytes when unpacked") }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
