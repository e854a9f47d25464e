import Foundation
import Model
import Runs
import Support
import Testing
import Verbs

/// Runs over files written for the test and gives the exit code and the report's diagnostics.
private func run(_ files: [String: String], inputs: [String], allowEmpty: Bool = false) throws -> (
  code: Int32, report: String
) {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("refusing-" + UUID().uuidString).path
  try FileManager.default.createDirectory(atPath: folder + "/in", withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/in/" + name)) }
  var options = RunSetup.Options(
    inputs: inputs.map { folder + "/" + $0 }, output: folder + "/out", noHistory: true, format: "json", quiet: true)
  options.allowEmpty = allowEmpty
  let code = RunVerb.run(options)
  let report = try String(contentsOf: URL(fileURLWithPath: folder + "/out/report.json"), encoding: .utf8)
  return (code, report)
}

private let events = #"{"kind":"requestEnd","component":"a","time":"2026-01-01T00:00:00Z","latencyUs":5}"#
private let readme = "nothing to see here\n"

@Test("An argument that gives nothing is refused aloud; a file beside used ones is only noted")
func refusesUselessArgument() throws {
  let useless = try run(["a.jsonl": events, "readme.txt": readme], inputs: ["in/a.jsonl", "in/readme.txt"])
  #expect(useless.code == Exit.partlyUnread)
  #expect(useless.report.contains("nothingUsed"))
  let beside = try run(["a.jsonl": events, "readme.txt": readme], inputs: ["in"])
  #expect(beside.code == Exit.done)
  #expect(!beside.report.contains("nothingUsed"))
}

@Test("--allow-empty makes it no mistake")
func allowsEmpty() throws {
  let allowed = try run(["readme.txt": readme], inputs: ["in/readme.txt"], allowEmpty: true)
  #expect(allowed.code == Exit.done)
}

@Test("A stream in which every span failed is probably misread, and says so without an exit code of its own")
func flagsSuspectReading() throws {
  func night(failing: Range<Int>) -> String {
    (0..<60).map { i in
      let status = failing.contains(i) ? 503 : 200
      let time = "[25/Nov/2026:02:00:" + (i < 10 ? "0" : "") + "\(i) +0000]"
      return #"192.0.2.1 - - \#(time) "GET / HTTP/1.1" \#(status) 5 "-" "c" rt=0.1"#
    }.joined(separator: "\n")
  }
  let all = try run(["access.log": night(failing: 0..<60)], inputs: ["in/access.log"])
  #expect(all.code == Exit.done && all.report.contains("suspectReading"))
  let some = try run(["access.log": night(failing: 0..<30)], inputs: ["in/access.log"])
  #expect(some.code == Exit.done && !some.report.contains("suspectReading"))
}

@Test("The listing of events, too, refuses what gives nothing", arguments: [true, false])
func listingRefuses(asStats: Bool) throws {
  let file = FileManager.default.temporaryDirectory.appendingPathComponent("refusing-" + UUID().uuidString + ".txt")
    .path
  try Data(readme.utf8).write(to: URL(fileURLWithPath: file))
  defer { try? FileManager.default.removeItem(atPath: file) }
  var options = RunSetup.Options(inputs: [file], quiet: true)
  func code() -> Int32 { asStats ? EventListing.stats(options) : EventListing.lines(options) }
  #expect(code() == Exit.partlyUnread)
  options.allowEmpty = true
  #expect(code() == Exit.done)
}
