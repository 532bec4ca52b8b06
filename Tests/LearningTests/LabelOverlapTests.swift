import HydraLearning
import HydraNumerics
import Testing

@Suite struct LabelOverlapTests {
  static let labels = LabelInterval.rows(200, horizon: 10)

  @Test func aPlainCutLeavesLabelsThatReachIntoTheTest() {
    let leaks = LabelOverlap.find(train: Array(0..<150), test: Array(150..<200), labels: Self.labels)
    #expect(leaks.map(\.trainRow) == Array(140..<150))
    #expect(leaks.allSatisfy { $0.testRow == 150 && $0.trainLabel.end >= $0.testLabel.start })
  }

  @Test func everySplitterPurges() {
    var splits = PurgedFolds(folds: 5).splits(Self.labels)
    splits += CombinatorialPurgedFolds(groups: 6, testGroups: 2).splits(Self.labels).map(\.split)
    splits += WalkForward(folds: 3).splits(Self.labels)
    splits.append(.holdOut(150..<200, labels: Self.labels))
    #expect(splits.count == 5 + 15 + 3 + 1)
    for split in splits {
      #expect(!split.train.isEmpty && split.purged > 0)
      #expect(LabelOverlap.find(train: split.train, test: split.test, labels: Self.labels).isEmpty)
    }
  }

  @Test func itAgreesWithLookingAtEveryPair() {
    var random = CounterRandom(seed: 4, stream: "overlaps")
    for _ in 0..<50 {
      let labels = (0..<40).map { _ in
        let start = Int64(random.below(300))
        return LabelInterval(start: start, end: start + Int64(random.below(30)))
      }
      let test = (0..<40).filter { _ in random.below(4) == 0 }
      let train = (0..<40).filter { !test.contains($0) }
      let plain = train.filter { row in
        test.contains { labels[$0].start <= labels[row].end && labels[row].start <= labels[$0].end }
      }
      #expect(LabelOverlap.find(train: train, test: test, labels: labels).map(\.trainRow) == plain)
    }
  }
}
