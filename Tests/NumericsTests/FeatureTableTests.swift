import Foundation
import HydraNumerics
import Testing

@Suite struct FeatureTableTests {
  private func time(_ day: Int) -> Timestamp { CivilDate(dayNumber: Int32(day)).timestamp() }

  /// Rows of days 0...9, known a day later, with targets known three days later.
  private var table: FeatureTable {
    var table = FeatureTable(names: ["a", "b"], hasTargets: true)
    for day in 0..<10 {
      let row = FeatureVector(
        names: ["a", "b"], time: time(day), known: time(day + 1), values: [Double(day), day == 3 ? .nan : Double(-day)])
      table.append(row, target: Double(day * day), targetKnown: time(day + 4))
    }
    return table
  }

  @Test func `A moment sees only what was known by then`() {
    let seen = table.rows(knownBy: time(6))
    #expect(seen.times == (0...5).map(time))
    #expect(seen.targets?.prefix(3) == [0, 1, 4])
    #expect(seen.targets?.suffix(3).allSatisfy(\.isNaN) == true)
    #expect(seen.rowsWithTarget().count == 3)
    #expect(table.rows(knownBy: time(1).adding(nanoseconds: -1)).isEmpty)
    // A row that comes in late is not seen early, wherever it stands.
    let late = FeatureTable(names: ["x"], times: [time(0), time(1)], known: [time(9), time(1)], values: [1, 2])
    #expect(late.rows(knownBy: time(5)).values == [2])
  }

  @Test func `A change of the future changes nothing that was known`() {
    let before = table.rows(knownBy: time(5))
    var features = table.values
    for index in 10..<20 { features[index] = 1e9 }
    let changed = FeatureTable(
      names: table.names, times: table.times, known: table.known, values: features,
      targets: table.targets?.enumerated().map { $0 < 2 ? $1 : 1e9 }, targetKnown: table.targetKnown)
    let after = changed.rows(knownBy: time(5))
    #expect(before.values.map(\.bitPattern) == after.values.map(\.bitPattern))
    #expect(before.targets?.map(\.bitPattern) == after.targets?.map(\.bitPattern))
  }

  @Test func `A split keeps order, embargo and targets apart`() {
    let parts = table.split(trainingShare: 0.7, embargo: 1)
    #expect(parts.test.times == [7, 8, 9].map(time))
    // Row 7 was known on day 8; targets of rows 0...4 were known by then, and the embargo takes row 6 anyway.
    #expect(parts.training.times == (0...4).map(time))
    #expect(table.split(trainingShare: 1).training.count == 10)
    #expect(table.split(trainingShare: 0).test.count == 10)
    let plain = FeatureTable(
      names: ["x"], times: (0..<10).map(time), known: (0..<10).map(time), values: Array(repeating: 0, count: 10))
    #expect(plain.split(trainingShare: 0.5, embargo: 2).training.count == 3)
    #expect(plain.split(trainingShare: 0.5, embargo: 9).training.count == 0)
  }

  @Test func `What is written is read back`() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-features-\(UUID()).csv.gz").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try table.write(csv: path)
    let back = try FeatureTable(csv: path, target: "target")
    #expect(back.names == table.names && back.times == table.times && back.known == table.known)
    #expect(back.targets == table.targets && back.targetKnown == table.targetKnown)
    #expect(back.values.map { $0.isNaN ? -99 : $0 } == table.values.map { $0.isNaN ? -99 : $0 })
  }

  @Test func `A file without times keeps its order`() throws {
    let csv = try CSVTable(bytes: Array("a,y,name,b\n1,0,x,2\n3,1,z,\n".utf8), file: "t")
    var roles = FeatureTable.Columns(target: "y")
    roles.excluded = ["name"]
    let table = try FeatureTable(csv, columns: roles)
    #expect(table.names == ["a", "b"] && table.targets == [0, 1])
    #expect(table.times[0] < table.times[1])
    #expect(table.matrix.row(0) == [1, 2] && table.matrix[1, 1].isNaN)
    #expect(table.column("a") == [1, 3] && table.column("z") == nil)
    #expect(table[0]["b"] == 2 && table[0]["z"] == nil)
    #expect(throws: CSVError.self) { try FeatureTable(csv) }
    #expect(throws: CSVError.self) { try FeatureTable(csv, columns: .init(target: "nothing")) }
  }

  @Test func `Columns and rows are chosen`() {
    #expect(table.selecting(columns: ["b"]).column("b")?[2] == -2)
    #expect(table.selecting(rows: [4, 1]).column("a") == [4, 1])
    #expect(table.selecting(rows: [4, 1]).targets == [16, 1])
    let labelled = table.with(targets: Array(repeating: 1, count: 10), known: table.known)
    #expect(labelled.targets?.count == 10 && labelled.targetKnown == table.known)
  }
}
