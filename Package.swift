// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled under the same rules: Swift 6 mode, no warnings, unsafe code marked as such.
let rules: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: rules)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: rules)
}

func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "hindcast",
  products: [.executable(name: "hindcast", targets: ["hindcast"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // System libraries.
    system("CLibArchive", pkgConfig: "libarchive", apt: "libarchive-dev"),
    system("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
    system("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
    system("CLZMA", pkgConfig: "liblzma", apt: "liblzma-dev"),
    system("CBZip2", apt: "libbz2-dev"),
    system("CLibXML2", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
    system("CLibCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    system("CMalloc", apt: "libc6-dev"),
    // Our own few lines of C, for what Swift's vectors cannot do.
    .systemLibrary(name: "CByteMarks"),

    // The rooms, in the order the data passes through them.
    room("Core", ["CLibCrypto"]),
    room("Archives", ["Core", "CLibArchive", "CISAL", "CZstd", "CLZMA", "CBZip2"]),
    room("Decoders", ["Core", "CByteMarks"]),
    room("Events", ["Core"]),
    room("Patterns", ["Core", "Events"]),
    room("Cascades", ["Core", "Events"]),
    room("Policies", ["Core", "Events"]),
    room("TestReports", ["Core", "Events"]),
    room("History", ["Core", grdb]),
    room("Reports", ["Core"]),
    room("Worlds", ["Core", "Archives", "Policies", "CISAL", "CZstd", "CLZMA", "CBZip2"]),
    room(
      "Pipeline",
      [
        "Core", "Archives", "Decoders", "Events", "Patterns", "Cascades", "Policies", "TestReports", "History",
        "Reports", "CMalloc", yams,
      ]),
    .executableTarget(
      name: "hindcast", dependencies: ["Core", "Pipeline", "Worlds", "Reports", argumentParser], swiftSettings: rules),
    .executableTarget(
      name: "benchmark",
      dependencies: [
        "Core", "Archives", "Decoders", "Pipeline", "Policies", "Worlds", "Patterns", "History", "Reports",
      ],
      swiftSettings: rules),
    .executableTarget(
      name: "fuzz", dependencies: ["Core", "Archives", "Decoders", "Events", "Pipeline", "Worlds"], swiftSettings: rules
    ),

    // Tests: one target per room.
    .target(name: "TestSupport", dependencies: ["Core"], path: "Tests/TestSupport", swiftSettings: rules),
    tests("Core", ["Core"]),
    tests("Archives", ["Core", "Archives"]),
    tests("Decoders", ["Core", "Decoders", "CLibXML2"]),
    tests("Events", ["Core", "Events"]),
    tests("Patterns", ["Core", "Events", "Patterns", "Decoders"]),
    tests("Cascades", ["Core", "Events", "Cascades"]),
    tests("Policies", ["Core", "Events", "Policies"]),
    tests("TestReports", ["Core", "Events", "TestReports", "Decoders", "Worlds"]),
    tests("History", ["Core", "History", grdb]),
    tests("Reports", ["Core", "Reports"]),
    tests("Pipeline", ["Core", "Pipeline"]),
    tests("EndToEnd", ["Core", "Archives", "Pipeline", "Policies", "Reports", "Worlds"]),
  ]
)
