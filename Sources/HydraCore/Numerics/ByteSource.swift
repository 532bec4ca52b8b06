#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import CZlib
import CZstd

/// A file read piece by piece, decompressed on the way, so that files larger than memory can be read.
///
/// gzip (several members) and Zstandard (several frames) are recognised by how the bytes begin; `-` is standard input.
///
///     let source = try ByteSource(path: "zo.dbn.zst")
///     let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }      // 0 at the end
///
/// Not `Sendable`: one reader at a time.
public final class ByteSource {
  /// The path as it was given.
  public let file: String
  private let descriptor: Int32
  private var input: [UInt8]
  private var position = 0
  private var available = 0
  /// Bytes of the file before those in `input`.
  private var passed = 0
  private var ended = false
  private var decoder = Decoder.undecided

  private enum Decoder {
    case undecided
    case plain
    case gzip(UnsafeMutablePointer<z_stream>)
    case zstd(OpaquePointer)
  }
  /// Whether the newest compressed frame has not ended.
  private var isInsideFrame = false
  /// Bytes that zstd wants next: fed so, a fault lies at most one block after the place that is named.
  private var wanted = 1

  /// Opens a file; throws `FileError` when that fails.
  public init(path: String, bufferSize: Int = 1 << 18) throws {
    file = path
    let opened = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw FileError.last(path) }
    descriptor = opened
    input = [UInt8](repeating: 0, count: max(bufferSize, 4096))
    var status = stat()
    if fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      if path != "-" { close(opened) }
      ended = true
      throw FileError(file: path, reason: "is a folder, not a file")
    }
  }

  /// Reads from bytes in memory, as if they were a file of that name.
  public init(bytes: [UInt8], file: String) {
    self.file = file
    descriptor = -1
    input = bytes
    available = bytes.count
    ended = true
  }

  deinit {
    switch decoder {
    case .gzip(let stream):
      inflateEnd(stream)
      stream.deallocate()
    case .zstd(let context): ZSTD_freeDCtx(context)
    case .undecided, .plain: break
    }
    if descriptor > STDIN_FILENO { close(descriptor) }
  }

  /// Fills a buffer as far as the content reaches and returns the bytes written; 0 only at the end.
  ///
  /// Throws `FileError` for damaged or truncated data and for bytes behind the end of compressed data.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var count = 0
    while count < buffer.count {
      let got = try readSome(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      if got == 0 { break }
      count += got
    }
    return count
  }

  private func readSome(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if case .undecided = decoder { try decide() }
    switch decoder {
    case .undecided, .plain:
      if position == available { try refill() }
      let count = min(buffer.count, available - position)
      input.withUnsafeBytes { source in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position..<position + count]))
      }
      position += count
      return count
    case .gzip(let stream): return try inflateSome(stream, buffer)
    case .zstd(let context): return try decompressSome(context, buffer)
    }
  }

  /// Reads on from the file; after this `position == available` means the end.
  private func refill() throws {
    guard position == available, !ended else { return }
    passed += available
    position = 0
    available = 0
    while true {
      let got = input.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress!, $0.count) }
      if got > 0 {
        available = got
      } else if got == 0 {
        ended = true
      } else if errno == EINTR {
        continue
      } else {
        throw FileError.last(file)
      }
      return
    }
  }

  /// A fault at the place up to which the file has been used.
  private func fault(_ reason: String) -> FileError {
    FileError(file: file, reason: reason, offset: passed + position)
  }

  private func decide() throws {
    // A pipe may give its first bytes singly.
    while available - position < 4, !ended {
      let got = input.withUnsafeMutableBytes {
        systemRead(descriptor, $0.baseAddress! + available, $0.count - available)
      }
      if got > 0 {
        available += got
      } else if got == 0 {
        ended = true
      } else if errno != EINTR {
        throw FileError.last(file)
      }
    }
    let head = input[position..<min(position + 4, available)]
    if head.starts(with: [0x1f, 0x8b]) {
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      guard inflateInit2_(stream, 15 + 16, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        stream.deallocate()
        throw FileError(file: file, reason: "zlib cannot start")
      }
      decoder = .gzip(stream)
      isInsideFrame = true
    } else if head.elementsEqual([0x28, 0xb5, 0x2f, 0xfd]) {
      guard let context = ZSTD_createDCtx() else { throw FileError(file: file, reason: "no memory") }
      decoder = .zstd(context)
      isInsideFrame = true
    } else {
      decoder = .plain
    }
  }

  private func inflateSome(_ stream: UnsafeMutablePointer<z_stream>, _ buffer: UnsafeMutableRawBufferPointer) throws
    -> Int
  {
    while true {
      if position == available { try refill() }
      if position == available {
        if isInsideFrame { throw fault("the gzip data are cut short") }
        return 0
      }
      if !isInsideFrame {
        // Padding with zeros is usual on tapes; anything else has to be a further member.
        if input[position] == 0 {
          position += 1
          continue
        }
        guard inflateReset(stream) == Z_OK else { throw fault("zlib cannot go on") }
        isInsideFrame = true
      }
      let (start, end) = (position, available)
      let (status, used, written) = input.withUnsafeMutableBufferPointer { source -> (Int32, Int, Int) in
        stream.pointee.next_in = source.baseAddress! + start
        stream.pointee.avail_in = UInt32(clamping: end - start)
        stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: buffer.count)
        let (inBefore, outBefore) = (stream.pointee.avail_in, stream.pointee.avail_out)
        let status = inflate(stream, Z_NO_FLUSH)
        return (status, Int(inBefore - stream.pointee.avail_in), Int(outBefore - stream.pointee.avail_out))
      }
      position += used
      if status == Z_STREAM_END {
        isInsideFrame = false
      } else if status != Z_OK, status != Z_BUF_ERROR {
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "code \(status)"
        throw fault("damaged gzip data (\(reason))")
      }
      if written > 0 { return written }
    }
  }

  private func decompressSome(_ context: OpaquePointer, _ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      if position == available { try refill() }
      if position == available, !isInsideFrame { return 0 }
      let (start, end) = (position, min(available, position + wanted))
      let (status, used, written) = input.withUnsafeBytes { source -> (Int, Int, Int) in
        var from = ZSTD_inBuffer(src: source.baseAddress! + start, size: end - start, pos: 0)
        var to = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        let status = ZSTD_decompressStream(context, &to, &from)
        return (status, from.pos, to.pos)
      }
      guard ZSTD_isError(status) == 0 else {
        throw fault("damaged zstd data (\(String(cString: ZSTD_getErrorName(status))))")
      }
      position += used
      wanted = max(1, status)
      isInsideFrame = status != 0
      if written > 0 { return written }
      if used == 0, ended, position == available {
        throw fault("the zstd data are cut short")
      }
    }
  }
}
