import Foundation
import HydraCore
import TestSupport
import Testing

#if os(Linux)
/// Disks that are full or may not be written: a clear error with its exit code, and nothing acknowledged is lost.
@Suite struct CrashDiskTests {
  private static func shell(_ command: String) -> Int32 {
    (try? TestProcess(URL(fileURLWithPath: "/bin/sh"), ["-c", command]).wait()) ?? -1
  }

  /// A small market, and a run over it that meets no obstacle.
  private static let world = Result { () -> (folder: URL, summary: String) in
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hydra-disk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let made = try RunnerProcess.run([
      "data", "synth", "--out", "\(folder.path)/market", "--years", "1", "--no-options",
    ])
    try #require(made.status == 0, "\(made.errors)")
    let whole = try run(folder, store: folder.appendingPathComponent("whole.sqlite").path)
    try #require(whole.status == 0, "\(whole.errors)")
    return (folder, whole.output)
  }

  private static func run(_ folder: URL, store: String, limit: String? = nil) throws -> RunnerProcess {
    let arguments = ["run", "--data", "\(folder.path)/market", "--store", "sqlite:\(store)", "--quiet"]
    guard let limit else { return try RunnerProcess.run(arguments) }
    let words = ([RunnerProcess.executable.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
    return try RunnerProcess.run(URL(fileURLWithPath: "/bin/sh"), ["-c", "\(limit); exec \(words)"])
  }

  private func check(_ failed: RunnerProcess, _ text: String, status: Int32, store: String) throws {
    #expect(failed.status == status, "\(failed.errors)")
    let line = failed.errors.split(separator: "\n").filter { $0.hasPrefix("hydra: error: ") }
    #expect(line.count == 1 && line.first?.contains(text) == true, "\(failed.errors)")
    guard FileManager.default.fileExists(atPath: store) else { return }
    let verified = try RunnerProcess.run(["journal", "verify", "--store", "sqlite:\(store)"])
    // A store may have been left before its last table was made; the next command that writes makes it.
    let isYoung = verified.status == 65 && verified.errors.contains("was written by an older version")
    #expect([0, 66].contains(verified.status) || isYoung, "does not verify: \(verified.errors)")
  }

  @Test func aFileThatMayNotGrowIsAnInputOutputErrorAndTheSameCommandGoesOn() throws {
    let world = try Self.world.get()
    let store = world.folder.appendingPathComponent("limited.sqlite").path
    for blocks in [100, 800] {
      let failed = try Self.run(world.folder, store: store, limit: "ulimit -f \(blocks)")
      try check(failed, "input/output error", status: 74, store: store)
    }
    let continued = try Self.run(world.folder, store: store)
    #expect(continued.status == 0 && continued.output == world.summary, "\(continued.errors)")
  }

  @Test func aFullDiskIsNamedAndTheSameCommandGoesOnWhenThereIsRoom() throws {
    let world = try Self.world.get()
    let disk = world.folder.appendingPathComponent("disk").path
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    guard Self.shell("mount -t tmpfs -o size=300k tmpfs '\(disk)'") == 0 else {
      FileHandle.standardError.write(Data("skipped: a full disk needs the right to mount one\n".utf8))
      return
    }
    defer { _ = Self.shell("umount -l '\(disk)'") }
    let store = "\(disk)/full.sqlite"
    for kilobytes in [300, 900] {
      #expect(Self.shell("mount -o remount,size=\(kilobytes)k '\(disk)'") == 0)
      try check(try Self.run(world.folder, store: store), "no room left on the disk", status: 74, store: store)
    }
    #expect(Self.shell("mount -o remount,size=60m '\(disk)'") == 0)
    let continued = try Self.run(world.folder, store: store)
    #expect(continued.status == 0 && continued.output == world.summary, "\(continued.errors)")
  }

  @Test func aStoreThatMayNotBeWrittenSaysSoAndStaysAsItIs() throws {
    let world = try Self.world.get()
    let folder = world.folder.appendingPathComponent("fixed").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let store = "\(folder)/a.sqlite"
    try FileManager.default.copyItem(atPath: world.folder.appendingPathComponent("whole.sqlite").path, toPath: store)
    let before = try Data(contentsOf: URL(fileURLWithPath: store))
    // The superuser may write whatever its mode is, but not on a disk that is mounted for reading.
    let command =
      getuid() == 0
      ? "mount --bind '\(folder)' '\(folder)' && mount -o remount,ro,bind '\(folder)'"
      : "chmod 444 '\(store)' && chmod 555 '\(folder)'"
    guard Self.shell(command) == 0 else {
      FileHandle.standardError.write(Data("skipped: a disk for reading only needs the right to mount one\n".utf8))
      return
    }
    defer { _ = Self.shell(getuid() == 0 ? "umount -l '\(folder)'" : "chmod 755 '\(folder)'") }
    for arguments in [
      ["run", "--data", "\(world.folder.path)/market", "--quiet"],
      ["models", "promote", "1", "--reason", "a test"], ["status"], ["journal", "verify"],
    ] {
      let failed = try RunnerProcess.run(arguments + ["--store", "sqlite:\(store)"])
      #expect([73, 74].contains(failed.status), "\(arguments): \(failed.status) \(failed.errors)")
      #expect(failed.errors.contains(store), "\(failed.errors)")
    }
    let absent = try Self.run(world.folder, store: "\(folder)/b.sqlite")
    #expect(absent.status == 73, "\(absent.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: store)) == before)
  }
}
#endif
