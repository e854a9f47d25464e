// The form of `CommandLine/*.cases`: a title, and commands with what they must come to. It is told in running.cases.

import Foundation

/// One case: commands that run one after another in a folder of their own.
struct CommandLineCase: Sendable, CustomStringConvertible {
  struct Step: Sendable {
    enum Expectation: Sendable {
      case out(String)
      case error(String)
      case file(String, holds: String)
      case absent(String)
    }

    /// A shell command, or nil where a file is written.
    var command: String?
    var file: (name: String, text: String)?
    var code: Int32 = 0
    var expectations: [Expectation] = []
  }

  var title: String
  var steps: [Step] = []
  var description: String { title }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  static let all: [CommandLineCase] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("CommandLine").path)
    return (files ?? []).filter { $0.hasSuffix(".cases") }.sorted().flatMap { name in
      let text = try? String(contentsOf: folder.appendingPathComponent("CommandLine/" + name), encoding: .utf8)
      return read(text ?? "")
    }
  }()

  static func read(_ text: String) -> [CommandLineCase] {
    var cases: [CommandLineCase] = []
    var written: (name: String, text: String)?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if let file = written {
        if line == "." {
          cases[cases.count - 1].steps.append(Step(file: file))
          written = nil
        } else {
          written?.text += line + "\n"
        }
        continue
      }
      let word = String(line.prefix { $0 != " " })
      let rest = String(line.dropFirst(word.count + 1))
      if word == "##" { cases.append(CommandLineCase(title: rest)) }
      guard !cases.isEmpty else { continue }
      let last = cases.count - 1
      switch word {
      case "$": cases[last].steps.append(Step(command: rest))
      case "write": written = (rest, "")
      case "exit": cases[last].amend { $0.code = Int32(rest) ?? -1 }
      case "out": cases[last].amend { $0.expectations.append(.out(rest)) }
      case "err": cases[last].amend { $0.expectations.append(.error(rest)) }
      case "without": cases[last].amend { $0.expectations.append(.absent(rest)) }
      case "file":
        let name = String(rest.prefix { $0 != " " })
        cases[last].amend { $0.expectations.append(.file(name, holds: String(rest.dropFirst(name.count + 1)))) }
      default: break
      }
    }
    return cases
  }

  private mutating func amend(_ change: (inout Step) -> Void) {
    if !steps.isEmpty { change(&steps[steps.count - 1]) }
  }
}

/// A folder with the repository's samples and pipelines, in which the built program runs.
struct ProgramFolder {
  let path: String

  /// The repository.
  static let root = CommandLineCase.folder.deletingLastPathComponent().deletingLastPathComponent()
  /// Where the program was built: beside the tests.
  static let programs = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().path

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-cases-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
    for name in ["samples", "pipelines"] {
      try FileManager.default.createSymbolicLink(
        at: url.appendingPathComponent(name), withDestinationURL: Self.root.appendingPathComponent(name))
    }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Runs a shell script here. Standard output and error go to files, so that neither can block.
  func run(_ script: String) throws -> (code: Int32, out: String, error: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    var environment = ProcessInfo.processInfo.environment.filter {
      !$0.key.hasPrefix("HINDCAST_") && $0.key != "GITHUB_STEP_SUMMARY"
    }
    environment["PATH"] = Self.programs + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
    process.environment = environment
    let names = [".out", ".err"].map { path + "/" + $0 }
    for name in names { _ = FileManager.default.createFile(atPath: name, contents: nil) }
    let handles = names.compactMap { FileHandle(forWritingAtPath: $0) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    process.waitUntilExit()
    let texts = try names.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
    return (process.terminationStatus, texts[0], texts[1])
  }
}
