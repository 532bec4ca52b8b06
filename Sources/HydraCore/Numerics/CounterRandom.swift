/// Random numbers from a counter and a key: the same bytes on every machine, with as many independent streams as
/// there are names.
///
/// A draw is a pure function of (seed, stream, position), so two consumers with their own streams never disturb each
/// other, and any position can be reached at once. The integer part is Philox 4×32-10; all shapes other than `next`
/// use + - * / and square roots only (`Portable`).
///
///     var random = CounterRandom(seed: 42, stream: "prices")
///     random.normal()
///     random.below(6)
///
/// Deliberately not a `RandomNumberGenerator`: the standard library does not promise that `shuffle` or `random(in:)`
/// keep their algorithms, and results here must not change with the compiler.
///
/// Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011).
public struct CounterRandom: Hashable, Codable, Sendable {
  /// The key of all streams.
  public let seed: UInt64
  /// The number of the stream; for a named one, a hash of the name.
  public let stream: UInt64
  /// How many 64-bit numbers have been drawn; assigning skips to that place.
  public var position: UInt64 {
    didSet { if position / 2 != bufferedBlock { bufferedBlock = .max } }
  }
  private var buffer: SIMD2<UInt64> = .zero
  private var bufferedBlock: UInt64 = .max

  public init(seed: UInt64, stream: UInt64) {
    self.seed = seed
    self.stream = stream
    position = 0
  }

  /// A stream by name: 64-bit FNV-1a of its UTF-8, then the finaliser of SplitMix64.
  public init(seed: UInt64, stream: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    self.init(seed: seed, stream: hash ^ (hash >> 31))
  }

  private enum CodingKeys: String, CodingKey { case seed, stream, position }

  public static func == (left: CounterRandom, right: CounterRandom) -> Bool {
    (left.seed, left.stream, left.position) == (right.seed, right.stream, right.position)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(seed)
    hasher.combine(stream)
    hasher.combine(position)
  }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    let block = position / 2
    if block != bufferedBlock {
      let bits = philox4x32(
        counter: SIMD4(
          UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
          UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)),
        key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
      buffer = SIMD2(UInt64(bits[0]) | UInt64(bits[1]) << 32, UInt64(bits[2]) | UInt64(bits[3]) << 32)
      bufferedBlock = block
    }
    let result = buffer[Int(position & 1)]
    position += 1
    return result
  }

  /// Uniform on [0, 1), a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform on (0, 1), an odd multiple of 2⁻⁵³; never 0 or 1, so that its logarithm and quantiles are finite.
  public mutating func uniformOpen() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// Standard normal, by the inverse of the distribution function; one draw each, at most 8.21 away from zero.
  public mutating func normal() -> Double { Portable.normalQuantile(uniformOpen()) }

  /// Exponential with mean 1.
  public mutating func exponential() -> Double { -Portable.log(uniformOpen()) }

  /// Student's t with the given degrees of freedom; takes a varying number of draws.
  ///
  /// Source: R. Bailey, "Polar generation of random variates with the t-distribution", Math. Comp. 62 (1994).
  public mutating func studentT(_ degrees: Double) -> Double {
    precondition(degrees > 0, "degrees of freedom are not positive: \(degrees)")
    while true {
      let u = 2 * uniformOpen() - 1
      let v = 2 * uniformOpen() - 1
      let w = u * u + v * v
      guard w > 0, w <= 1 else { continue }
      return u * (degrees * Portable.expm1(-2 / degrees * Portable.log(w)) / w).squareRoot()
    }
  }

  /// An integer in 0..<n, each equally likely; takes more than one draw with probability below n / 2⁶⁴.
  ///
  /// Source: D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019).
  public mutating func below(_ n: Int) -> Int {
    precondition(n > 0, "no integer below \(n)")
    let bound = UInt64(n)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Puts the elements in random order, each order equally likely (Fisher and Yates, from the last element down).
  @inlinable public mutating func shuffle<T>(_ array: inout [T]) {
    for index in stride(from: array.count - 1, to: 0, by: -1) { array.swapAt(index, below(index + 1)) }
  }
}

/// Philox 4×32 with ten rounds: a bijection of the counter for each key.
func philox4x32(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
  var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
  var (k0, k1) = (key[0], key[1])
  for _ in 0..<10 {
    let left = UInt64(c0) * 0xd251_1f53
    let right = UInt64(c2) * 0xcd9e_8d57
    (c0, c1, c2, c3) = (
      UInt32(truncatingIfNeeded: right >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: right),
      UInt32(truncatingIfNeeded: left >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: left)
    )
    // Weyl constants: the golden ratio and √3 - 1.
    k0 = k0 &+ 0x9e37_79b9
    k1 = k1 &+ 0xbb67_ae85
  }
  return SIMD4(c0, c1, c2, c3)
}
