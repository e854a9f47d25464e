import Model
import Foundation
import Reports
import Support
import Testing

/// GitHub's own Markdown renderer, where it is installed.
enum CommonMark {
  static let path = ["/usr/bin/cmark-gfm", "/usr/local/bin/cmark-gfm"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static var isAvailable: Bool {
    if path == nil { print("SKIPPED Markdown break-out test: cmark-gfm is not installed") }
    return path != nil
  }

  static func html(_ markdown: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(path))
    process.arguments =
      ["--unsafe"] + ["table", "autolink", "strikethrough", "tasklist", "footnotes"].flatMap { ["--extension", $0] }
    let input = FileManager.default.temporaryDirectory.appendingPathComponent("inert-\(UUID()).md")
    try Data(markdown.utf8).write(to: input)
    defer { try? FileManager.default.removeItem(at: input) }
    process.arguments?.append(input.path)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }
}

/// The tags of a page without the code spans, whose number depends on the text in a sentence.
private func skeleton(_ html: String) -> [String] {
  html.matches(of: /<[^>]*>/).map { String($0.output) }.filter { $0 != "<code>" && $0 != "</code>" }
}

private func pages(_ payload: String, _ formats: Set<ReportFormat> = Set(ReportFormat.allCases)) -> [(String, String)] {
  let report = SampleNight(foreign: { _ in payload }).report
  var files = ReportFolder.files(report, formats: formats).map { ($0.path, $0.text) }
  files.append(("summary.md", StepSummary.stepSummary(report)))
  let page = IncidentPage.page(report.incidents[0], reproduce: report.reproduce.text)
  files.append(("terminal.txt", TerminalRenderer().render(page)))
  return files
}

@Test("No payload breaks out of Markdown: the page has the tags that it has with a plain name")
func markdownIsInert() throws {
  #expect(Payloads.all.count >= 90)
  guard CommonMark.isAvailable else { return }
  var plain: [String: [String]] = [:]
  for (path, text) in pages("plain", [.markdown]) where path.hasSuffix(".md") {
    plain[path] = skeleton(try CommonMark.html(text))
  }
  #expect(plain.count == 3)
  for payload in Payloads.all {
    for (path, text) in pages(payload, [.markdown]) where path.hasSuffix(".md") {
      let found = skeleton(try CommonMark.html(text))
      #expect(found == plain[path], "\(path) with \(payload.debugDescription)")
    }
  }
}

@Test("An empty name is said to be one")
func emptyNameIsSaid() {
  var page = Page(title: "t")
  page.blocks.append(.paragraph(.foreign("")))
  #expect(MarkdownRenderer().render(page) == "# t\n\n*(empty)*\n")
}

@Test("The check for break-outs does find one")
func breakOutIsSeen() throws {
  guard CommonMark.isAvailable else { return }
  let plain = skeleton(try CommonMark.html("| a | `plain` |\n| --- | --- |\n"))
  #expect(skeleton(try CommonMark.html("| a | `x` <b>y</b> |\n| --- | --- |\n")) != plain)
  #expect(skeleton(try CommonMark.html("| a | `x | y` |\n| --- | --- |\n")) != plain)
}

@Test("HTML keeps its tags too, whatever the names are")
func htmlIsInert() {
  let plain = pages("plain", [.html]).first { $0.0 == "index.html" }.map { skeleton($0.1) }
  for payload in Payloads.all {
    let found = pages(payload, [.html]).first { $0.0 == "index.html" }.map { skeleton($0.1) }
    #expect(found == plain, "\(payload.debugDescription)")
  }
}

/// Pages whose every name is a payload, for `.ci/browser`, which looks at what a browser makes of them.
@Test("The page of every payload is written where HINDCAST_PAGES says")
func payloadPages() throws {
  guard let folder = ProcessInfo.processInfo.environment["HINDCAST_PAGES"] else { return }
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  for (i, payload) in (["plain"] + Payloads.all).enumerated() {
    let page = try #require(pages(payload, [.html]).first { $0.0 == "index.html" })
    try page.1.write(toFile: "\(folder)/\(i).html", atomically: false, encoding: .utf8)
  }
}

@Test("No file holds a control, bidi or hidden character, nor the openings that raw filters look for")
func noControlsAnywhere() throws {
  let forbidden = try [
    "<script", "<img", "<iframe", "<h1>HIJACK", "(?m)^#+ HIJACK", "(?m)^\\| HIJACK", "(?m)^=+\\s*$",
    "(?m)^::(error|set-output)", "(?m)^\\s*click A href", "(?m)^\\s*subgraph HIJACK", "(?m)^FAKE: 0 problems",
    "\\]\\(javascript:", "!\\[px\\]\\(",
  ].map { try Regex($0) }
  for payload in Payloads.all {
    for (path, text) in pages(payload) {
      for scalar in text.unicodeScalars where scalar != "\n" {
        let category = scalar.properties.generalCategory
        let isHidden = [.control, .format, .lineSeparator, .paragraphSeparator].contains(category)
        // JSON escapes what turns or hides and keeps the joiners that emoji are made of.
        #expect(!isHidden || path.hasSuffix(".json") && category == .format, "\(path) with \(payload.debugDescription)")
      }
      guard path.hasSuffix(".md") else { continue }
      for pattern in forbidden {
        #expect(text.firstMatch(of: pattern) == nil, "\(path) with \(payload.debugDescription)")
      }
    }
  }
}

@Test("A secret reaches no file, in whatever text it stands, and does where masking is off")
func secretsReachNoFile() {
  let secret = "hunter2hunter2"
  for (path, text) in pages("login with password=\(secret) failed") {
    #expect(!text.contains(secret), "\(path)")
  }
  let report = SampleNight(foreign: { _ in "password=\(secret)" }).report
  var settings = SecretSettings()
  settings.isOn = false
  let unmasked = SecretMask(settings)
  #expect(ReportJSON.render(report, rules: TextRules(secrets: unmasked)).contains(secret))
}

@Test("Long texts are cut, the cut is named, and two texts that differ behind it still differ")
func longTextsAreCut() {
  let rules = TextRules()
  let a = rules.bounded(String(repeating: "x", count: 5000) + "a")
  let b = rules.bounded(String(repeating: "x", count: 5000) + "b")
  #expect(a.count < 350)
  #expect(a.contains("4701 more characters"))
  #expect(a != b)
  #expect(rules.bounded(String(repeating: "x", count: 300)).count == 300)
}

@Test(
  "What a message quotes becomes code, the words around it stay words",
  arguments: [
    ("see \("http://x.example") now", "see `http://x.example` now"), ("at \("www.x.example"),", "at `www.x.example`,"),
    ("\("1.") first", "`1.` first"), ("a \("*b*") c", "a `*b*` c"), ("\("user@x.example")", "`user@x.example`"),
    ("\("-") item", "`-` item"), ("\("+") item", "`+` item"), ("GET \("/cart/{id}") failed", "GET `/cart/{id}` failed"),
    ("payments failed (\(125) of them), twice", "payments failed (125 of them), twice"),
  ] as [(MessageText, String)])
func messagesAreInert(message: MessageText, expected: String) {
  var page = Page(title: "t")
  page.blocks.append(.paragraph(.message(message)))
  #expect(MarkdownRenderer().render(page) == "# t\n\n\(expected)\n")
}
