/// A field of a kind of record: its name, place and type.
struct DBNField: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case unsigned(Int)
    case signed(Int)
    case character
    case text(Int)

    var size: Int {
      switch self {
      case .unsigned(let size), .signed(let size), .text(let size): size
      case .character: 1
      }
    }
  }

  var name: String
  var offset: Int
  var kind: Kind

  /// The fields of a layout text, without the reserved ones.
  static func fields(_ text: String) -> [DBNField] {
    text.split { $0 == " " || $0 == "\n" }.compactMap { word in
      let parts = word.split(separator: ":")
      guard parts.count == 3, let offset = Int(parts[0]) else { preconditionFailure("layout '\(word)'") }
      if parts[1].hasPrefix("_") { return nil }
      return DBNField(name: String(parts[1]), offset: offset, kind: kind(parts[2]))
    }
  }

  private static func kind(_ type: Substring) -> Kind {
    if type == "c" { return .character }
    if type.hasPrefix("char[") { return .text(Int(type.dropFirst(5).dropLast())!) }
    let size = Int(type.dropFirst())! / 8
    return type.hasPrefix("u") ? .unsigned(size) : .signed(size)
  }

  /// Bytes before the first NUL; bytes that are no UTF-8 are taken as Latin-1.
  static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    let used = bytes.prefix { $0 != 0 }
    return String(validating: used, as: UTF8.self) ?? String(String.UnicodeScalarView(used.map { Unicode.Scalar($0) }))
  }

  func value(_ record: UnsafeRawBufferPointer) -> DBNValue {
    switch kind {
    case .unsigned(1): .unsigned(UInt64(record[offset]))
    case .unsigned(2): .unsigned(UInt64(load(UInt16.self, record)))
    case .unsigned(4): .unsigned(UInt64(load(UInt32.self, record)))
    case .unsigned: .unsigned(load(UInt64.self, record))
    case .signed(1): .signed(Int64(Int8(bitPattern: record[offset])))
    case .signed(2): .signed(Int64(load(Int16.self, record)))
    case .signed(4): .signed(Int64(load(Int32.self, record)))
    case .signed: .signed(load(Int64.self, record))
    case .character: .text(String(Unicode.Scalar(record[offset])))
    case .text(let size): .text(Self.text(UnsafeRawBufferPointer(rebasing: record[offset..<offset + size])))
    }
  }

  private func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ record: UnsafeRawBufferPointer) -> T {
    T(littleEndian: record.loadUnaligned(fromByteOffset: offset, as: T.self))
  }
}

/// The value of a field as it stands in the record; undefined values are not translated.
public enum DBNValue: Hashable, Sendable {
  case signed(Int64)
  case unsigned(UInt64)
  case text(String)
}
