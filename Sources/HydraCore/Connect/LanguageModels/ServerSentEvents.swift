import HydraNumerics

/// Reads a stream of server-sent events that carries a chat completion in pieces.
///
/// Lines end in LF, CRLF or CR; lines that begin with a colon are comments; the data lines of one event belong together.
/// The whole stream is read at once, so that it may have been cut anywhere, inside a character too.
/// Source: HTML Standard, section 9.2, "Server-sent events".
enum ServerSentEvents {
  /// The data of each event, in order.
  static func data(of bytes: [UInt8]) -> [String] {
    var events: [String] = []
    var lines: [String] = []
    func line(_ range: ArraySlice<UInt8>) {
      if range.isEmpty {
        if !lines.isEmpty { events.append(lines.joined(separator: "\n")) }
        lines = []
      } else if range.starts(with: "data:".utf8) {
        var value = range.dropFirst(5)
        if value.first == 32 { value = value.dropFirst() }
        lines.append(String(decoding: value, as: UTF8.self))
      }
    }
    var start = 0
    var place = 0
    while place < bytes.count {
      if bytes[place] == 10 || bytes[place] == 13 {
        line(bytes[start..<place])
        if bytes[place] == 13, place + 1 < bytes.count, bytes[place + 1] == 10 { place += 1 }
        start = place + 1
      }
      place += 1
    }
    if start < bytes.count { line(bytes[start...]) }
    if !lines.isEmpty { events.append(lines.joined(separator: "\n")) }
    return events
  }

  /// The pieces of a completion as the envelope that an answer in one piece would have had.
  ///
  /// An event that reports an error is the envelope. Throws ``LanguageModelError/streamIncomplete`` when no piece says
  /// why the reply ended, and ``LanguageModelError/invalidEnvelope(_:)`` for an event that is no JSON object.
  static func envelope(of bytes: [UInt8]) throws(LanguageModelError) -> JSONValue {
    var (content, arguments, refusal, finish) = ("", "", "", nil as String?)
    var (model, usage) = (nil as JSONValue?, nil as JSONValue?)
    for data in data(of: bytes) where data != "[DONE]" {
      guard let chunk = try? JSONValue(parsing: Array(data.utf8)), case .object = chunk else {
        // The end of a stream that was cut inside an event.
        if finish == nil { throw .streamIncomplete }
        throw .invalidEnvelope("an event of the stream is not a JSON object")
      }
      if let error = chunk["error"], !error.isNull { return chunk }
      model = chunk["model"] ?? model
      if let used = chunk["usage"], !used.isNull { usage = used }
      guard let choice = chunk["choices"]?.array?.first else { continue }
      content += choice["delta"]?["content"]?.string ?? ""
      arguments += choice["delta"]?["tool_calls"]?[0]?["function"]?["arguments"]?.string ?? ""
      refusal += choice["delta"]?["refusal"]?.string ?? ""
      finish = choice["finish_reason"]?.string ?? finish
    }
    guard let finish else { throw .streamIncomplete }
    var message: JSONValue = ["role": "assistant", "content": .string(content)]
    if !refusal.isEmpty { message["refusal"] = .string(refusal) }
    if !arguments.isEmpty { message["tool_calls"] = [["function": ["arguments": .string(arguments)]]] }
    var envelope: JSONValue = ["choices": [["finish_reason": .string(finish), "message": message]]]
    if let model { envelope["model"] = model }
    if let usage { envelope["usage"] = usage }
    return envelope
  }
}
