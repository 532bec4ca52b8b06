import Foundation
import HydraNumerics

/// Where a client's time comes from: passed in, so that waiting can be tested without waiting.
public protocol LanguageClock: Sendable {
  /// The time now.
  func now() async -> Timestamp
  /// Waits; throws when the task is cancelled.
  func sleep(seconds: Double) async throws
}

/// The system's clock.
public struct SystemLanguageClock: LanguageClock {
  public init() {}

  /// The wall clock.
  public func now() async -> Timestamp { Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9)) }

  /// Sleeps without holding a thread.
  public func sleep(seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }
}
