import Foundation

/// Whether tests print the errors that they measure: set HYDRA_VERBOSE_TESTS.
enum VerboseTests {
  static let isOn = ProcessInfo.processInfo.environment["HYDRA_VERBOSE_TESTS"] != nil
}
