// The seed corpora: small nights of the project's own generator, and short texts of the shapes that it does not write.

internal import Foundation
internal import Runs
internal import Segments
internal import Simulation
internal import Support
internal import Verbs

enum SeedCorpus {
  /// The seeds of a target, always the same ones in the same order.
  static func seeds(_ target: FuzzTarget) throws -> [[UInt8]] {
    switch target {
    case .archives: try archives()
    case .json: try night { $0.hasSuffix(".json") || $0.hasSuffix(".jsonl") } + SeedTexts.json.map { Array($0.utf8) }
    case .protobuf: SeedProtobuf.all
    case .lines: try night { $0.hasSuffix(".log") } + SeedTexts.lines.map { Array($0.utf8) }
    case .access: SeedTexts.access.map { Array($0.utf8) }
    case .tables: SeedTexts.tables.map { Array($0.utf8) }
    case .results: SeedTexts.results.map { Array($0.utf8) }
    case .xml: try reports() + SeedTexts.reports.map { Array($0.utf8) }
    case .segments: try intermediates()
    case .pipeline: SeedTexts.pipelines.map { Array($0.utf8) }
    case .policies: SeedTexts.policies.map { Array($0.utf8) }
    case .lists: SeedTexts.lists.map { Array($0.utf8) }
    case .report: try outputs("report.json")
    case .capture: try outputs("capture.json")
    case .history: try outputs("nights.sqlite")
    case .partial: try outputs("partial")
    }
  }

  /// A minute of a small shop, every trace format in it.
  private static var spec: WorldSpec {
    var spec = WorldSpec(seed: 7)
    spec.minutes = 2
    spec.rate = 0.4
    spec.components = 4
    spec.requestSize = 3
    spec.faults = [.one(.restartStorm)]
    spec.faultMinutes = 0.5
    spec.formats = WorldSpec.TraceFormat.allCases
    return spec
  }

  /// The night's members whose path is wanted, each cut to its first lines.
  private static func night(_ wants: (String) -> Bool) throws -> [[UInt8]] {
    var writer = MemoryWriter()
    _ = try ServiceNight(spec).write(to: &writer)
    return writer.members.filter { wants($0.path) }.map { member in
      // A document is kept whole, of lines the first ones are enough.
      guard !member.path.hasSuffix(".json"), let end = member.bytes.prefix(4096).lastIndex(of: 0x0A) else {
        return member.bytes
      }
      return Array(member.bytes[...end])
    }
  }

  private static func reports() throws -> [[UInt8]] {
    var spec = CISpec(seed: 7)
    spec.nights = 1
    spec.builds = 1
    spec.suites = 1
    spec.testsPerSuite = 6
    spec.flakyTests = 1
    spec.regressions = 1
    spec.setupFailures = 0
    spec.clusters = 1
    var world = CIWorld(spec)
    var writer = MemoryWriter()
    _ = try world.write(to: &writer)
    return writer.members.map(\.bytes)
  }

  /// One small archive under every filter, and containers in one another.
  private static func archives() throws -> [[UInt8]] {
    let line = Array(SeedTexts.json[0].utf8)
    let text = Array(SeedTexts.lines[0].utf8)
    return try inTemporaryFolder { folder in
      var seeds: [[UInt8]] = []
      for filter in WorldFilter.allCases {
        let path = folder + "/seed" + filter.suffix
        var tar = try TarWriter(path: path, filter: filter)
        try tar.member("traces/a.jsonl", line)
        try tar.member("logs/b.log", text)
        try tar.finish()
        seeds.append(try CheckedFile.read(path))
      }
      seeds.append(SeedArchives.zip([("a.log", text), ("inner.tar.gz", seeds[1])]))
      seeds.append(SeedArchives.sevenZip)
      var outer = try TarWriter(path: folder + "/outer.tar", filter: .none)
      for (i, seed) in seeds.enumerated() where i > 0 { try outer.member("inner-\(i)", seed) }
      try outer.finish()
      seeds.append(try CheckedFile.read(folder + "/outer.tar"))
      return seeds + SeedArchives.filtered
    }
  }

  /// What the phases hand on for a small night: frames, the segments in them, partials.
  private static func intermediates() throws -> [[UInt8]] {
    var night = spec
    night.rate = 0.1
    return try inTemporaryFolder { folder in
      var seeds: [[UInt8]] = []
      let (input, _) = try World.writeServiceNight(night, to: folder)
      let reports = folder + "/report.xml"
      try CheckedFile.write(Array(SeedTexts.reports[0].utf8), to: reports)
      for (i, path) in [input, reports].enumerated() {
        let out = "\(folder)/segments-\(i)"
        _ = PhaseVerbs.extract(RunSetup.Options(inputs: [path], quiet: true), to: .init(partitions: 2, path: out))
        let files = try FileManager.default.contentsOfDirectory(atPath: out).filter { $0.hasSuffix(".segment") }
          .sorted()
        for file in files {
          let frame = try CheckedFile.read(out + "/" + file)
          seeds.append(frame)
          seeds += try Frame(encoded: frame, expecting: .segments).sections.dropFirst()
          let partial = folder + "/" + file + ".partial"
          _ = AggregateVerb.aggregate(RunSetup.Options(quiet: true), segments: [out + "/" + file], output: partial)
          seeds.append(try CheckedFile.read(partial))
        }
      }
      return seeds
    }
  }

  /// What a run of a small night leaves under a name, and of a night of test reports alone.
  static func outputs(_ name: String) throws -> [[UInt8]] {
    var night = spec
    night.rate = 0.2
    return try inTemporaryFolder { folder in
      let (input, _) = try World.writeServiceNight(night, to: folder)
      let reports = folder + "/report.xml"
      try CheckedFile.write(Array(SeedTexts.reports[0].utf8), to: reports)
      var seeds: [[UInt8]] = []
      for (i, path) in [input, reports].enumerated() {
        let out = "\(folder)/out-\(i)"
        if name == "partial" {
          _ = PhaseVerbs.extract(RunSetup.Options(inputs: [path], quiet: true), to: .init(partitions: 1, path: out))
          let segments = try FileManager.default.contentsOfDirectory(atPath: out).filter { $0.hasSuffix(".segment") }
          _ = AggregateVerb.aggregate(
            RunSetup.Options(quiet: true), segments: segments.map { out + "/" + $0 }, output: out + "/partial")
        } else {
          let history = out + "/nights.sqlite"
          try CheckedFile.makeFolder(out)
          _ = RunVerb.run(
            RunSetup.Options(
              jobs: 1, inputs: [path], output: out, history: history, format: "json,markdown", quiet: true))
        }
        seeds.append(try CheckedFile.read(out + "/" + name))
      }
      return seeds
    }
  }

  private static func inTemporaryFolder(_ body: (String) throws -> [[UInt8]]) throws -> [[UInt8]] {
    let folder = NSTemporaryDirectory() + "hindcast-fuzz-\(getpid())"
    try CheckedFile.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }
}
