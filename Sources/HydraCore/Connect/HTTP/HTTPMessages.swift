/// A request to a server.
public struct HTTPRequest: Sendable {
  /// The method of the request.
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  public var method: Method
  /// `http://` or `https://`.
  public var url: String
  public var headers: [HTTPHeader]
  /// Sent with POST only.
  public var body: [UInt8]

  public init(_ method: Method = .get, _ url: String, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
  }

  /// The address without what may hold a secret: user, password, query and fragment. For messages.
  public var printableURL: String {
    var text = url[...]
    if let end = text.firstIndex(where: { $0 == "?" || $0 == "#" }) { text = text[..<end] }
    guard let scheme = text.firstRange(of: "://") else { return String(text) }
    let rest = text[scheme.upperBound...]
    let host = rest.prefix { $0 != "/" }
    guard let at = host.lastIndex(of: "@") else { return String(text) }
    return text[..<scheme.upperBound] + String(rest[rest.index(after: at)...])
  }
}

/// A header of a request.
public struct HTTPHeader: Sendable {
  enum Value: Sendable {
    case text(String)
    /// A secret with what stands in front of it, as in `Bearer …`.
    case secret(prefix: String, Secret)
  }

  public let name: String
  let value: Value

  public init(_ name: String, _ value: String) { (self.name, self.value) = (name, .text(value)) }

  /// `Authorization: Bearer KEY`; the key appears in no message.
  public static func bearer(_ key: Secret) -> HTTPHeader {
    HTTPHeader(name: "Authorization", value: .secret(prefix: "Bearer ", key))
  }

  private init(name: String, value: Value) { (self.name, self.value) = (name, value) }

  /// The line that is sent.
  var line: String {
    switch value {
    // `Name;` is how libcurl is told of a header without a value.
    case .text(let text): text.isEmpty ? "\(name);" : "\(name): \(text)"
    case .secret(let prefix, let secret): "\(name): \(prefix)\(secret.reveal())"
    }
  }

  /// Whether the line is one line of printable characters: a line break would begin another header.
  var isWellFormed: Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ";") }
      && line.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
  }
}

/// What a server answered.
public struct HTTPResponse: Sendable {
  public var status: Int
  /// In the order in which they came; names as sent.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    (self.status, self.headers, self.body) = (status, headers, body)
  }

  /// The value of the first header of that name, in whatever case it is written.
  public func header(_ name: String) -> String? {
    let name = name.lowercased()
    return headers.first { $0.name.lowercased() == name }?.value
  }

  /// The body as text; bytes that are not UTF-8 are replaced.
  public var text: String { String(decoding: body, as: UTF8.self) }
}

/// Why there is no response. Messages name the address without query, user and password, and no header.
public enum HTTPError: Error, Hashable, Sendable {
  /// The address is none, or not of `http` or `https`.
  case badAddress(String)
  /// A header with a line break or another character that may not stand there.
  case badHeader(String)
  /// No connection: name, network, refusal, reset, TLS.
  case connection(String, reason: String)
  /// The whole exchange, or the connection, took longer than allowed.
  case timedOut(String)
  /// The body is longer than allowed.
  case tooLarge(String, limit: Int)
  /// The task was cancelled.
  case cancelled
}

extension HTTPError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badAddress(let url): "'\(url)' is no http or https address"
    case .badHeader(let name): "header '\(name)' holds a character that may not stand there"
    case .connection(let url, let reason): "\(url): \(reason)"
    case .timedOut(let url): "\(url): timed out"
    case .tooLarge(let url, let limit): "\(url): the answer is longer than \(limit) bytes"
    case .cancelled: "cancelled"
    }
  }
}
