import Foundation
import Fuzzing

// hydra-fuzz COUNT [SEED [READER…]]: mutated files for every reader in turn, or for those named, COUNT in all. A crash ends
// the program; the last line of the file hydra-fuzz.last then names reader and number.
let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000
let seed = CommandLine.arguments.dropFirst(2).first.flatMap { UInt64($0) } ?? 1
let named = CommandLine.arguments.dropFirst(3)
let targets = try FuzzTarget.all().filter { named.isEmpty || named.contains($0.name) }
guard !targets.isEmpty else {
  print("no such reader; there are \(try FuzzTarget.all().map(\.name).joined(separator: ", "))")
  exit(64)
}
let each = (count + targets.count - 1) / targets.count
let last = fopen("hydra-fuzz.last", "w")
var total = 0
/// Unbuffered: what was said before a crash is there after it.
func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
for target in targets {
  guard target.readsOriginals() else {
    say("\(target.name): does not read what was not mutated")
    exit(1)
  }
  let counts = target.run(0..<each, seed: seed) { index in
    rewind(last)
    fputs("\(target.name) \(index)\n", last)
    fflush(last)
  }
  guard counts.misplaced.isEmpty else {
    say(counts.misplaced.joined(separator: "\n"))
    exit(1)
  }
  total += counts.read + counts.refused
  say("\(target.name): \(counts.read) read, \(counts.refused) refused")
}
say("\(total) mutated files, no crash, and a place in every error that has to name one")
