internal import Glibc
internal import Model
internal import Runs
internal import Support

/// `init`: a commented pipeline file from what lies in a folder.
package enum InitVerb {
  /// - Parameters:
  ///   - folder: what to look at.
  ///   - output: the file to write, which must not be there; nil for standard output.
  /// - Returns: the exit code.
  package static func write(_ folder: String, output: String?) -> Int32 {
    do {
      if let output, CheckedFile.size(output) != nil {
        throw RunSetup.Failure("\(output) is there already: name another file with -o")
      }
      guard unsafe access(folder, R_OK) == 0 else {
        throw FileFailure(.missing, folder, CheckedFile.reason(errno))
      }
      var options = RunSetup.Options(inputs: [folder])
      options.allowEmpty = true
      let extraction = try Extraction.run(try RunSetup.request(options), partitions: 1)
      let text = try pipeline(folder, extraction.outcomes)
      guard let output else {
        try Console.print(text)
        return Exit.done
      }
      try CheckedFile.write(Array(text.utf8), to: output)
      Console.tell("wrote \(output); next: hindcast check \(output), then hindcast run --pipeline \(output)")
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  private static func pipeline(_ folder: String, _ outcomes: [InputOutcome]) throws(RunSetup.Failure) -> String {
    var formats: [String: Int] = [:]
    for member in outcomes.flatMap(\.memberCounts) where member.recordCounts.used > 0 {
      formats[member.format.text, default: 0] += member.recordCounts.used
    }
    guard !outcomes.isEmpty else { throw RunSetup.Failure("nothing lies in \(folder)", code: Exit.missingInput) }
    var out =
      "# Made by `hindcast init`. Every key: the manual's page on pipeline files; `hindcast check` tells what is wrong.\n"
    out += "version: 1\n\n# Found here:\n"
    for (format, records) in formats.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      out += "#   \(comment(format.isEmpty ? "unknown" : format)): \(records) records\n"
    }
    let unread = outcomes.flatMap(\.diagnostics).filter {
      $0.code == "unrecognizedFormat" || $0.code == Diagnostic.nothingUsed
    }
    for diagnostic in unread.prefix(10) { out += "#   not read: \(comment(diagnostic.location.description))\n" }
    if unread.count > 10 { out += "#   and \(unread.count - 10) more that are not read\n" }
    let (pattern, isDated) = pattern(folder, outcomes.map(\.name))
    out +=
      isDated
      ? "# {date} is the night, --date, by default yesterday.\n" : "# Where names hold the date, write {date} for it.\n"
    out += "inputs: [ \(quoted(pattern)) ]\noutput: \"reports/{date}\"\n"
    out +=
      "# Of times without a zone.\nzone: UTC\n# Earlier nights: what is news, what is usual.\nhistory: hindcast.sqlite\n"
    out += "report: { formats: [json, markdown, html, metrics], latest: true, keep: 90d }\nmask: secrets\n"
    let tables = unread.map(\.location).filter { ($0.member.isEmpty ? $0.input : $0.member).hasSuffix(".csv") }
    if let table = tables.first {
      let name =
        (table.member.isEmpty ? table.input : table.member).split(separator: "/").last.map(String.init) ?? "*.csv"
      out += "# A table is read with its columns' meaning: take away the # and name them.\n# formats:\n"
      out += "#   - match: \(quoted("*" + comment(name)))\n#     records: spans                # or logs, metrics\n"
      out += "#     table: { trace: ?, span: ?, parent: ?, component: ?, operation: ?, start: ?, durationMs: ? }\n"
    }
    out +=
      "# Replicas are one component: cut what the scheduler adds.\n# components: { rename: [ { pattern: \"-[a-f0-9]{8,10}-[a-z0-9]{5}$\", with: \"\" } ] }\n"
    out += "# Candidates to judge: which retry policy would have served better.\n# policies: policies.yaml\n"
    return out
  }

  /// The files' common pattern: what looks like a date becomes `{date}`.
  private static func pattern(_ folder: String, _ names: [String]) -> (String, Bool) {
    let trimmed = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    for name in names {
      guard let match = name.firstMatch(of: /\d{4}-\d{2}-\d{2}/), NightDate(String(match.output)) != nil else {
        continue
      }
      let dated = name.replacing(String(match.output), with: "{date}")
      guard let place = dated.firstRange(of: "{date}") else { continue }
      // Below a dated folder everything belongs to the night.
      let isFolder = dated[place.upperBound...].contains("/")
      return (String(dated[..<place.upperBound]) + (isFolder ? "/*" : "*"), true)
    }
    return (trimmed + "/*", false)
  }

  private static func comment(_ text: String) -> String { Console.inert(text).replacing("\n", with: " ") }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }
}
