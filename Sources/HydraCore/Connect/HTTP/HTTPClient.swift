import Dispatch

/// Sends requests over HTTP and HTTPS, on libcurl.
///
/// ```swift
/// let response = try await HTTPClient().send(HTTPRequest(.get, "https://example.org/reports.csv"))
/// guard response.status == 200 else { … }
/// ```
/// Every answer of a server is a response, whatever its status; only the lack of one is an error. Redirections are
/// answers too: they are not followed, so that a key goes nowhere but to the address it was meant for. Certificates are
/// checked. Nothing is tried twice.
public struct HTTPClient: Sendable {
  /// Limits of an exchange.
  public struct Settings: Hashable, Sendable {
    /// For name, connection and TLS.
    public var connectTimeoutSeconds = 10.0
    /// For everything from the name to the last byte.
    public var timeoutSeconds = 60.0
    /// Without a byte of the body, once the first has come; noticed within a second. Nil for no such limit.
    public var idleTimeoutSeconds: Double?
    /// Of the body, as it comes.
    public var maximumBodyBytes = 16 << 20
    /// Of all headers together.
    public var maximumHeaderBytes = 64 << 10
    /// Whether a proxy named by the environment (`https_proxy` and the like) is used.
    public var usesProxyOfEnvironment = true

    public init() {}
  }

  public var settings: Settings

  public init(settings: Settings = Settings()) { self.settings = settings }

  /// Sends a request and waits for the whole answer, without blocking the caller's thread.
  ///
  /// Ends early with ``HTTPError/cancelled`` when the task is cancelled.
  public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let transfer = try CurlTransfer(request, settings)
    let result: Result<HTTPResponse, HTTPError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // libcurl's simple interface blocks, which threads of the concurrency runtime must not do.
        DispatchQueue.global().async { continuation.resume(returning: transfer.perform()) }
      }
    } onCancel: {
      transfer.cancel()
    }
    return try result.get()
  }
}
