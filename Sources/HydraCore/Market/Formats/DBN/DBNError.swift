/// A DBN stream that cannot be read, with the place.
public struct DBNError: Error, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// Bytes from the start of the decompressed stream: where the record or the member of the metadata begins that is wrong,
  /// or where the stream ends too early.
  public var offset: Int
  public var reason: String

  public init(file: String, offset: Int, reason: String) {
    self.file = file
    self.offset = offset
    self.reason = reason
  }

  public var description: String { "\(file == "-" ? "standard input" : file): byte \(offset): \(reason)" }
}
