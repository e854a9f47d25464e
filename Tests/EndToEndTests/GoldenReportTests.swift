// Whole reports against files: whoever changes a wording, a table, a link or a figure sees it in a difference.

import Foundation
import Glibc
import Model
import Runs
import Simulation
import Support
import Testing
import Verbs

/// `report.json`, `report.md`, the pages of incidents and the HTML of small worlds of our own, compared with
/// `Tests/EndToEndTests/Golden`. `RECORD_GOLDEN=1 swift test --filter GoldenReportTests` writes them anew, and fails.
@Suite("Golden reports")
struct GoldenReportTests {
  /// What is reported on.
  enum World: String, CaseIterable, Sendable {
    case sampleNight, ciNight, ciMatrix, policies, tasks, logsOnly, table, damaged, history
  }

  private static let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let project = home.deletingLastPathComponent().deletingLastPathComponent().path
  private static let samples = project + "/samples"
  private static let isRecording = unsafe getenv("RECORD_GOLDEN") != nil

  @Test("a report is what it was", arguments: World.allCases)
  func golden(_ world: World) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.run(world, in: folder)
    let golden = Self.home.appendingPathComponent("Golden/\(world.rawValue)").path
    let made = try Self.documents(folder + "/out", hiding: folder)
    if Self.isRecording {
      try? FileManager.default.removeItem(atPath: golden)
      for (name, text) in made {
        try CheckedFile.makeFolder(golden + "/" + (name.hasPrefix("incidents/") ? "incidents" : ""))
        try CheckedFile.write(Array(text.utf8), to: golden + "/" + name)
      }
      Issue.record("recorded \(made.count) documents of \(world.rawValue)")
      return
    }
    let wanted = try Self.documents(golden, hiding: folder)
    #expect(made.map(\.name) == wanted.map(\.name), "the documents of \(world.rawValue)")
    for (name, text) in made {
      guard let other = wanted.first(where: { $0.name == name })?.text, other != text else { continue }
      Issue.record("\(world.rawValue)/\(name): \(Self.firstDifference(other, text))")
    }
  }

  /// Makes a world's inputs and reports on them.
  private static func run(_ world: World, in folder: String) throws {
    var options = RunSetup.Options(
      date: "2026-01-01", jobs: 2, output: folder + "/out", noHistory: true, format: "json,markdown,html", quiet: true)
    var expected = [Exit.done]
    switch world {
    case .sampleNight: options.inputs = [samples + "/night.tar.gz"]
    case .policies:
      options.inputs = [samples + "/night.tar.gz"]
      options.policies = home.deletingLastPathComponent().deletingLastPathComponent().path + "/pipelines/policies.yaml"
    case .tasks:
      options.inputs = [samples + "/tasks.tar.gz"]
      options.policies = home.deletingLastPathComponent().deletingLastPathComponent().path + "/pipelines/tasks.yaml"
    case .ciNight:
      options.date = "2026-01-03"
      options.inputs = [samples + "/ci-2026-01-03.tar.gz"]
    case .ciMatrix:
      var spec = CISpec(seed: 5)
      spec.nights = 1
      spec.suites = 4
      spec.testsPerSuite = 6
      spec.configurations = ["linux", "windows"]
      options.inputs = try Simulation.World.writeCINights(spec, to: folder, filter: WorldFilter.none).inputs
    case .logsOnly:
      var spec = WorldSpec(seed: 11)
      spec.minutes = 20
      spec.components = 6
      spec.rate = 1
      spec.formats = []
      spec.faults = [.one(.errorOutage)]
      // What a compressor makes of it may depend on the processor (ISA-L's gzip does), and the report names its size.
      options.inputs = [try Simulation.World.writeServiceNight(spec, to: folder, filter: WorldFilter.none).input]
    case .table:
      let rows = (0..<200).map { row in
        let start = 1_767_225_600_000 + row * 250
        return "t\(row),s\(row),,shop,GET /,\(start),\(row % 50 == 0 ? 900 : 20),\(row % 50 == 0 ? 500 : 200)"
      }
      let text =
        "trace_id,span_id,parent_id,service,operation,start_ms,duration_ms,http_status\n" + rows.joined(separator: "\n")
        + "\n"
      try CheckedFile.write(Array(text.utf8), to: folder + "/spans.csv")
      let mapping = """
        version: 1
        formats:
          - match: "*.csv"
            records: spans
            table: { trace: trace_id, span: span_id, parent: parent_id, component: service, operation: operation,
                     startMs: start_ms, durationMs: duration_ms, httpStatus: http_status }
        """
      try CheckedFile.write(Array(mapping.utf8), to: folder + "/tables.yaml")
      options.pipeline = folder + "/tables.yaml"
      options.inputs = [folder + "/spans.csv"]
    case .damaged:
      let night = try CheckedFile.read(samples + "/night.tar.gz")
      try CheckedFile.write(Array(night.prefix(night.count / 3)), to: folder + "/cut.tar.gz")
      try CheckedFile.write(Array("{\"timestamp\":\"oops\n".utf8), to: folder + "/broken.jsonl")
      options.inputs = [folder + "/broken.jsonl", folder + "/cut.tar.gz"]
      expected = [Exit.partlyUnread]
    case .history:
      options.noHistory = false
      options.history = folder + "/history.sqlite"
      for day in 1...3 {
        options.date = "2026-01-0\(day)"
        options.inputs = [samples + "/ci-2026-01-0\(day).tar.gz"]
        let code = RunVerb.run(options)
        #expect(expected.contains(code), "night \(day)")
      }
      return
    }
    let code = RunVerb.run(options)
    #expect(expected.contains(code), "\(world.rawValue)")
  }

  /// The documents of a night's folder by name, without the folder in which they were made.
  private static func documents(_ folder: String, hiding place: String) throws -> [(name: String, text: String)] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
      ($0.hasSuffix(".md") || $0.hasSuffix(".html") || $0.hasSuffix("report.json")) && !$0.hasPrefix(".")
    }
    return try names.sorted().map { name in
      let text = String(decoding: try CheckedFile.read(folder + "/" + name), as: UTF8.self)
      return (
        name,
        text.replacing(place, with: "WORLD").replacing(samples, with: "samples").replacing(project, with: "PROJECT")
      )
    }
  }

  private static func firstDifference(_ wanted: String, _ made: String) -> String {
    let (a, b) = (
      wanted.split(separator: "\n", omittingEmptySubsequences: false),
      made.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let line = zip(a, b).prefix { $0 == $1 }.count
    func text(_ lines: [Substring]) -> Substring { line < lines.count ? lines[line].prefix(200) : "(end)" }
    return "line \(line + 1)\n- \(text(a))\n+ \(text(b))"
  }
}
