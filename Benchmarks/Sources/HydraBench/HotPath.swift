import HydraNumerics

/// One measured hot path: what was done, how often, and how long it took.
struct HotPath {
  let name: String
  /// Units of work in one repeat.
  let count: Int
  /// What is counted, in the singular.
  let unit: String
  let threads: Int
  let repeats: Int
  let measurement: Measurement

  /// Measures `body`, after one run that nobody times.
  init(
    _ name: String, count: Int, unit: String, threads: Int, repeats: Int, _ body: () throws -> some Any
  ) rethrows {
    (self.name, self.count, self.unit, self.threads, self.repeats) = (name, count, unit, threads, repeats)
    _ = try body()
    measurement = try Measurement(repeats: repeats, body)
  }

  /// One line with the figure, what it is the median of, and where it was measured. The processor's time stands beside
  /// that of the clock: where it is much less (with one thread), others were using the machine.
  var line: String {
    let each = Self.duration(measurement.seconds / Double(count))
    let work = count == 1 ? each : "\(each) per \(unit)"
    let processor = "cpu \(Self.duration(measurement.processorSeconds / Double(count)))"
    let size = count == 1 ? unit : "\(count) × \(unit)"
    let threads = "\(threads) thread\(threads == 1 ? "" : "s")"
    let machine = "\(Machine.processor), \(Machine.cores) core\(Machine.cores == 1 ? "" : "s")"
    let figures = "\(padded(name, 20)) \(padded(work, 20)) \(padded(processor, 12))"
    return "\(figures) \(size); median of \(repeats); \(machine); \(threads)"
  }

  /// A time with three digits and a fitting unit.
  static func duration(_ seconds: Double) -> String {
    let scales = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]
    let (scale, unit) = scales.first { seconds >= $0.0 } ?? (1e-9, "ns")
    let value = seconds / scale
    let digits = value >= 100 ? 1.0 : value >= 10 ? 10 : 100
    return "\(NumberText.text((value * digits).rounded() / digits)) \(unit)"
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
