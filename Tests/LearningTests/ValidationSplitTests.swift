import Foundation
import HydraLearning
import HydraNumerics
import TestSupport
import Testing

@Suite struct ValidationSplitTests {
  struct File: Decodable {
    struct Series: Decodable {
      let n, n_splits, gap: Int, test_size, max_train_size: Int?, splits: [[String: [Int]]]
    }
    struct Folds: Decodable {
      struct Fold: Decodable { let test, train: [Int] }
      let n, n_splits, embargo_rows: Int, t0, t1: [Int64], folds: [Fold]
    }
    let time_series_split: [Series], purged_kfold: [Folds]
  }

  private static func file() throws -> File {
    try JSONDecoder().decode(File.self, from: Data(contentsOf: TestSupport.vectors("learn/splits.json")))
  }

  @Test func walkForwardSplitsAgreeWithTheGoldenOnes() throws {
    let cases = try Self.file().time_series_split
    #expect(cases.count == 5)
    for c in cases {
      let plan = WalkForward(folds: c.n_splits, testSize: c.test_size, gap: c.gap, maxTrain: c.max_train_size)
      let splits = plan.splits(LabelInterval.points(c.n))
      let ranges = splits.map { ["train": Self.ends($0.train), "test": Self.ends($0.test)] }
      #expect(ranges == c.splits)
    }
  }

  private static func ends(_ rows: [Int]) -> [Int] { [rows[0], rows[rows.count - 1] + 1] }

  @Test func purgedFoldsAgreeWithTheGoldenOnes() throws {
    let cases = try Self.file().purged_kfold
    #expect(cases.count == 3)
    for c in cases {
      let labels = zip(c.t0, c.t1).map { LabelInterval(start: $0, end: $1) }
      let splits = PurgedFolds(folds: c.n_splits, embargo: .time(Int64(c.embargo_rows))).splits(labels)
      #expect(splits.map(\.train) == c.folds.map(\.train))
      #expect(splits.map { Self.ends($0.test) } == c.folds.map(\.test))
    }
  }

  @Test func noTrainingLabelSharesTimeWithATestLabel() {
    var random = CounterRandom(seed: 8, stream: "labels")
    for _ in 0..<30 {
      var time: Int64 = 0
      let labels = (0..<120).map { _ in
        time += Int64(random.below(3))
        return LabelInterval(start: time, end: time + Int64(random.below(12)))
      }
      let plans = CombinatorialPurgedFolds(groups: 6, testGroups: 2, embargo: .rows(2)).splits(labels).map(\.split)
      for split in plans + WalkForward(folds: 4).splits(labels) {
        for row in split.train {
          let (a, test) = (labels[row], Set(split.test))
          #expect(!test.contains(row))
          #expect(!split.test.contains { labels[$0].start <= a.end && a.start <= labels[$0].end })
        }
      }
    }
  }

  @Test func theTestGroupsOfAllSplitsMakeWholePaths() {
    let plan = CombinatorialPurgedFolds(groups: 6, testGroups: 2)
    let splits = plan.splits(LabelInterval.points(60))
    #expect(splits.count == 15 && plan.paths == 5)
    for row in 0..<60 { #expect(splits.count { $0.split.test.contains(row) } == plan.paths) }
  }

  @Test func aLabelNotYetKnownIsNeverTrainedOn() {
    // Labels look five rows ahead: of the rows before 50, those from 45 on are known only at 50 or later.
    let split = PurgedSplit.holdOut(50..<60, labels: LabelInterval.rows(100, horizon: 5))
    #expect(split.train == Array(0..<45))
    #expect(split.purged == 5)
    #expect(PurgedSplit.holdOut(50..<60, labels: LabelInterval.rows(100, horizon: 5), gap: 10).train == Array(0..<40))
  }
}
