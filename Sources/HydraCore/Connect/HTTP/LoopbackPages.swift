import Foundation
import Synchronization

/// Serves a few pages to programs on the same machine: metrics, and whether the program is well.
///
/// Listens on 127.0.0.1 only. One connection at a time, each closed after its answer; a request that is not finished
/// within two seconds, or longer than 8 KiB, is dropped. Nothing that is sent is read beyond the first line.
public final class LoopbackPages: Sendable {
  /// A page by its path; nil is 404.
  public typealias Page = @Sendable (String) -> (contentType: String, text: String)?

  /// Why the pages cannot be served.
  public struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    public var port: Int
    public var reason: String
    public var description: String { "port \(port) of the loopback: \(reason)" }
  }

  /// The port that is listened to; the system's choice where 0 was asked for.
  public let port: Int
  private let listener: Int32
  private let isOpen = Atomic<Bool>(true)

  /// Begins to listen and to answer, on a thread of its own.
  public init(port: Int, page: @escaping Page) throws(ServerError) {
    func failure(_ what: String) -> ServerError {
      ServerError(port: port, reason: "\(what): \(String(cString: strerror(errno)))")
    }
    guard (0...65_535).contains(port) else { throw ServerError(port: port, reason: "is no port") }
    #if canImport(Glibc)
    let kind = Int32(SOCK_STREAM.rawValue)
    #else
    let kind = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, kind, 0)
    guard descriptor >= 0 else { throw failure("no socket") }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    // Children of the program must not hold the port.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int32 in
        guard bind(descriptor, generic, length) == 0, listen(descriptor, 16) == 0 else { return -1 }
        return getsockname(descriptor, generic, &length)
      }
    }
    guard status == 0 else {
      let error = failure("cannot be listened to")
      close(descriptor)
      throw error
    }
    listener = descriptor
    self.port = Int(UInt16(bigEndian: address.sin_port))
    let thread = Thread { [descriptor, weak self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard self?.isOpen.load(ordering: .acquiring) ?? false else {
          if connection >= 0 { close(connection) }
          return
        }
        guard connection >= 0 else {
          guard errno == EINTR || errno == ECONNABORTED || errno == EMFILE else { return }
          continue
        }
        Self.answer(connection, page)
        close(connection)
      }
    }
    thread.name = "hydra pages"
    thread.start()
  }

  /// Stops to listen.
  public func stop() {
    guard isOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  deinit { stop() }

  private static func answer(_ connection: Int32, _ page: Page) {
    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
    var limit = timeval(tv_sec: 2, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1024)
    let end = Array("\r\n\r\n".utf8)
    while request.count < 8192, !request.suffix(1100).contains(end) {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      request += buffer[0..<count]
    }
    let line = String(decoding: request.prefix { $0 != 13 && $0 != 10 }, as: UTF8.self).split(separator: " ")
    let path = line.count >= 2 ? String(line[1].prefix { $0 != "?" }) : ""
    let (status, type, text): (String, String, String)
    if line.first != "GET" && line.first != "HEAD" {
      (status, type, text) = ("405 Method Not Allowed", "text/plain", "GET is expected\n")
    } else if let found = page(path) {
      (status, type, text) = ("200 OK", found.contentType, found.text)
    } else {
      (status, type, text) = ("404 Not Found", "text/plain", "there is no such page\n")
    }
    let body = line.first == "HEAD" ? [] : Array(text.utf8)
    let head =
      "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n"
    var bytes = Array(head.utf8) + body
    while !bytes.isEmpty {
      let count = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { return }
      bytes.removeFirst(count)
    }
  }
}

extension Collection where Element == UInt8 {
  /// Whether a short pattern occurs.
  fileprivate func contains(_ pattern: [UInt8]) -> Bool {
    let bytes = Array(self)
    guard bytes.count >= pattern.count else { return false }
    return (0...(bytes.count - pattern.count)).contains { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) }
  }
}
