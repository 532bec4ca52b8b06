import Foundation
import Testing
import TestSupport

/// The habits of the code base, checked by an ordinary test.
@Suite struct TidyTests {
  struct SourceFile {
    var path: String
    var lines: [Substring]
  }

  static func swiftFiles(under folder: String) -> [SourceFile] {
    let root = TestSupport.packageRoot.appendingPathComponent(folder)
    guard let walker = FileManager.default.enumerator(atPath: root.path) else { return [] }
    return walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }.sorted()
      .compactMap { name in
        guard let text = try? String(contentsOf: root.appendingPathComponent(name), encoding: .utf8) else { return nil }
        return SourceFile(
          path: "\(folder)/\(name)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
      }
  }

  static let sources = swiftFiles(under: "Sources")
  static let everything = sources + swiftFiles(under: "Tests") + swiftFiles(under: "Examples")

  /// Folder of a module -> the modules that it may import.
  static let layers: [String: Set<String>] = [
    "Numerics": ["COpenBLAS", "CLAPACKE", "CZlib", "CZstd"],
    "Options": ["HydraNumerics"],
    "Learning": ["HydraNumerics"],
    "Market": ["HydraNumerics", "HydraOptions"],
    "Store": ["HydraNumerics", "HydraMarket", "GRDB", "GRDBSQLite"],
    "Connect": ["HydraNumerics", "CCurl"],
    "Agent": ["HydraNumerics", "HydraOptions", "HydraLearning", "HydraMarket", "HydraStore", "HydraConnect"],
    "Umbrella": [
      "HydraNumerics", "HydraOptions", "HydraLearning", "HydraMarket", "HydraStore", "HydraConnect", "HydraAgent",
    ],
  ]
  static let platform: Set<String> = ["Foundation", "Glibc", "Darwin", "Musl", "Dispatch", "Synchronization"]

  @Test func modulesImportOnlyLowerLayers() {
    for (folder, allowed) in Self.layers.sorted(by: { $0.key < $1.key }) {
      for file in Self.sources where file.path.hasPrefix("Sources/HydraCore/\(folder)/") {
        for line in file.lines where line.contains("import ") {
          let words = line.split(separator: " ")
          guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
            index == 0 || words[0].hasPrefix("@") || ["public", "package", "internal"].contains(String(words[0]))
          else { continue }
          let module = String(words[index + 1])
          #expect(allowed.contains(module) || Self.platform.contains(module), "\(file.path) imports \(module)")
        }
      }
    }
  }

  /// Generated data and journals have the same bytes on every machine: no libm, no BLAS, no fused multiply-add there.
  @Test func theAgentsPathUsesPortableArithmeticOnly() {
    let forbidden = [
      "exp", "log", "log10", "log2", "log1p", "expm1", "pow", "sin", "cos", "tan", "tanh", "erf", "erfc", "lgamma",
      "tgamma", "cbrt", "exp2", "atan", "sinh", "cosh",
    ]
    let folders = ["Market", "Learning", "Agent"].map { "Sources/HydraCore/\($0)/" }
    for file in Self.sources where folders.contains(where: file.path.hasPrefix) {
      for (number, line) in file.lines.enumerated() {
        let code = line.range(of: "//").map { line[..<$0.lowerBound] } ?? line
        for name in forbidden where code.contains("\(name)(") {
          var rest = code[...]
          while let range = rest.range(of: "\(name)(") {
            let before = range.lowerBound == code.startIndex ? nil : code[code.index(before: range.lowerBound)]
            let isPlainCall = before.map { !($0.isLetter || $0.isNumber || "._`".contains($0)) } ?? true
            let declares = code[..<range.lowerBound].hasSuffix("func ")
            #expect(
              !isPlainCall || declares, "\(file.path):\(number + 1) calls \(name), which differs between machines")
            rest = rest[range.upperBound...]
          }
        }
        #expect(!code.contains(".addingProduct("), "\(file.path):\(number + 1) uses a fused multiply-add")
        #expect(!code.contains("Foundation.exp"), "\(file.path):\(number + 1)")
      }
    }
  }

  @Test func publicSymbolsAreDocumented() {
    let kinds = ["func", "struct", "enum", "class", "protocol", "actor", "typealias", "init", "subscript", "static"]
    for file in Self.sources where file.path.hasPrefix("Sources/HydraCore/") {
      for (number, line) in file.lines.enumerated() {
        let code = line.drop { $0 == " " }
        guard code.hasPrefix("public "), !code.hasPrefix("public internal(set)") else { continue }
        let words = code.split { " (<:".contains($0) }.dropFirst()
        guard
          let kind = words.first(where: { !["final", "mutating", "indirect", "nonisolated"].contains(String($0)) }),
          kinds.contains(String(kind)), kind != "init"
        else { continue }
        // Operators and the members that a well-known protocol asks for speak for themselves.
        let name = words.drop { $0 != kind }.dropFirst().first { !["func", "let", "var"].contains(String($0)) } ?? ""
        let wellKnown = ["encode", "hash", "description", "errorDescription", "makeIterator", "==", "<", "-", "+"]
        guard !wellKnown.contains(String(name)), !code.contains("static func <"), !code.contains("static func -") else {
          continue
        }
        var above = number - 1
        while above >= 0, file.lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
        let previous = above >= 0 ? file.lines[above].drop { $0 == " " } : ""
        #expect(previous.hasPrefix("///"), "\(file.path):\(number + 1): '\(code)' has no documentation comment")
      }
    }
  }

  @Test func filesAreShortEnoughToRead() {
    for file in Self.sources {
      #expect(file.lines.count <= 700, "\(file.path) has \(file.lines.count) lines: split it by concept")
    }
  }

  @Test func nothingIsLeftOver() {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "fatalError(\"not"]
    for file in Self.everything {
      for (number, line) in file.lines.enumerated() {
        for mark in marks { #expect(!line.contains(mark), "\(file.path):\(number + 1) has a leftover \(mark)") }
        let prints = line.drop { $0 == " " }.hasPrefix("print(\"") || line.contains("{ print(\"")
        let isComment = line.drop { $0 == " " }.hasPrefix("//")
        #expect(
          !prints || isComment || !file.path.hasPrefix("Sources/HydraCore/"), "\(file.path):\(number + 1) prints")
      }
    }
  }

  @Test func fileNamesAreUniqueInAModule() {
    var seen: [String: String] = [:]
    for file in Self.sources {
      let parts = file.path.split(separator: "/")
      let module = parts[1] == "HydraCore" ? parts[1...2].joined(separator: "/") : String(parts[1])
      let key = "\(module)/\(parts.last!)"
      #expect(seen[key] == nil, "\(file.path) and \(seen[key] ?? "") share a name in one module")
      seen[key] = file.path
    }
  }

  @Test func everyExampleIsListedInTheTour() throws {
    let tour = try String(contentsOf: TestSupport.packageRoot.appendingPathComponent("DOCS.md"), encoding: .utf8)
    let folder = TestSupport.packageRoot.appendingPathComponent("Examples")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where !name.hasPrefix(".") {
      #expect(tour.contains("Examples/\(name)"), "DOCS.md does not mention Examples/\(name)")
    }
  }
}
