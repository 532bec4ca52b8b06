/// Elementary functions of eight doubles at a time, and of arrays, in plain Swift SIMD.
///
/// Largest errors found against 50-digit references (`ElementaryVectorTests`), in units in the last place, while the
/// result is a normal number: exp 0.511, log 0.500, erf 0.542, erfc 0.516, erfcx 1.1, normalCDF 0.505.
/// The results are those of the scalar functions in `Normal`, bit for bit. NaN gives NaN; infinities give the limits.
///
///     ElementaryVector.exp(SIMD8(repeating: 1))[0]   // 2.718281828459045
///     ElementaryVector.normalCDF([-40, 0, 1])        // [0.0, 0.5, 0.8413447460685429]
///
/// A build with `-Xswiftc -DHYDRA_FMA` uses fused multiply-adds; its last bits differ, its error bounds do not.
public enum ElementaryVector {
  /// Eight numbers that are worked on at once.
  public typealias Lanes = SIMD8<Double>

  /// exp(x).
  public static func exp(_ x: Lanes) -> Lanes { ElementaryTables.shared.exp(x) }
  /// ln(x).
  public static func log(_ x: Lanes) -> Lanes { ElementaryTables.shared.log(x) }
  /// 2/√π ∫ exp(-t²) dt over 0…x.
  public static func erf(_ x: Lanes) -> Lanes { ElementaryTables.shared.erf(x) }
  /// 1 - erf(x).
  public static func erfc(_ x: Lanes) -> Lanes { ElementaryTables.shared.erfc(x) }
  /// exp(x²) erfc(x).
  public static func erfcx(_ x: Lanes) -> Lanes { ElementaryTables.shared.erfcx(x) }
  /// The standard normal distribution function.
  public static func normalCDF(_ x: Lanes) -> Lanes { ElementaryTables.shared.normalCDF(x) }

  /// exp of every value.
  public static func exp(_ values: [Double]) -> [Double] { map(values) { $0.exp($1) } }
  /// ln of every value.
  public static func log(_ values: [Double]) -> [Double] { map(values) { $0.log($1) } }
  /// erf of every value.
  public static func erf(_ values: [Double]) -> [Double] { map(values) { $0.erf($1) } }
  /// erfc of every value.
  public static func erfc(_ values: [Double]) -> [Double] { map(values) { $0.erfc($1) } }
  /// exp(x²) erfc(x) of every value.
  public static func erfcx(_ values: [Double]) -> [Double] { map(values) { $0.erfcx($1) } }
  /// The standard normal distribution function of every value.
  public static func normalCDF(_ values: [Double]) -> [Double] { map(values) { $0.normalCDF($1) } }

  @inline(__always)
  private static func map(_ values: [Double], _ function: (ElementaryTables, Lanes) -> Lanes) -> [Double] {
    let tables = ElementaryTables.shared
    return [Double](unsafeUninitializedCapacity: values.count) { output, count in
      values.withUnsafeBufferPointer { input in
        for start in stride(from: 0, to: input.count, by: 8) {
          let result = function(tables, Lanes(loading: input, from: start, padding: 1))
          result.store(to: output, from: start)
        }
      }
      count = values.count
    }
  }
}

extension SIMD8<Double> {
  /// Eight consecutive values, or what is left of them and then padding.
  @inlinable @inline(__always)
  package init(loading values: UnsafeBufferPointer<Double>, from start: Int, padding: Double) {
    if start + 8 <= values.count, let base = values.baseAddress {
      self = UnsafeRawPointer(base + start).loadUnaligned(as: SIMD8<Double>.self)
    } else {
      self.init(repeating: padding)
      for lane in 0..<(values.count - start) { self[lane] = values[start + lane] }
    }
  }

  /// Writes the lanes that have a place; memory may be uninitialised.
  @inlinable @inline(__always)
  package func store(to values: UnsafeMutableBufferPointer<Double>, from start: Int) {
    guard let base = values.baseAddress else { return }
    if start + 8 <= values.count {
      UnsafeMutableRawPointer(base + start).storeBytes(of: self, as: SIMD8<Double>.self)
    } else {
      for lane in 0..<(values.count - start) { (base + start + lane).initialize(to: self[lane]) }
    }
  }
}
