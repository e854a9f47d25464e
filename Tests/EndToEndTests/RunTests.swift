import Foundation
import Model
import Runs
import Segments
import Support
import Testing
import Verbs

/// Runs of the whole program on the shipped samples: same bytes by every way, and an honest answer to bad input.
@Suite("Whole runs")
struct RunTests {
  private let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("samples").path
  private let folder: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
  }

  private func run(_ inputs: [String], to name: String, jobs: Int = 2, memory: String? = nil) -> Int32 {
    RunVerb.run(
      RunSetup.Options(
        date: "2026-01-02", jobs: jobs, memory: memory, inputs: inputs, output: folder + "/" + name, noHistory: true,
        quiet: true))
  }

  private func report(_ name: String) throws -> [UInt8] { try CheckedFile.read(folder + "/" + name + "/report.json") }

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try CheckedFile.write(bytes, to: folder + "/" + name)
    return folder + "/" + name
  }

  @Test("a member of lines that several threads read in pieces keeps its books, its lines and its bytes")
  func pieces() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let pad = String(repeating: "x", count: 900)
    var bytes: [UInt8] = []
    let lines = 20_000
    for number in 1...lines {
      let span = String(100_000 + number) + "0000000000"
      let text =
        number == 19_000
        ? "{broken"
        : #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"#
          + #""scopeSpans":[{"spans":[{"traceId":"0000000000000000\#(span)","spanId":"\#(span)","name":"get","kind":2,"#
          + #""startTimeUnixNano":"1767300000000000000","endTimeUnixNano":"1767300000005000000","note":"\#(pad)"}]}]}]}"#
      bytes += Array((text + "\n").utf8)
    }
    #expect(bytes.count > 2 * 8 << 20)
    let input = try write(bytes, "spans.jsonl")
    for (name, jobs) in [("one", 1), ("two", 2), ("eight", 8)] {
      #expect(run([input], to: name, jobs: jobs) == Exit.partlyUnread)
    }
    let wanted = try report("one")
    #expect(try report("two") == wanted)
    #expect(try report("eight") == wanted)
    let text = String(decoding: wanted, as: UTF8.self)
    #expect(text.contains(#""line": 19000"#))
    #expect(text.contains(#""used": \#(lines - 1)"#))
    #expect(text.contains(#""members": 1"#))
  }

  @Test("one job or many, inputs in any order, rows in memory or spilled, one process or three phases: the same report")
  func sameBytes() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let inputs = ["night", "ci-2026-01-01", "ci-2026-01-02"].map { samples + "/" + $0 + ".tar.gz" }
    #expect(run(inputs, to: "a", jobs: 1) == Exit.done)
    let wanted = try report("a")
    #expect(run(inputs.reversed(), to: "b", jobs: 8) == Exit.done)
    #expect(try report("b") == wanted)
    #expect(run(inputs, to: "c", memory: "16MiB") == Exit.done)
    #expect(try report("c") == wanted)
    for input in inputs {
      let options = RunSetup.Options(inputs: [input])
      #expect(PhaseVerbs.extract(options, to: .init(partitions: 3, path: folder + "/segments")) == Exit.done)
    }
    let segments = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments")
    for partition in 0..<3 {
      let own = segments.filter { $0.hasPrefix("0000\(partition)-") }.map { folder + "/segments/" + $0 }
      let code = AggregateVerb.aggregate(
        RunSetup.Options(jobs: 1), segments: own, output: folder + "/\(partition).partial")
      #expect(code == Exit.done)
    }
    let partials = (0..<3).map { folder + "/\($0).partial" }
    let options = RunSetup.Options(date: "2026-01-02", output: folder + "/d", noHistory: true, quiet: true)
    #expect(ConcludeVerb.conclude(options, partials: partials.reversed(), expected: nil) == Exit.done)
    #expect(try report("d") == wanted)
    #expect(
      ConcludeVerb.conclude(options, partials: Array(partials.dropLast()), expected: nil) == Exit.damagedIntermediate)
    #expect(
      ConcludeVerb.conclude(options, partials: partials + [partials[0]], expected: nil) == Exit.damagedIntermediate)
    #expect(
      AggregateVerb.aggregate(RunSetup.Options(jobs: 1), segments: [folder + "/none"], output: "-") == Exit.missingInput
    )
    // Rows that are damaged beneath a checksum that holds.
    var frame = try Frame(encoded: try CheckedFile.read(partials[1]), expecting: .partial)
    frame.sections[3].removeLast()
    try CheckedFile.write(frame.encoded(), to: partials[1])
    #expect(ConcludeVerb.conclude(options, partials: partials, expected: nil) == Exit.damagedIntermediate)
    #expect(AggregateVerb.merge(partials, output: folder + "/merged") == Exit.damagedIntermediate)
  }

  @Test("a capture replays to the same decisions")
  func replay() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(run([samples + "/night.tar.gz"], to: "a") == Exit.done)
    #expect(ReplayVerb.replay(folder + "/a/capture.json") == Exit.done)
  }

  @Test("a cut archive, a wrong checksum and a broken line are told, and what is readable is reported")
  func damage() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let night = try CheckedFile.read(samples + "/night.tar.gz")
    let cut = try write(Array(night.prefix(night.count / 2)), "cut.tar.gz")
    #expect(run([cut], to: "cut") == Exit.partlyUnread)
    var changed = night
    changed[night.count - 6] ^= 0xFF
    #expect(run([try write(changed, "crc.tar.gz")], to: "crc") == Exit.partlyUnread)
    let line = #"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","service":"a","message":"ok"}"# + "\n"
    let broken = try write(Array((line + "{\"timestamp\":\"oops\n" + line).utf8), "broken.jsonl")
    #expect(run([broken], to: "broken") == Exit.partlyUnread)
    for name in ["cut", "crc", "broken"] {
      let text = String(decoding: try report(name), as: UTF8.self)
      #expect(text.contains("\"severity\": \"error\""))
    }
    #expect(String(decoding: try report("broken"), as: UTF8.self).contains("\"used\": 2"))
  }

  @Test("what cannot be written, does not exist or is no option has its own exit code")
  func exits() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(run([folder + "/absent.tar.gz"], to: "absent") == Exit.partlyUnread)
    #expect(run([], to: "none") == Exit.usage)
    let night = samples + "/night.tar.gz"
    let full = RunSetup.Options(inputs: [night], output: "/dev/full/out", noHistory: true, quiet: true)
    #expect(RunVerb.run(full) == Exit.noReport)
    let failing = RunSetup.Options(
      inputs: [night], output: folder + "/f", noHistory: true, failOn: "critical", quiet: true)
    #expect(RunVerb.run(failing) == Exit.finding)
  }
}
