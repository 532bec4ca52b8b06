/// The groups of columns that are left over when groups are dealt out to threads: all threads fill their histograms
/// together, each from a part of the rows.
///
/// Sums are whole numbers, so that the parts add up to the same bits however many they are. Seven groups on two threads
/// would otherwise take as long as eight. Sendable since threads write to parts of their own.
struct SharedGroups: @unchecked Sendable {
  /// The first of these groups; all from it on are shared.
  let first: Int
  /// The parts of the rows.
  let shares: Int
  /// Room for a group's histogram for every part of every shared group.
  let memory: UnsafeMutablePointer<Int64>

  /// The groups to share; zero where waking threads once more would cost more than it saves.
  static func count(groups: Int, rows: Int, threads: Int) -> Int {
    threads > 1 && rows >= 16_384 ? groups % threads : 0
  }
}

extension FeatureGroupTask {
  /// Fills the histogram of one part of one shared group.
  func fill<Word: HistogramWord>(part: Int, of shared: SharedGroups, _: Word.Type) {
    let group = shared.first + part / shared.shares
    guard isNeeded(group) else { return }
    let share = part % shared.shares
    let histogram = partial(part, of: shared, Word.self)
    forEachColumn(group) { start, used in (histogram + start).initialize(repeating: .zero, count: used) }
    addRows(
      count * share / shared.shares..<count * (share + 1) / shared.shares, of: group, to: histogram, subtracts: false)
  }

  /// Adds the parts of a shared group to a histogram, or takes them away.
  func addParts<Word: HistogramWord>(
    of shared: SharedGroups, group: Int, to histogram: UnsafeMutablePointer<Word>, subtracts: Bool
  ) {
    for share in 0..<shared.shares {
      let part = partial((group - shared.first) * shared.shares + share, of: shared, Word.self)
      forEachColumn(group) { start, used in
        for place in start..<start + used {
          histogram[place] = subtracts ? histogram[place].minus(part[place]) : histogram[place].plus(part[place])
        }
      }
    }
  }

  private func partial<Word>(_ part: Int, of shared: SharedGroups, _: Word.Type) -> UnsafeMutablePointer<Word> {
    UnsafeMutableRawPointer(shared.memory).assumingMemoryBound(to: Word.self) + part * groupStride
  }
}
