// swift-tools-version: 6.1
import PackageDescription

let systemLibraries: [Target] = [
  .systemLibrary(
    name: "COpenBLAS", path: "Sources/HydraCore/System/COpenBLAS", pkgConfig: "openblas",
    providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
  .systemLibrary(
    name: "CLAPACKE", path: "Sources/HydraCore/System/CLAPACKE", pkgConfig: "lapacke",
    providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
  .systemLibrary(
    name: "CZlib", path: "Sources/HydraCore/System/CZlib", pkgConfig: "zlib",
    providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
  .systemLibrary(
    name: "CZstd", path: "Sources/HydraCore/System/CZstd", pkgConfig: "libzstd",
    providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
  .systemLibrary(
    name: "CCurl", path: "Sources/HydraCore/System/CCurl", pkgConfig: "libcurl",
    providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
]

// Layers, lowest first; a module may use only what is listed here (checked by the build and by the tidy test).
let modules: [Target] = [
  .target(
    name: "HydraNumerics", dependencies: ["COpenBLAS", "CLAPACKE", "CZlib", "CZstd"],
    path: "Sources/HydraCore/Numerics"),
  .target(name: "HydraOptions", dependencies: ["HydraNumerics"], path: "Sources/HydraCore/Options"),
  .target(name: "HydraLearning", dependencies: ["HydraNumerics"], path: "Sources/HydraCore/Learning"),
  .target(name: "HydraMarket", dependencies: ["HydraNumerics", "HydraOptions"], path: "Sources/HydraCore/Market"),
  .target(
    name: "HydraStore",
    dependencies: [
      "HydraNumerics", "HydraMarket", .product(name: "GRDB", package: "GRDB.swift"),
      .product(name: "GRDBSQLite", package: "GRDB.swift"),
    ],
    path: "Sources/HydraCore/Store"),
  .target(name: "HydraConnect", dependencies: ["HydraNumerics", "CCurl"], path: "Sources/HydraCore/Connect"),
  .target(
    name: "HydraAgent",
    dependencies: ["HydraNumerics", "HydraLearning", "HydraMarket", "HydraStore", "HydraConnect"],
    path: "Sources/HydraCore/Agent"),
  .target(
    name: "HydraCore",
    dependencies: [
      "HydraNumerics", "HydraOptions", "HydraLearning", "HydraMarket", "HydraStore", "HydraConnect", "HydraAgent",
    ],
    path: "Sources/HydraCore/Umbrella"),
]

let runner: [Target] = [
  .executableTarget(
    name: "HydraRunner",
    dependencies: [
      "HydraCore",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "Yams", package: "Yams"),
    ])
]

let examples: [Target] = [
  "drift-watch", "train-predict-explain", "search-parameters", "agent-on-a-folder", "oat-density", "price-a-chain",
  "thin-market-quotes",
].map {
  .executableTarget(
    name: $0, dependencies: ["HydraCore"], path: "Examples/\($0)",
    exclude: $0 == "oat-density" ? ["density.svg"] : [])
}

let tests: [Target] =
  [
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(name: "Fuzzing", dependencies: ["HydraCore"], path: "Tests/Fuzzing"),
    .executableTarget(name: "hydra-fuzz", dependencies: ["Fuzzing"], path: "Tests/FuzzProgram"),
  ]
  + [
    ("Numerics", []), ("Options", []), ("Learning", []), ("Market", []), ("Store", []), ("Connect", []),
    ("Agent", []), ("Runner", ["HydraRunner", "Fuzzing"]),
  ].map { name, extra in
    .testTarget(
      name: "\(name)Tests",
      dependencies: ["HydraCore", "TestSupport"] + extra.map { .byName(name: $0) },
      path: "Tests/\(name)Tests")
  }

let package = Package(
  name: "hydra",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "hydra", targets: ["HydraRunner"])]
    + modules.map { .library(name: $0.name, targets: [$0.name]) },
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: systemLibraries + modules + runner + examples + tests,
  swiftLanguageModes: [.v6]
)
