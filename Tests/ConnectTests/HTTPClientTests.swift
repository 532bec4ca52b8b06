import Foundation
import HydraConnect
import Testing

@Suite struct HTTPClientTests {
  private func client(_ change: (inout HTTPClient.Settings) -> Void = { _ in }) -> HTTPClient {
    var settings = HTTPClient.Settings()
    settings.usesProxyOfEnvironment = false
    settings.timeoutSeconds = 20
    change(&settings)
    return HTTPClient(settings: settings)
  }

  @Test func `a request arrives as it was written, and so does the answer`() async throws {
    let server = try ScriptedServer([
      .reply(status: 200, headers: ["X-Request-Id: r1", "Empty:"], body: "grüße"),
      .reply(status: 201, body: ""),
    ])
    let response = try await client().send(
      HTTPRequest(.get, server.url + "/a?b=c", headers: [HTTPHeader("Accept", "text/csv")]))
    #expect(response.status == 200 && response.text == "grüße")
    #expect(response.header("x-request-id") == "r1" && response.header("EMPTY") == "" && response.header("no") == nil)

    let body = String(repeating: "ä0123456789", count: 10_000)
    let posted = try await client().send(
      HTTPRequest(.post, server.url + "/post", headers: [HTTPHeader("X-Empty", "")], body: Array(body.utf8)))
    #expect(posted.status == 201 && posted.body.isEmpty)
    #expect(server.received.map(\.line) == ["GET /a?b=c HTTP/1.1", "POST /post HTTP/1.1"])
    #expect(server.received[0].header("accept") == "text/csv")
    #expect(server.received[1].body == body)
    #expect(server.received[1].header("expect") == nil)
    #expect(server.received[1].headers.contains { $0.lowercased().hasPrefix("x-empty:") })
  }

  @Test func `a post without a body is sent as one`() async throws {
    let server = try ScriptedServer([.reply(status: 200, body: "ok")])
    _ = try await client().send(HTTPRequest(.post, server.url + "/"))
    #expect(server.received[0].header("content-length") == "0")
  }

  @Test(arguments: [301, 302, 401, 404, 429, 500, 503])
  func `every status is an answer, and a redirection is not followed`(status: Int) async throws {
    let server = try ScriptedServer([
      .reply(status: status, headers: ["Location: http://127.0.0.1:1/elsewhere"], body: "text"),
      .reply(status: 200, body: "followed"),
    ])
    let response = try await client().send(
      HTTPRequest(.get, server.url, headers: [.bearer(Secret("sk-very-secret"))]))
    #expect(response.status == status && response.text == "text")
    #expect(server.received.count == 1)
  }

  @Test func `an interim answer is not the answer`() async throws {
    let server = try ScriptedServer([
      .bytes(["HTTP/1.1 103 Early Hints\r\nEarly: 1\r\n\r\nHTTP/1.1 200 OK\r\nLate: 1\r\nContent-Length: 2\r\n\r\nok"])
    ])
    let response = try await client().send(HTTPRequest(.get, server.url))
    #expect(response.status == 200 && response.header("early") == nil && response.header("late") == "1")
  }

  @Test func `only http and https are spoken`() async throws {
    for url in [
      "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1", "127.0.0.1", "", "http:/x", "http://a b",
    ] {
      await #expect(throws: HTTPError.badAddress(url)) { try await client().send(HTTPRequest(.get, url)) }
    }
  }

  @Test func `a line break in a header is refused`() async throws {
    for header in [HTTPHeader("A", "b\r\nC: d"), HTTPHeader("A\nB", "c"), HTTPHeader("", "c"), HTTPHeader("A:", "c")] {
      await #expect(throws: HTTPError.badHeader(header.name)) {
        try await client().send(HTTPRequest(.get, "http://127.0.0.1:1", headers: [header]))
      }
    }
    await #expect(throws: HTTPError.badHeader("Authorization")) {
      try await client().send(
        HTTPRequest(.get, "http://127.0.0.1:1", headers: [.bearer(Secret("key\r\nEvil: 1"))]))
    }
  }

  @Test func `a server that does not answer in time is given up`() async throws {
    let server = try ScriptedServer([
      .silence, .bytes(["HTTP/1.1 200 OK\r\n", "A: 1\r\n", "B: 1\r\n"], pauseMilliseconds: 300),
    ])
    for _ in 0..<2 {
      // The error itself says that the time-out ended the exchange; how long this task waited for a free thread among
      // hundreds of tests says nothing.
      await #expect(throws: HTTPError.timedOut(server.url)) {
        try await client { $0.timeoutSeconds = 0.3 }.send(HTTPRequest(.get, server.url))
      }
    }
  }

  @Test func `an answer that is too long is given up, whether it says so or not`() async throws {
    let long = String(repeating: "x", count: 100_000)
    let server = try ScriptedServer([
      .reply(status: 200, body: long), .bytes(["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", long]),
      .reply(status: 200, body: "1234567890"), .bytes(["HTTP/1.1 200 OK\r\nA: \(long)\r\n\r\n"]),
    ])
    let small = client { $0.maximumBodyBytes = 10 }
    for _ in 0..<2 {
      await #expect(throws: HTTPError.tooLarge(server.url, limit: 10)) {
        try await small.send(HTTPRequest(.get, server.url))
      }
    }
    #expect(try await small.send(HTTPRequest(.get, server.url)).body.count == 10, "the limit itself is allowed")
    await #expect(throws: HTTPError.self, "headers have a limit too") {
      try await client().send(HTTPRequest(.get, server.url))
    }
  }

  @Test func `a refused, a reset and a cut connection are errors without secrets`() async throws {
    let server = try ScriptedServer([.reset, .bytes(["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"])])
    for url in ["http://127.0.0.1:1/v1", server.url + "/v1", server.url + "/v1"] {
      let secretive = url.replacing("http://", with: "http://user:hunter22@") + "?key=hunter22#hunter22"
      do {
        _ = try await client().send(HTTPRequest(.get, secretive, headers: [.bearer(Secret("hunter22"))]))
        Issue.record("an answer")
      } catch {
        guard case .connection(let address, _) = error else { throw error }
        #expect(address == url)
        #expect(!"\(error)\(String(reflecting: error))".contains("hunter22"))
      }
    }
  }

  @Test func `a cancelled task ends the exchange`() async throws {
    let server = try ScriptedServer([.silence])
    let task = Task { try await client().send(HTTPRequest(.get, server.url)) }
    while server.received.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect(throws: HTTPError.cancelled) { try await task.value }
  }

  @Test func `many requests at a time do not disturb each other`() async throws {
    let server = try ScriptedServer((0..<20).map { .reply(status: 200, body: "\($0)") })
    let bodies = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<20 { group.addTask { try await client().send(HTTPRequest(.get, server.url)).text } }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(bodies.compactMap { Int($0) }.sorted() == Array(0..<20))
  }

  @Test func `a secret is printed by nothing`() {
    let secret = Secret("hunter22")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped, "\(HTTPHeader.bearer(secret))", "\([secret])"] {
      #expect(!text.contains("hunter22"))
    }
    #expect(secret.redacted(in: "bad hunter22, hunter22!") == "bad (secret), (secret)!")
    #expect(
      Secret("x").redacted(in: "an index, Bearer abcdef123 and sk-proj-12345 in risk-management, sk-1")
        == "an index, Bearer (secret) and (secret) in risk-management, sk-1")
  }
}
