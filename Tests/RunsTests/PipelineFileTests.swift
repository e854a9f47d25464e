import Runs
import Support
import Testing

@Suite("Pipeline files")
struct PipelineFileTests {
  /// What is told about a file that is not sound.
  private func told(_ text: String) -> String {
    do throws(RunSetup.Failure) {
      _ = try RunSetup.checked(path: "night.yaml", text: text)
      return ""
    } catch {
      return error.message
    }
  }

  @Test("a sound file is read with its values")
  func sound() throws {
    let pipeline = try RunSetup.checked(
      path: "night.yaml",
      text: """
        version: 1
        inputs: [ "a/{date}/*.gz", b ]
        zone: "+02:00"
        limits: { memory: 64MiB, depth: 3, stall: 5s }
        mask: none
        """)
    #expect(pipeline.inputs == ["a/{date}/*.gz", "b"])
    #expect(pipeline.zone.offsetSeconds == 7200)
    #expect(pipeline.limits.memory == 64 << 20)
    #expect(pipeline.limits.depth == 3)
    #expect(pipeline.limits.stall == 5_000_000)
    #expect(!pipeline.secrets.isOn)
  }

  @Test("an unknown key is told with its place, its line and the key that was meant")
  func unknownKey() {
    let text = told("version: 1\nreflx: { window: 1s }\n")
    #expect(text.hasPrefix("night.yaml:2:1: unknown key 'reflx'"))
    #expect(text.contains("reflx: { window: 1s }"))
    #expect(text.contains("did you mean 'reflex'?"))
  }

  @Test("all problems of a file are told at once")
  func allProblems() {
    let text = told("zone: Mars\nlimits: { memory: much, depht: 3 }\nreport: { formats: [pdf] }\n")
    for part in ["version is missing", "'Mars' is no zone", "'memory' takes a size", "did you mean 'depth'", "'pdf'"] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  @Test("what is no YAML, nests too deep or is no pattern is told, not trapped on")
  func malformed() {
    #expect(told("version: [1").contains("night.yaml:"))
    #expect(told(String(repeating: "[", count: 400) + String(repeating: "]", count: 400)).contains("too deep"))
    #expect(told("version: 1\ncomponents: { rename: [ { pattern: \"(\" } ] }").contains("regular expression"))
  }

  @Test("windows are read line by line; one that is none is told with its line")
  func windows() throws {
    let windows = try RunRequest.TimeWindow.read("# inject\n2026-01-01T00:00:00Z/2026-01-01T00:03:00Z\n\n")
    #expect(windows.count == 1)
    #expect(throws: ConfigProblem.self) {
      _ = try RunRequest.TimeWindow.read("2026-01-01T00:03:00Z/2026-01-01T00:00:00Z")
    }
  }

  @Test("the night before, in the zone of the pipeline")
  func nightBefore() throws {
    let berlin = try #require(Zone("+01:00"))
    // 2026-01-01T23:30:00Z is already the second of January in +01:00.
    #expect(NightDate(before: 1_767_310_200, zone: berlin).text == "2026-01-01")
    #expect(NightDate(before: 1_767_310_200, zone: .utc).text == "2025-12-31")
    #expect(NightDate("2026-02-30") == nil)
    #expect(NightDate("2026-01-31")?.fill("x/{date}/y") == "x/2026-01-31/y")
  }
}
