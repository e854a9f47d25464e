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

/// A room is the folder of its name, or so many folders that are compiled as one module.
func room(_ name: String, _ dependencies: [Target.Dependency], folders: [String]? = nil) -> Target {
  .target(
    name: name, dependencies: dependencies, path: folders == nil ? nil : "Sources", sources: folders,
    swiftSettings: rules)
}

/// Tests of a room; `data` are folders of cases beside them, which the tests find by the place of their own source.
func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies + ["TestSupport"], exclude: data, swiftSettings: rules)
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
    system("CPCRE2", pkgConfig: "libpcre2-8", apt: "libpcre2-dev"),
    // Our own few lines of C: searches of sixteen bytes at a time, and calls of the file system.
    .systemLibrary(name: "CByteSearch"),
    .systemLibrary(name: "CFiles"),

    // The rooms, in the order the data passes through them: each may use those it names, never the other way round.
    room("Support", ["CLibCrypto", "CPCRE2", "CFiles"]),
    room("Model", ["Support"]),
    room("Archives", ["Support", "Model", "CFiles", "CLibArchive", "CISAL", "CZstd", "CLZMA", "CBZip2"]),
    room("Decoders", ["Support", "Model", "CByteSearch", "CLibXML2"]),
    room("Segments", ["Support", "Model", "CZstd"]),
    room("LogTemplates", ["Support", "Model"]),
    room("Traces", ["Support", "Model", "Segments", "LogTemplates"]),
    room("Patterns", ["Support", "Model"]),
    room("Incidents", ["Support", "Model"]),
    room("TestAnalysis", ["Support", "Model", "Segments", "LogTemplates"]),
    // Three folders, one module: a replay calls the families millions of times and wants them inlined.
    room("Policies", ["Support", "Model"], folders: ["Policies", "PolicyFiles", "PolicyEvaluation"]),
    room("History", ["Support", "Model", grdb, .product(name: "GRDBSQLite", package: "GRDB.swift")]),
    room("Reports", ["Support", "Model"]),
    room(
      "Runs",
      [
        "Support", "Model", "Archives", "Decoders", "Segments", "Traces", "LogTemplates", "Patterns", "Incidents",
        "TestAnalysis", "Policies", "History", "Reports", "CMalloc", yams,
      ]),
    room(
      "Simulation",
      ["Support", "Model", "Archives", "Policies", "Patterns", "CISAL", "CZstd", "CLZMA", "CBZip2"]),

    // The program: what its verbs do is a library, so that benchmarks, fuzzers and tests drive the same code.
    .target(
      name: "Verbs",
      dependencies: [
        "Support", "Model", "Archives", "Decoders", "Segments", "Traces", "LogTemplates", "Policies", "History",
        "Reports", "Runs",
      ],
      path: "Sources/hindcast/Verbs", swiftSettings: rules),
    .executableTarget(
      name: "hindcast", dependencies: ["Support", "Model", "Runs", "Verbs", "Simulation", "Reports", argumentParser],
      exclude: ["Verbs"], swiftSettings: rules),
    .executableTarget(
      name: "benchmark",
      dependencies: [
        "Support", "Model", "Archives", "Decoders", "Segments", "Runs", "Verbs", "Policies", "Simulation", "Patterns",
        "LogTemplates", "Incidents", "History", "Reports",
      ],
      swiftSettings: rules),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Support", "Model", "Archives", "Decoders", "Segments", "Traces", "Patterns", "TestAnalysis", "Policies",
        "History", "Reports", "Runs", "Verbs", "Simulation",
      ],
      swiftSettings: rules),

    // Tests: one target per room.
    .target(
      name: "TestSupport", dependencies: ["Support", "Model", "Segments", "LogTemplates", "Traces"],
      path: "Tests/TestSupport", swiftSettings: rules),
    tests("Support", ["Support", "Model"]),
    tests("Archives", ["Support", "Model", "Archives"], data: ["Cases"]),
    tests("Decoders", ["Support", "Model", "Decoders", "Simulation", "CLibXML2"]),
    tests("Segments", ["Support", "Model", "Segments"]),
    tests("Traces", ["Support", "Model", "Segments", "LogTemplates", "Traces"]),
    tests("LogTemplates", ["Support", "Model", "LogTemplates", "Decoders"]),
    tests("Patterns", ["Support", "Model", "Segments", "Traces", "Patterns", "Simulation"]),
    tests("Incidents", ["Support", "Model", "Segments", "Traces", "Incidents"], data: ["Cases"]),
    tests("TestAnalysis", ["Support", "Model", "Segments", "TestAnalysis", "Decoders", "Simulation"]),
    tests(
      "Policies", ["Support", "Model", "Segments", "Traces", "Policies", "Runs", "Simulation"],
      data: ["Cases"]),
    tests("History", ["Support", "Model", "History", grdb]),
    tests("Reports", ["Support", "Model", "Reports"]),
    tests("Runs", ["Support", "Model", "Segments", "Policies", "Runs"]),
    tests(
      "EndToEnd", ["Support", "Model", "Archives", "Segments", "Runs", "Verbs", "Policies", "Reports", "Simulation"],
      data: ["CommandLine"]),
  ]
)
