import Foundation
import Synchronization

/// SIGINT and SIGTERM: long work looks here after each step, ends it, and leaves with 130 or 143.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// Starts to catch the signals.
  static func watch() {
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { Interruption.received.store($0, ordering: .relaxed) }
    }
  }

  /// The signal that came, if any.
  static var signal: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
