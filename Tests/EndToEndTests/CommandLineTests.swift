import Foundation
import Testing

/// The built program at its command line: the cases beside this file, the README's examples, and that both leave nothing out.
@Suite("Command line")
struct CommandLineTests {
  @Test("cases", arguments: CommandLineCase.all)
  func cases(of one: CommandLineCase) throws {
    let folder = try ProgramFolder()
    defer { folder.remove() }
    #expect(one.steps.contains { $0.command != nil })
    for step in one.steps {
      if let file = step.file {
        try file.text.write(toFile: folder.path + "/" + file.name, atomically: true, encoding: .utf8)
      }
      guard let command = step.command else { continue }
      let result = try folder.run(command)
      let said = "\(command)\n\(result.out.prefix(600))\n\(result.error.prefix(600))"
      #expect(result.code == step.code, "\(said)")
      for expectation in step.expectations {
        switch expectation {
        case .out(let text): #expect(result.out.contains(text), "\(text) in \(said)")
        case .error(let text): #expect(result.error.contains(text), "\(text) in \(said)")
        case .absent(let name): #expect(!FileManager.default.fileExists(atPath: folder.path + "/" + name), "\(said)")
        case .file(let name, let text):
          let bytes = FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
          let found = text.split(separator: "\\|").contains { String(decoding: bytes, as: UTF8.self).contains($0) }
          #expect(found, "\(text) in \(name) after \(said)")
        }
      }
    }
  }

  @Test("every example of the README and the manual runs as it stands")
  func examples() throws {
    var count = 0
    for page in try Self.pages() {
      for block in page.blocks(["sh"]) where block.contains("hindcast ") && !block.contains("--pipeline nightly") {
        let script = block.replacing(".ci/setup && swift run -c release hindcast", with: "hindcast")
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try FileManager.default.createSymbolicLink(
          atPath: folder.path + "/night.tar.gz", withDestinationPath: "samples/night.tar.gz")
        let result = try folder.run("set -e\n" + script)
        #expect(result.code == 0, "\(page.name):\n\(block)\n\(result.error)")
        count += 1
      }
    }
    #expect(count >= 3)
  }

  @Test("the README and the manual name every verb, and no verb that is none")
  func verbs() throws {
    let help = try ProgramHelp.read()
    let readme = try #require(try Self.pages().first { $0.name == "README.md" })
    let manual = try #require(try Self.pages().first { $0.name == "CommandLine.md" })
    let written = Set(readme.rows("verb").flatMap { Self.codes($0[0]) }.map { String($0.prefix { $0 != " " }) })
    #expect(written.sorted() == Set(help.verbs.keys.map { String($0.prefix { $0 != " " }) }).sorted())
    #expect(Set(manual.rows("verb").flatMap { Self.codes($0[0]) }).sorted() == help.verbs.keys.sorted())
  }

  @Test("the manual names every option with its verbs; the README names no option that is none")
  func options() throws {
    let help = try ProgramHelp.read()
    let pages = try Self.pages()
    let manual = try #require(pages.first { $0.name == "CommandLine.md" })
    var written: [String: Set<String>] = [:]
    for row in manual.rows("option") {
      for code in Self.codes(row[0]) {
        written[String(code.prefix { $0 != " " }), default: []] = Set(Self.codes(row[1]))
      }
    }
    for (name, verbs) in help.options { #expect(written[name]?.sorted() == verbs.sorted(), "\(name)") }
    for name in written.keys { #expect(help.options[name] != nil, "\(name) is no option") }
    for page in pages {
      for word in page.text.matches(of: /`(--[a-z-]+)/).map({ String($0.output.1) }) where help.options[word] == nil {
        #expect(word == "--filter", "\(page.name) names \(word)")
      }
    }
  }

  @Test("every option of every verb is run by a case")
  func everyOptionRuns() throws {
    let help = try ProgramHelp.read()
    let commands = CommandLineCase.all.flatMap(\.steps).compactMap(\.command)
      .flatMap { $0.components(separatedBy: "hindcast ").dropFirst() }
    for (verb, options) in help.verbs {
      let own = commands.filter {
        $0 == verb || $0.hasPrefix(verb + " ") || verb == "aggregate" && $0.hasPrefix("digest ")
      }
      #expect(!own.isEmpty, "\(verb) is never run")
      for names in options {
        let isRun = own.contains { command in command.split(separator: " ").contains { names.contains(String($0)) } }
        #expect(isRun, "\(verb) \(names.joined(separator: "|")) is never run")
      }
    }
  }

  static func codes(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
  }

  /// The README and the pages of the manual.
  static func pages() throws -> [Page] {
    let catalog = ProgramFolder.root.appendingPathComponent("Sources/hindcast/Hindcast.docc")
    let names = try FileManager.default.contentsOfDirectory(atPath: catalog.path).filter { $0.hasSuffix(".md") }
      .sorted()
    let urls =
      [ProgramFolder.root.appendingPathComponent("README.md")] + names.map { catalog.appendingPathComponent($0) }
    return try urls.map { Page(name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8)) }
  }

  struct Page {
    var name: String
    var text: String

    func blocks(_ languages: [String]) -> [String] {
      text.components(separatedBy: "\n```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        .filter { block in languages.contains { block.hasPrefix($0 + "\n") } }
        .map { String($0.drop { $0 != "\n" }) + "\n" }
    }

    func rows(_ column: String) -> [[String]] {
      var rows: [[String]] = []
      var isInside = false
      for line in text.components(separatedBy: "\n") {
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        if !line.hasPrefix("|") {
          isInside = false
        } else if cells.first == column {
          isInside = true
        } else if isInside, cells.first?.hasPrefix("--") == false {
          rows.append(cells)
        }
      }
      return rows
    }
  }
}

/// What the program says of itself: verbs with their options, the names of one option together.
struct ProgramHelp {
  var verbs: [String: [[String]]] = [:]
  /// Verbs by the name of an option.
  var options: [String: Set<String>] = [:]

  static func read() throws -> ProgramHelp {
    let folder = try ProgramFolder()
    defer { folder.remove() }
    let text = try folder.run("hindcast --experimental-dump-help").out
    let tree = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    var help = ProgramHelp()
    var open = [(tree["command"] as? [String: Any] ?? [:], "")]
    while let (command, prefix) = open.popLast() {
      let name = command["commandName"] as? String ?? ""
      if name == "help" { continue }
      let path = prefix.isEmpty ? (name == "hindcast" ? "" : name) : prefix + " " + name
      let children = command["subcommands"] as? [[String: Any]] ?? []
      open += children.map { ($0, path) }
      if path.isEmpty || children.contains(where: { $0["commandName"] as? String != "help" }) { continue }
      var own: [[String]] = []
      for argument in command["arguments"] as? [[String: Any]] ?? [] where argument["kind"] as? String != "positional" {
        let names = (argument["names"] as? [[String: Any]] ?? []).map { name in
          (name["kind"] as? String == "short" ? "-" : "--") + (name["name"] as? String ?? "")
        }
        if names.contains("--help") || names.contains("--version") || names.isEmpty { continue }
        own.append(names)
        for name in names { help.options[name, default: []].insert(path) }
      }
      help.verbs[path] = own
    }
    return help
  }
}
