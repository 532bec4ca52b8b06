import HydraNumerics
import Synchronization

/// Answers of providers by the hash of what was asked, for runs that repeat exactly.
///
/// The same request can be sent several times in one decision; its answers come again in their order. The hash covers
/// provider, address and body, never the key or the time.
public final class ExchangeRecord: Sendable {
  /// One recorded answer.
  public struct Answer: Hashable, Codable, Sendable {
    public var status: Int
    /// The headers that matter: content type, request id, what to wait for.
    public var headers: [[String]]
    public var body: String
  }

  private struct State {
    var answers: [String: [Answer]]
    var read: [String: Int] = [:]
  }

  private let state: Mutex<State>

  /// - Parameter answers: what an earlier record's ``answers`` gave.
  public init(_ answers: [String: [Answer]] = [:]) { state = Mutex(State(answers: answers)) }

  /// Everything recorded so far.
  public var answers: [String: [Answer]] { state.withLock(\.answers) }

  func append(_ response: HTTPResponse, for hash: String) {
    let kept = ["content-type", "x-request-id", "retry-after", "retry-after-ms", "date"]
    let headers = response.headers.filter { kept.contains($0.name.lowercased()) }.map { [$0.name, $0.value] }
    let answer = Answer(status: response.status, headers: headers, body: response.text)
    state.withLock { $0.answers[hash, default: []].append(answer) }
  }

  /// The next recorded answer to a request; nil when there is none left.
  func next(for hash: String) -> HTTPResponse? {
    let answer = state.withLock { state -> Answer? in
      let place = state.read[hash, default: 0]
      guard let all = state.answers[hash], place < all.count else { return nil }
      state.read[hash] = place + 1
      return all[place]
    }
    return answer.map {
      HTTPResponse(
        status: $0.status, headers: $0.headers.map { (name: $0[0], value: $0[1]) }, body: Array($0.body.utf8))
    }
  }
}
