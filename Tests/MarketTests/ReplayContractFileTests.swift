import Foundation
import HydraMarket
import HydraNumerics
import Testing

/// Files that name contracts: a book holds one of them.
@Suite struct ReplayContractFileTests {
  private static let orders = """
    ts,contract,kind,id,side,price,qty
    1,ZOZ13,add,1,buy,350,4
    2,ZOH14,add,1,sell,348,4
    3,,session_end,,,,
    4,ZOH14,exec,1,,,2

    """
  private static let quotes = """
    ts,contract,bid,bid_qty,ask,ask_qty
    1,ZOZ13,350,1,351,1
    2,ZOH14,348,1,349,1

    """
  private static let bars = "ts,contract,open,high,low,close,volume\n1,ZOZ13,350,350,350,350,1\n"

  private static func open(_ text: String, contract: String? = nil, instrument: UInt32? = nil) throws -> ReplayFile {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-contracts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("events.csv").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try ReplayFile(
      path: path, scale: ReplayFaultPlaceTests.scale, instrument: instrument, contract: contract)
  }

  @Test(arguments: [orders, quotes])
  func twoContractsInOneBookAreRefused(text: String) throws {
    let file = try Self.open(text)
    #expect(!file.hasContracts)
    let error = #expect(throws: CSVError.self) { try file.events(limit: 100) }
    #expect(error?.line == 3 && error?.column == "contract" && error?.value == "ZOH14")
    #expect(error?.description.contains("ZOZ13 as before") == true, "\(error?.description ?? "")")
  }

  @Test func oneContractIsTaken() throws {
    let events = try Self.open(Self.orders, contract: "ZOH14").events(limit: 100)
    #expect(events.map(\.kind) == [.add, .sessionEnd, .execute] && events.map(\.time) == [2, 3, 4])
    #expect(try Self.open(Self.orders, contract: "ZOZ13").events(limit: 100).map(\.time) == [1, 3])
    #expect(try Self.open(Self.quotes, contract: "ZOH14").events(limit: 100).map(\.price) == [1392, 1396])
    #expect(try Self.open(Self.bars, contract: "ZOH14").bars(limit: 100).isEmpty)
    #expect(try Self.open(Self.bars, contract: "ZOZ13").bars(limit: 100).count == 1)
  }

  @Test func whatAFileDoesNotNameCannotBeAskedFor() throws {
    let plain = "ts,kind,side,price,qty\n1,depth,buy,350,1\n"
    let error = #expect(throws: CSVError.self) { try Self.open(plain, contract: "ZOZ13") }
    #expect(error?.description.contains("no column 'contract'") == true)
    #expect(throws: CSVError.self) { try Self.open(plain, instrument: 7) }
  }
}
