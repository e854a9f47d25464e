import Model
@testable import Runs
import Support
import Testing

/// What a command line and a pipeline file come to before anything is read.
@Suite("Requests")
struct RunSetupTests {
  private func failure(_ options: RunSetup.Options, needsInputs: Bool = true) -> String {
    do throws(RunSetup.Failure) {
      _ = try RunSetup.request(options, needsInputs: needsInputs)
      return ""
    } catch {
      #expect(error.code == Exit.usage)
      return error.message
    }
  }

  @Test("the night is put into every path; --no-history beats a history")
  func paths() throws {
    let options = RunSetup.Options(
      date: "2026-01-31", jobs: 3, memory: "64MiB", inputs: ["a/{date}/x", "b"], output: "r/{date}",
      history: "h.sqlite", noHistory: true, failOn: "cascade", format: "json,html")
    let request = try RunSetup.request(options)
    #expect(request.inputs == ["a/2026-01-31/x", "b"])
    #expect(request.output == "r/2026-01-31")
    #expect(request.history == nil)
    #expect(request.jobs == 3)
    #expect(request.pipeline.limits.memory == 64 << 20)
    #expect(request.pipeline.reportFormats == ["json", "html"])
    #expect(request.failOn == .kind(.cascade))
  }

  @Test("what cannot be is refused with what may be")
  func refusals() {
    #expect(failure(RunSetup.Options()).contains("no input"))
    #expect(failure(RunSetup.Options(), needsInputs: false) == "")
    let cases: [(RunSetup.Options, String)] = [
      (RunSetup.Options(date: "2026-02-29", inputs: ["a"]), "YYYY-MM-DD"),
      (RunSetup.Options(jobs: 257, inputs: ["a"]), "1 to 256"),
      (RunSetup.Options(memory: "15MiB", inputs: ["a"]), "16MiB"),
      (RunSetup.Options(memory: "1e30GiB", inputs: ["a"]), "16MiB"),
      (RunSetup.Options(inputs: ["a"], failOn: "loud"), "critical"),
      (RunSetup.Options(inputs: ["a"], format: "json,pdf"), "'pdf'"),
      (RunSetup.Options(inputs: ["a"], windows: "/nowhere/windows"), "/nowhere/windows"),
      (RunSetup.Options(inputs: ["a"], policies: "/nowhere/policies"), "/nowhere/policies"),
      (RunSetup.Options(pipeline: "/nowhere/pipeline", inputs: ["a"]), "/nowhere/pipeline"),
    ].map { ($0.0, $0.1) }
    for (options, told) in cases { #expect(failure(options).contains(told), "\(told)") }
  }

  @Test("a command line is quoted so that a shell splits it again")
  func quoting() {
    #expect(
      RunSetup.commandLine(["hindcast", "run", "a b", "it's", "", "$x", "plain-1.tar.gz"])
        == "hindcast run 'a b' 'it'\\''s' '' '$x' plain-1.tar.gz")
  }

  @Test("a path of a pipeline file is looked for here, then beside it")
  func besides() {
    #expect(RunSetup.beside("/etc/hindcast/night.yaml", "absent.yaml") == "/etc/hindcast/absent.yaml")
    #expect(RunSetup.beside("night.yaml", "absent.yaml") == "absent.yaml")
    #expect(RunSetup.beside("/etc/hindcast/night.yaml", "/absent.yaml") == "/absent.yaml")
    #expect(RunSetup.beside(nil, "absent.yaml") == "absent.yaml")
  }

  @Test("zones: offsets, places, and what is none")
  func zones() {
    let cases: [(String, Int?)] = [
      ("UTC", 0), ("Z", 0), ("GMT", 0), ("+02:00", 7200), ("-03:30", -12_600), ("+24:00", nil), ("+2", nil), ("", nil),
      ("Europe/Nowhere", nil), ("Asia/Kolkata", 19_800), ("CET", nil), ("+02:60", nil), ("2:00", nil),
    ]
    for (text, seconds) in cases { #expect(Zone(text)?.offsetSeconds == seconds, "\(text)") }
    // A place's offset is that of the night: Berlin in summer and in winter.
    #expect(Zone("Europe/Berlin", day: 1_782_864_000)?.offsetSeconds == 7200)
    #expect(Zone("Europe/Berlin")?.on(day: 1_767_225_600).offsetSeconds == 3600)
  }

  @Test("a severity is reached by itself and above, a kind by itself only")
  func failOn() {
    var incident = Incident(kind: .cascade, start: 0, end: 1)
    incident.severity = .major
    var report = NightReport()
    report.incidents = [incident]
    let cases: [(String, Bool)] = [
      ("info", true), ("minor", true), ("major", true), ("critical", false), ("cascade", true), ("errorBurst", false),
      ("empty", true), ("testFailure", false),
    ]
    for (text, matches) in cases { #expect(FailOn(text)?.matches(report) == matches, "\(text)") }
    #expect(FailOn("Major") == nil && FailOn("") == nil)
    for choice in FailOn.choices { #expect(FailOn(choice) != nil, "\(choice)") }
  }

  @Test("the pipeline's checksum changes with what changes rows and partials, and with nothing else")
  func checksum() throws {
    func checksum(_ text: String) throws -> String {
      PipelineChecksum.of(try RunSetup.checked(path: "p", text: "version: 1\n" + text))
    }
    let plain = try checksum("")
    for other in ["output: x", "inputs: [a]", "history: h", "policies: p", "limits: { memory: 64MiB }"] {
      #expect(try checksum(other) == plain, "\(other)")
    }
    let different = [
      "zone: \"+01:00\"", "mask: none", "limits: { line: 1MiB }", "reflex: { window: 2s }",
      "patterns: { tolerance: 0.3 }",
      "failures: { drained: timeout }", "components: { rename: [ { pattern: x } ] }",
      "formats: [ { match: a, records: logs, table: { message: m } } ]",
    ]
    let sums = try different.map(checksum)
    #expect(Set(sums + [plain]).count == different.count + 1)
    #expect(try checksum("reflex: { window: 2s, quiet: 1s }") == checksum("reflex: { quiet: 1s, window: 2s }"))
  }

  @Test(
    "YAML that is odd is told with its place",
    arguments: [
      ("a: 1\na: 2\n", "twice"), ("a: &x 1\nb: *x\n", ""), ("? [1]\n: 2\n", "plain text"), ("\tx: 1", ":1:"),
      ("a: \"open", "p:"), ("- 1\n- 2\n", "keys and values"), ("version: 1\nzone:\n", "zone"),
    ])
  func oddYAML(text: String, told: String) {
    do throws(RunSetup.Failure) {
      _ = try RunSetup.checked(path: "p", text: text)
      Issue.record("taken: \(text)")
    } catch {
      #expect(error.message.contains(told), "\(error.message)")
    }
  }

  @Test("an empty file lacks its version and nothing else")
  func empty() {
    do throws(RunSetup.Failure) {
      _ = try RunSetup.checked(path: "p", text: "")
      Issue.record("taken")
    } catch {
      #expect(error.message.contains("version"))
    }
  }
}
