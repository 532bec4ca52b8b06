import HydraNumerics

/// One record of a DBN stream, field by field.
public struct DBNRecord: Hashable, Sendable {
  /// As in `mbo`, `mbp-1`, `definition.v2`; nil for kinds that are not known, which have the header's fields only.
  public var layout: String?
  /// In the order of their bytes, reserved ones left out.
  public var fields: [(name: String, value: DBNValue)]

  public static func == (left: DBNRecord, right: DBNRecord) -> Bool {
    left.layout == right.layout && left.fields.elementsEqual(right.fields) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(layout)
    for field in fields { hasher.combine(field.value) }
  }

  /// The value of a field; nil when this kind of record has none of that name.
  public subscript(name: String) -> DBNValue? { fields.first { $0.name == name }?.value }

  init(_ bytes: UnsafeRawBufferPointer, layout: DBNLayout?, hasSendTime: Bool) {
    self.layout = layout?.name
    let known =
      layout?.fields ?? DBNField.fields("0:length:u8 1:rtype:u8 2:publisher_id:u16 4:instrument_id:u32 8:ts_event:u64")
    fields = known.map { ($0.name, $0.value(bytes)) }
    if hasSendTime {
      let field = DBNField(name: "ts_out", offset: bytes.count - 8, kind: .unsigned(8))
      fields.append((field.name, field.value(bytes)))
    }
  }
}

/// DBN as lines of JSON: whole numbers exactly, as large as they are.
public enum DBNText {
  /// `{"file": …, "metadata": {…}}` for a file with that many records.
  public static func line(_ metadata: DBNMetadata, file: String, records: Int) -> String {
    func list(_ names: [String]) -> String { "[" + names.map(quoted).joined(separator: ", ") + "]" }
    func optional(_ text: String?) -> String { text.map(quoted) ?? "null" }
    return "{\"file\": \(quoted(file)), \"metadata\": {\"version\": \(metadata.version), "
      + "\"dataset\": \(quoted(metadata.dataset)), \"schema\": \(optional(metadata.schema)), "
      + "\"start\": \(metadata.start), \"end\": \(metadata.end.map(String.init) ?? "null"), "
      + "\"limit\": \(metadata.limit.map(String.init) ?? "null"), \"stype_in\": \(optional(metadata.symbolIn)), "
      + "\"stype_out\": \(optional(metadata.symbolOut)), \"ts_out\": \(metadata.hasSendTimes), "
      + "\"symbols\": \(list(metadata.symbols)), \"partial\": \(list(metadata.partial)), "
      + "\"not_found\": \(list(metadata.notFound)), \"records\": \(records)}}"
  }

  /// `{"file": …, "i": …, "layout": …, "fields": {…}}` for record number `index`.
  public static func line(_ record: DBNRecord, file: String, index: Int) -> String {
    let fields = record.fields.map { name, value in
      switch value {
      case .signed(let number): "\"\(name)\": \(number)"
      case .unsigned(let number): "\"\(name)\": \(number)"
      case .text(let text): "\"\(name)\": \(quoted(text))"
      }
    }
    return "{\"file\": \(quoted(file)), \"i\": \(index), \"layout\": \(record.layout.map(quoted) ?? "null"), "
      + "\"fields\": {\(fields.joined(separator: ", "))}}"
  }

  /// Text in quotation marks, everything outside ASCII escaped.
  private static func quoted(_ text: String) -> String {
    let plain = JSONValue.string(text).text
    guard !plain.utf8.allSatisfy({ $0 < 128 }) else { return plain }
    return plain.utf16.map { unit in
      unit < 128 ? String(Unicode.Scalar(UInt8(unit))) : "\\u" + String(UInt32(unit) + 0x10000, radix: 16).dropFirst()
    }.joined()
  }
}
