import HydraCore

/// A reader of outside bytes, with files that it reads well.
public struct FuzzTarget: Sendable {
  public var name: String
  public var originals: [[UInt8]]
  /// Reads bytes and uses what came out; throws for what it refuses.
  public var read: @Sendable ([UInt8]) throws -> Void
  /// Whether every error has to name the place of the fault, by line or byte.
  public var hasPlaces = false

  init(_ name: String, _ originals: [String], _ read: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.init(name, bytes: originals.map { Array($0.utf8) }, read)
  }

  init(_ name: String, bytes originals: [[UInt8]], _ read: @escaping @Sendable ([UInt8]) throws -> Void) {
    (self.name, self.originals, self.read) = (name, originals, read)
  }

  /// A reader of configuration files, which live in the runner.
  public static func configuration(
    _ original: [UInt8], _ read: @escaping @Sendable ([UInt8]) throws -> Void
  ) -> FuzzTarget {
    FuzzTarget("configuration", bytes: [original], read)
  }

  /// How many mutated files were read, and how many refused; a crash ends the process.
  public struct Counts: Sendable {
    public var read = 0
    public var refused = 0
    /// Errors without a place, or with one that cannot be right; the first ten.
    public var misplaced: [String] = []
  }

  /// The same reader with places asked for in its errors.
  func namingPlaces() -> FuzzTarget {
    var target = self
    target.hasPlaces = true
    return target
  }

  /// Feeds the reader with mutated files number `range`; `before` is told of each.
  public func run(_ range: Range<Int>, seed: UInt64, before: (Int) -> Void = { _ in }) -> Counts {
    var counts = Counts()
    for index in range {
      before(index)
      var random = CounterRandom(seed: seed &+ UInt64(index), stream: name)
      // Half of them at random, half every number in turn replaced by every extreme one.
      let bytes =
        index % 2 == 0
        ? Mutation.mutate(originals[random.below(originals.count)], &random)
        : Mutation.sweep(originals[index / 2 % originals.count], step: index / 2 / originals.count)
      do {
        try read(bytes)
        counts.read += 1
      } catch {
        counts.refused += 1
        // A message that cannot be printed would be a crash too.
        _ = "\(error)"
        if hasPlaces, counts.misplaced.count < 10, let fault = FuzzPlace.fault(of: error, in: bytes, read: read) {
          counts.misplaced.append("\(name) \(index): \(fault)")
        }
      }
    }
    return counts
  }

  /// Whether the reader takes the files as they are.
  public func readsOriginals() -> Bool {
    originals.allSatisfy { original in (try? read(original)) != nil }
  }
}
