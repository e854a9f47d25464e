import Verbs
import Foundation
import Runs
import Simulation
import Support
import Testing

/// Good inputs among as many hostile ones: what is said of the good ones does not change by a byte.
@Suite("Good inputs in hostile company")
struct HostileCompanyTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)")

  @Test("the good inputs' books and every finding are those of a run without the hostile inputs")
  func company() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let good = try write(try goodFiles(), to: "good")
    let hostile = try write(try hostileFiles(), to: "hostile") + hostilePaths()
    #expect(good.count >= 200)
    #expect(hostile.count >= 200)
    #expect(run(good, to: "alone") == Exit.done)
    #expect(run(good + hostile, to: "company") == Exit.partlyUnread)

    let names = Set(hostile)
    let alone = try findings("alone", without: names)
    let company = try findings("company", without: names)
    for key in Set(alone.keys).union(company.keys).sorted() { #expect(alone[key] == company[key], "\(key)") }
    #expect(alone["incidents"]?.contains("cascade") == true)
    #expect(alone["tests"]?.contains("\"passed\"") == true)
    #expect(try pages("alone") == pages("company"))

    // Every hostile input is in the record counts, with no record taken from it and something said about it.
    let report = try object("company")
    let inputs = (report["inputs"] as? [[String: Any]] ?? []).filter { names.contains($0["name"] as? String ?? "") }
    #expect(Set(inputs.compactMap { $0["name"] as? String }) == names)
    #expect(inputs.allSatisfy { $0["used"] as? Int == 0 })
    let told = Set((report["diagnostics"] as? [[String: Any]] ?? []).compactMap { $0["input"] as? String })
    #expect(names.subtracting(told).sorted() == [])
  }

  // MARK: Runs

  private func run(_ inputs: [String], to name: String) -> Int32 {
    RunVerb.run(
      RunSetup.Options(
        date: "2026-01-02", jobs: 2, inputs: inputs, output: folder.path + "/" + name, noHistory: true, quiet: true))
  }

  private func object(_ name: String) throws -> [String: Any] {
    let bytes = try CheckedFile.read(folder.path + "/" + name + "/report.json")
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  /// The report's sections as text, without what is about some inputs, or about the run as a whole.
  private func findings(_ name: String, without names: Set<String>) throws -> [String: String] {
    var report = try object(name)
    // The command line, the limits that were hit, and the sentence that says that something was not read.
    report["reproduce"] = nil
    report["limits"] = nil
    report["verdict"] = (report["verdict"] as? String)?.replacing(" Part of the input could not be read.", with: "")
    for (key, field) in [("inputs", "name"), ("diagnostics", "input")] {
      report[key] = (report[key] as? [[String: Any]])?.filter { !names.contains($0[field] as? String ?? "") }
    }
    // A damaged report without a case is listed among the files, with nothing in it.
    var tests = report["tests"] as? [String: Any] ?? [:]
    tests["files"] = (tests["files"] as? [[String: Any]])?.filter { !names.contains($0["path"] as? String ?? "") }
    // So is the build that a damaged report stands for.
    tests["builds"] = (tests["builds"] as? [[String: Any]])?.filter { $0["tests"] as? Int != 0 }
    report["tests"] = tests
    return try report.mapValues {
      let options: JSONSerialization.WritingOptions = [.sortedKeys, .fragmentsAllowed]
      return String(decoding: try JSONSerialization.data(withJSONObject: $0, options: options), as: UTF8.self)
    }
  }

  private func pages(_ name: String) throws -> [String: [UInt8]] {
    let path = folder.path + "/" + name + "/incidents"
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(!names.isEmpty)
    // Each page ends with the command that makes it again, which names all inputs.
    return Dictionary(
      uniqueKeysWithValues: try names.map { name in
        let lines = try CheckedFile.read(path + "/" + name).split(separator: 0x0A, omittingEmptySubsequences: false)
        return (name, Array(lines.filter { !$0.starts(with: "$ hindcast run ".utf8) }.joined(separator: [0x0A])))
      })
  }

  private func write(_ files: [(name: String, bytes: [UInt8])], to name: String) throws -> [String] {
    let path = folder.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return files.map { file in
      let full = path + "/" + file.name
      #expect(FileManager.default.createFile(atPath: full, contents: Data(file.bytes)), "\(file.name)")
      return full
    }
  }

  // MARK: Good inputs

  /// A night with a cascade, cut into many files at line ends, and the reports of three CI nights.
  private func goodFiles() throws -> [(String, [UInt8])] {
    var night = MemoryWriter()
    _ = try ServiceNight(Samples.serviceNight).write(to: &night)
    var ci = MemoryWriter()
    var world = CIWorld(Samples.ciNights)
    _ = try world.write(to: &ci)
    var files: [(String, [UInt8])] = []
    for member in ci.members { files.append((member.path.replacing("/", with: "_"), member.bytes)) }
    for member in night.members {
      let lines = member.bytes.split(separator: 0x0A, omittingEmptySubsequences: true)
      let step = max(1, lines.count / 40)
      for start in stride(from: 0, to: lines.count, by: step) {
        let piece = lines[start..<min(start + step, lines.count)].flatMap { $0 + [0x0A] }
        files.append(("\(1000 + files.count)-\(member.path.replacing("/", with: "_"))", piece))
      }
    }
    return files
  }

  // MARK: Hostile inputs, none of which holds a whole record

  /// The first bytes of archives and documents with noise behind them.
  private static let heads: [[UInt8]] = [
    [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],
    Array("BZh9".utf8),
    [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], [0x5D, 0, 0, 0x80, 0], [0],
    [0xFF, 0xFE], [0xEF, 0xBB, 0xBF], [0x7F, 0x45, 0x4C, 0x46],
  ]

  private static let texts: [String] = [
    #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0a","spanId":"#, #"{"resourceSpans":[{"oops"#,
    #"{"data":[{"traceID":"1","spans":[{"traceID":"1","#, #"[{"traceId":"1","id":"#,
    "{\"timestamp\":\"2026-01-01T00:00",
    String(repeating: "[", count: 5000), String(repeating: #"{"data":["#, count: 400), "[1e999999]", "null", "{}",
    #"{"traceId":"\ud800"#, "<?xml version=\"1.0\"?><!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><t>&x;</t>",
    "<?xml version=\"1.0\"?><!DOCTYPE t [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><t>&b;</t>",
    "<testsuite name=\"s\" tests=\"9\"><testcase name=\"a", "<html><body>502 Bad Gateway</body></html>",
    "<a" + String(repeating: "><a", count: 3000), "version https://git-lfs.github.com/spec/v1\n", "", " \n \n",
    "TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano\n\"0a",
  ]

  private func hostileFiles() throws -> [(String, [UInt8])] {
    var random = SplitMix64(seed: 3)
    var files: [(String, [UInt8])] = []
    func add(_ bytes: [UInt8], _ end: String = "") { files.append(("\(1000 + files.count)\(end)", bytes)) }
    for text in Self.texts { for end in [".json", ".xml", ".tar.gz"] { add(Array(text.utf8), end) } }
    for head in Self.heads {
      for length in [0, 1, 7, 60, 300, 700, 4000, 9000] {
        add(head + (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) | 0x80 }, ".zip")
      }
    }
    // Archives cut before the first member's first byte, and with holes in their headers.
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let line = Array(#"{"timestamp":"2026-01-01T00:00:00Z","level":"ERROR","service":"evil","message":"m"}"#.utf8)
    for filter in WorldFilter.allCases {
      let path = folder.path + "/seed"
      var tar = try TarWriter(path: path, filter: filter)
      try tar.member("../../../../tmp/\u{1B}[31m`evil`|", line)
      try tar.finish()
      let whole = try CheckedFile.read(path)
      for cut in 1...10 { add(Array(whole.prefix(filter == .none ? 50 * cut : 2 * cut)), filter.suffix) }
    }
    var bomb = try TarWriter(path: folder.path + "/bomb", filter: .gzip)
    try bomb.member("zeros", [UInt8](repeating: 0, count: 100 << 20))
    try bomb.finish()
    add(try CheckedFile.read(folder.path + "/bomb"), ".bomb")
    for name in ["a\nb", "\u{1B}[31m", "`x`|<b>", "-rf", "\u{202E}gpj", String(repeating: "n", count: 240)] {
      files.append((name, [0x7B, 0x0A]))
    }
    return files
  }

  /// Paths that are no files.
  private func hostilePaths() -> [String] {
    let path = folder.appendingPathComponent("hostile").path
    for (name, target) in [("dangling", "nowhere"), ("loop", "loop")] {
      try? FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
    }
    return [path + "/absent", path + "/dangling", path + "/loop", "/dev/zero"]
  }
}
