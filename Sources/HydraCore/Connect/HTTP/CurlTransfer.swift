import CCurl
import Synchronization

/// One exchange on libcurl; the only file that sees its pointers.
///
/// `perform` runs once, on one thread; `cancel` may come from any.
final class CurlTransfer: Sendable {
  private let request: HTTPRequest
  private let settings: HTTPClient.Settings
  private let isCancelled = Atomic(false)

  init(_ request: HTTPRequest, _ settings: HTTPClient.Settings) throws(HTTPError) {
    let scheme = request.url.prefix { $0 != ":" }.lowercased()
    let isPrintable = request.url.utf8.allSatisfy { $0 > 32 && $0 != 127 }
    guard scheme == "http" || scheme == "https", request.url.dropFirst(scheme.count).hasPrefix("://"), isPrintable
    else {
      throw .badAddress(request.printableURL)
    }
    for header in request.headers where !header.isWellFormed { throw .badHeader(header.name) }
    (self.request, self.settings) = (request, settings)
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// libcurl wants to be set up once before the first use; a failure shows in `curl_easy_init`.
  private static let setUp: Void = { curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) }()

  /// What comes in, for the callbacks.
  private final class Received {
    var body: [UInt8] = []
    var headers: [(name: String, value: String)] = []
    var headerBytes = 0
    var isTooLarge = false
    var newestByte: ContinuousClock.Instant?
    var isIdle = false
    let settings: HTTPClient.Settings
    let transfer: CurlTransfer

    init(_ transfer: CurlTransfer) { (self.transfer, settings) = (transfer, transfer.settings) }
  }

  func perform() -> Result<HTTPResponse, HTTPError> {
    let address = request.printableURL
    _ = Self.setUp
    guard let handle = curl_easy_init() else { return .failure(.connection(address, reason: "libcurl does not start")) }
    defer { curl_easy_cleanup(handle) }
    var headerLines: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(headerLines) }
    // `Expect:` keeps libcurl from asking first and waiting for servers that do not answer that.
    for line in request.headers.map(\.line) + ["Expect:"] { headerLines = curl_slist_append(headerLines, line) }
    let received = Received(self)
    // Every set-up call can fail, at the latest for want of memory; the first failure counts.
    var code = configure(handle, headerLines, received)
    if code == CURLE_OK {
      code = request.body.withUnsafeBufferPointer { body in
        if request.method == .post {
          hydra_curl_set_long(handle, CURLOPT_POST, 1)
          hydra_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
          // A null pointer would have libcurl read the body from standard input.
          hydra_curl_set_constant(handle, CURLOPT_POSTFIELDS, body.baseAddress.map { UnsafeRawPointer($0) } ?? noBytes)
        }
        return withExtendedLifetime(received) { curl_easy_perform(handle) }
      }
    }
    guard code == CURLE_OK else { return .failure(failure(code, received, address)) }
    var status = 0
    hydra_curl_status(handle, &status)
    return .success(HTTPResponse(status: status, headers: received.headers, body: received.body))
  }

  private func configure(
    _ handle: UnsafeMutableRawPointer, _ headerLines: UnsafeMutablePointer<curl_slist>?, _ received: Received
  ) -> CURLcode {
    let context = Unmanaged.passUnretained(received).toOpaque()
    let codes = [
      hydra_curl_set_string(handle, CURLOPT_URL, request.url),
      hydra_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
      hydra_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0),
      // Without it, time-outs of name look-ups go by a signal to the whole process.
      hydra_curl_set_long(handle, CURLOPT_NOSIGNAL, 1),
      hydra_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(settings.connectTimeoutSeconds * 1000))),
      hydra_curl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, Int(settings.timeoutSeconds * 1000))),
      hydra_curl_set_string(handle, CURLOPT_USERAGENT, "hydra"),
      hydra_curl_set_string(handle, CURLOPT_PROXY, settings.usesProxyOfEnvironment ? nil : ""),
      hydra_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headerLines),
      hydra_curl_set_pointer(handle, CURLOPT_WRITEDATA, context),
      hydra_curl_set_callback(handle, CURLOPT_WRITEFUNCTION, takeBody),
      hydra_curl_set_pointer(handle, CURLOPT_HEADERDATA, context),
      hydra_curl_set_callback(handle, CURLOPT_HEADERFUNCTION, takeHeader),
      hydra_curl_set_long(handle, CURLOPT_NOPROGRESS, 0),
      hydra_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context),
      hydra_curl_set_progress(handle, CURLOPT_XFERINFOFUNCTION, askToStop),
    ]
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
  }

  private func failure(_ code: CURLcode, _ received: Received, _ address: String) -> HTTPError {
    switch code {
    case CURLE_ABORTED_BY_CALLBACK: received.isIdle ? .timedOut(address) : .cancelled
    case CURLE_WRITE_ERROR where received.isTooLarge: .tooLarge(address, limit: settings.maximumBodyBytes)
    case CURLE_OPERATION_TIMEDOUT: .timedOut(address)
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .badAddress(address)
    // libcurl's general text for the code; its detailed text may quote what was sent.
    default: .connection(address, reason: String(cString: curl_easy_strerror(code)))
    }
  }

  // MARK: - Callbacks: give back the number of bytes taken; any other number ends the exchange

  private let takeBody: hydra_curl_write = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
    let total = size * count
    guard received.body.count + total <= received.settings.maximumBodyBytes else {
      received.isTooLarge = true
      return 0
    }
    received.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: total))
    received.newestByte = .now
    return total
  }

  private let takeHeader: hydra_curl_write = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
    let total = size * count
    received.headerBytes += total
    guard received.headerBytes <= received.settings.maximumHeaderBytes else {
      received.isTooLarge = true
      return 0
    }
    let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: total), as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // An interim answer (100, 103) or a proxy's comes before the one that counts.
      received.headers = []
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...]
      received.headers.append((String(line[..<colon]), String(value.trimmed)))
    }
    return total
  }

  private let askToStop: hydra_curl_progress = { context, _, _, _, _ in
    guard let context else { return 0 }
    let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
    if let limit = received.settings.idleTimeoutSeconds, let newest = received.newestByte,
      newest.duration(to: .now) > .seconds(limit)
    {
      received.isIdle = true
      return 1
    }
    return received.transfer.isCancelled.load(ordering: .relaxed) ? 1 : 0
  }
}

/// A body of no bytes has no address of its own.
nonisolated(unsafe) private let noBytes = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

extension Substring {
  /// Without blanks and line ends at both ends.
  fileprivate var trimmed: Substring {
    var text = self
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text.drop { $0.isWhitespace }
  }
}

extension HTTPClient {
  /// Version of libcurl in use, as in `7.88.1`.
  public static var libraryVersion: String {
    let parts = String(cString: curl_version()).prefix { $0 != " " }.split(separator: "/")
    return parts.count == 2 ? String(parts[1]) : "unknown"
  }
}
