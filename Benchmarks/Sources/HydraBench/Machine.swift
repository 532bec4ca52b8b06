import HydraNumerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The computer that a figure was measured on.
enum Machine {
  /// Processors that this system has online.
  static let cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// The processor as the system calls it.
  static let processor: String = {
    #if canImport(Darwin)
    var size = 0
    guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0, size > 1 else {
      return "unknown processor"
    }
    var bytes = [UInt8](repeating: 0, count: size)
    sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #else
    let text = (try? FileBytes.read("/proc/cpuinfo")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix("model name") {
      if let colon = line.firstIndex(of: ":") { return String(line[line.index(after: colon)...].drop { $0 == " " }) }
    }
    return "unknown processor"
    #endif
  }()
}
