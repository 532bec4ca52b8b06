/// A growing block of plain values: what the books' hot loops read and write.
///
/// Unlike an `Array` it has one owner, so that a write costs no uniqueness check, and its bounds are checked in debug
/// builds only. Indices come from the book itself, never from outside.
struct FlatArray<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 16) {
    self.capacity = max(capacity, 4)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  var isEmpty: Bool { count == 0 }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      assert(index >= 0 && index < count, "index \(index) of \(count)")
      return base[index]
    }
    @inline(__always) nonmutating _modify {
      assert(index >= 0 && index < count, "index \(index) of \(count)")
      yield &base[index]
    }
  }

  mutating func append(_ value: Element) {
    if count == capacity { grow() }
    base[count] = value
    count += 1
  }

  mutating func removeLast() -> Element {
    assert(count > 0)
    count -= 1
    return base[count]
  }

  mutating func insert(_ value: Element, at index: Int) {
    assert(index >= 0 && index <= count)
    if count == capacity { grow() }
    // Near the end in books, whose best prices stand there: mostly no element moves.
    var place = count
    while place > index {
      base[place] = base[place - 1]
      place -= 1
    }
    base[index] = value
    count += 1
  }

  mutating func remove(at index: Int) {
    assert(index >= 0 && index < count)
    for place in index..<(count - 1) { base[place] = base[place + 1] }
    count -= 1
  }

  mutating func removeAll() { count = 0 }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }
}
