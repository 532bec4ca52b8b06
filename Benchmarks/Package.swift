// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "hydra-benchmarks",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "hydra-bench", targets: ["HydraBench"])],
  dependencies: [.package(name: "hydra", path: "..")],
  targets: [
    .executableTarget(
      name: "HydraBench",
      dependencies: [
        .product(name: "HydraNumerics", package: "hydra"),
        .product(name: "HydraOptions", package: "hydra"),
        .product(name: "HydraLearning", package: "hydra"),
        .product(name: "HydraMarket", package: "hydra"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
