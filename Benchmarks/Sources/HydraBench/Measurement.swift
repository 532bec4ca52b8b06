import HydraNumerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What repeated runs of one piece of work took.
struct Measurement {
  /// Median wall-clock time of a run in seconds.
  let seconds: Double
  /// Median processor time of a run in seconds, summed over threads.
  let processorSeconds: Double

  /// Runs `body` so many times; what it returns is handed to the compiler as used.
  init(repeats: Int, _ body: () throws -> some Any) rethrows {
    var wall: [Double] = []
    var processor: [Double] = []
    for _ in 0..<repeats {
      let began = ContinuousClock.now
      let used = processorTime()
      keep(try body())
      processor.append(processorTime() - used)
      wall.append((ContinuousClock.now - began) / .seconds(1))
    }
    (seconds, processorSeconds) = (median(wall), median(processor))
  }
}

/// The middle value, or the mean of the two middle ones.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/// Keeps the compiler from dropping work whose result nobody reads.
@inline(never) private func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }

/// Processor seconds of all threads of this process so far.
private func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The most memory that this process has held so far, in MB (2²⁰ bytes).
///
/// On Linux from `/proc`: what `getrusage` says begins with the memory of the process that started this one.
func peakMegabytes() -> Double {
  var usage = rusage()
  #if canImport(Glibc)
  let status = (try? FileBytes.read("/proc/self/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
  for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
    let words = line.split { $0 == " " || $0 == "\t" }
    if words.count > 1, let kilobytes = Double(words[1]) { return kilobytes / 1024 }
  }
  getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) / 1024
  #else
  getrusage(RUSAGE_SELF, &usage)
  return Double(usage.ru_maxrss) / 1_048_576
  #endif
}
