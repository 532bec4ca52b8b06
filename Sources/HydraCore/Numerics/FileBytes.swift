#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that could not be read or written, with the reason.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path as it was given; `-` is standard input or output.
  public let file: String
  /// What went wrong, as in `No such file or directory`.
  public let reason: String
  /// Bytes from the start of the file as it stands, compressed or not, to the piece that is damaged or missing; nil where
  /// the reason is not at one place.
  public let offset: Int?

  public init(file: String, reason: String, offset: Int? = nil) {
    self.file = file
    self.reason = reason
    self.offset = offset
  }

  public var description: String {
    let place = offset.map { "byte \($0): " } ?? ""
    return "\(file == "-" ? "standard input" : file): \(place)\(reason)"
  }

  /// The error that the system reported last.
  static func last(_ file: String) -> FileError { FileError(file: file, reason: String(cString: strerror(errno))) }
}

/// Whole files as bytes, compressed or not.
///
/// Compression is recognised by the first bytes (gzip, zstd), whatever the name, so that pipes work too. On writing it
/// follows the name: `.gz`, `.zst`, or none.
public enum FileBytes {
  /// The most that a file may hold, before and after decompression, unless the caller says otherwise: 4 GiB - 1, as
  /// far as 32-bit offsets reach.
  public static let sizeLimit = Int(UInt32.max)

  /// The bytes of a file, decompressed; `-` reads standard input to its end.
  ///
  /// Throws `FileError` when the file cannot be read, is damaged or cut short, or holds more than `limit` bytes.
  public static func read(_ path: String, limit: Int = sizeLimit) throws -> [UInt8] {
    try Compression.decompressed(readRaw(path, limit: limit), file: path, limit: limit)
  }

  /// The bytes of a file as they are.
  public static func readRaw(_ path: String, limit: Int = sizeLimit) throws -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.last(path) }
    defer { if path != "-" { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError.last(path) }
    if status.st_mode & S_IFMT == S_IFDIR { throw FileError(file: path, reason: "is a folder, not a file") }
    let tooLarge = FileError(file: path, reason: "holds more than \(limit) bytes")
    guard Int(status.st_size) <= limit else { throw tooLarge }
    // A pipe has no size; the byte more shows the end of a file without growing.
    var failure: FileError?
    var ended = false
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
      var count = 0
      while count < buffer.count {
        let got = systemRead(descriptor, buffer.baseAddress! + count, buffer.count - count)
        if got > 0 {
          count += got
        } else if got == 0 {
          ended = true
          break
        } else if errno != EINTR {
          failure = FileError.last(path)
          break
        }
      }
      return count
    }
    let capacity = min(max(Int(status.st_size) + 1, 65_536), limit + 1)
    var bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = fill(UnsafeMutableRawBufferPointer(buffer))
    }
    while !ended, failure == nil {
      guard bytes.count <= limit else { throw tooLarge }
      bytes += [UInt8](unsafeUninitializedCapacity: min(bytes.count, limit + 1 - bytes.count)) { buffer, count in
        count = fill(UnsafeMutableRawBufferPointer(buffer))
      }
    }
    if let failure { throw failure }
    guard bytes.count <= limit else { throw tooLarge }
    return bytes
  }

  /// Writes a file, compressed when the name ends in `.gz` or `.zst`; `-` is standard output.
  ///
  /// A regular file is written under a name of its own beside the target and then renamed, so that a reader never sees
  /// half of it and a failure leaves the old one.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    if path == "-" { return try write(bytes, descriptor: STDOUT_FILENO, path: "standard output") }
    let packed =
      path.hasSuffix(".gz")
      ? try Compression.gzip(bytes, file: path)
      : path.hasSuffix(".zst") ? try Compression.zstd(bytes, file: path) : bytes
    var status = stat()
    let exists = stat(path, &status) == 0
    // Devices and pipes cannot be replaced by renaming.
    let direct = exists && status.st_mode & S_IFMT != S_IFREG
    let target = direct ? path : path + ".partial"
    let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.last(path) }
    do {
      try write(packed, descriptor: descriptor, path: path)
    } catch {
      close(descriptor)
      if !direct { unlink(target) }
      throw error
    }
    guard close(descriptor) == 0 else { throw FileError.last(path) }
    if !direct, rename(target, path) != 0 { throw FileError.last(path) }
  }

  private static func write(_ bytes: [UInt8], descriptor: Int32, path: String) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = systemWrite(descriptor, buffer.baseAddress! + done, buffer.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          throw FileError.last(path)
        }
        done += count
      }
    }
  }
}

// The methods above hide the system calls of the same names.
func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}
