import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The system's call, under a name that the type's own function does not hide.
private func systemListen(_ socket: Int32, _ backlog: Int32) -> Int32 { listen(socket, backlog) }

/// A server on the loopback interface that takes one connection after the other and plays a script, one step each.
final class ScriptedServer: Sendable {
  enum Step: Sendable {
    case reply(status: Int, headers: [String] = [], body: String)
    /// These bytes, piece by piece with a pause after each, then the end.
    case bytes([String], pauseMilliseconds: Int = 0)
    /// Nothing at all, until the client goes or the server ends.
    case silence
    /// The connection is reset before any answer.
    case reset
  }

  struct Received: Sendable {
    var line: String
    var headers: [String]
    var body: String

    func header(_ name: String) -> String? {
      headers.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map {
        String($0.dropFirst(name.count + 2))
      }
    }
  }

  let port: UInt16
  private let listener: Int32
  private let script: Mutex<[Step]>
  private let log = Mutex<[Received]>([])
  private let isStopped = Atomic(false)

  var url: String { "http://127.0.0.1:\(port)" }
  var received: [Received] { log.withLock { $0 } }

  init(_ script: [Step]) throws {
    self.script = Mutex(script)
    (listener, port) = try Self.listen()
    Thread { [listener, weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0, let self, !self.isStopped.load(ordering: .relaxed) else {
          if connection >= 0 { close(connection) }
          break
        }
        self.serve(connection)
      }
      close(listener)
    }.start()
  }

  deinit {
    isStopped.store(true, ordering: .relaxed)
    // Wakes the thread that waits for a connection.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// Listens on a free port of the loopback interface.
  private static func listen() throws -> (listener: Int32, port: UInt16) {
    #if canImport(Glibc)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
    let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) }
    }
    guard listener >= 0, bound == 0, systemListen(listener, 16) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
    }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    guard let request = read(connection) else { return }
    log.withLock { $0.append(request) }
    guard let step = script.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
    switch step {
    case .reply(let status, let headers, let body):
      let head = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
      write(connection, head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    case .bytes(let pieces, let pause):
      for piece in pieces {
        write(connection, piece)
        usleep(UInt32(pause) * 1000)
      }
    case .silence:
      var byte: UInt8 = 0
      _ = recv(connection, &byte, 1, 0)
    case .reset:
      var option = linger(l_onoff: 1, l_linger: 0)
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
  }

  private func write(_ connection: Int32, _ text: String) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
      #else
      let flags: Int32 = 0
      #endif
      let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { return }
      sent += count
    }
  }

  private func read(_ connection: Int32) -> Received? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    func more() -> Bool {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return false }
      bytes += buffer[..<count]
      return true
    }
    let end = Array("\r\n\r\n".utf8)
    while bytes.firstRange(of: end) == nil { guard more() else { return nil } }
    guard let range = bytes.firstRange(of: end) else { return nil }
    let lines = String(decoding: bytes[..<range.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    var request = Received(line: lines[0], headers: Array(lines.dropFirst()), body: "")
    let length = request.header("content-length").flatMap { Int($0) } ?? 0
    while bytes.count < range.upperBound + length { guard more() else { return nil } }
    request.body = String(decoding: bytes[range.upperBound...], as: UTF8.self)
    return request
  }
}
