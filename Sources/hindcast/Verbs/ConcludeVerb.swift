internal import Model
package import Runs
internal import Segments
internal import Support

/// `conclude`: all partials, with the history, to the night's report.
package enum ConcludeVerb {
  /// - Parameters:
  ///   - options: the command line.
  ///   - partials: the partials, `@LIST` or `-` among them.
  ///   - expected: a list of the inputs that should have come, by name or as `inputs` prints them.
  /// - Returns: the exit code.
  package static func conclude(_ options: RunSetup.Options, partials: [String], expected: String?) -> Int32 {
    do {
      // What is wrong with the command line is said before the work.
      let memory = try RunSetup.request(options, needsInputs: false).pipeline.limits.memory
      let wanted = try expected.map(ExpectedInput.read) ?? []
      var counters = PhaseCounters("conclude")
      guard var night = try AggregateVerb.joined(partials, memory: memory, &counters) else {
        throw RunSetup.Failure("name at least one partial")
      }
      var options = options
      // The night that the partials were made for, where none is named.
      if options.date == nil, let date = night.coverage.date { options.date = Coverage.text(date) }
      var request = try RunSetup.request(options, needsInputs: false)
      request.tell = Console.tell
      try night.coverage.expect(request.coverage(partitions: 1))
      try refuseIncomplete(night)
      let secrets = SecretMask(request.pipeline.secrets)
      night.outcomes = ExpectedInput.missed(wanted, night.outcomes, secrets)
      NightRun.complete(&night, request)
      request.take(inputsOf: night)
      counters.take(night.outcomes)
      let code = try RunVerb.concluded(&night, request)
      if !request.isQuiet { counters.tell() }
      return code
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  /// Every batch needs all its partitions, and the partition that tells of its inputs.
  private static func refuseIncomplete(_ night: NightPartial) throws(FileFailure) {
    guard let missing = night.coverage.missing.first else { return }
    let names = night.outcomes.filter { $0.batch == missing.batch }.map(\.name)
    let others = night.coverage.batches.keys.filter { $0.names == missing.batch.names }.count
    let whose =
      names.isEmpty
      ? "the inputs \(missing.batch.text) (\(others > 1 ? "they changed between two calls of extract" : "their names are in partition 0"))"
      : names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
    throw FileFailure(
      .damaged, "the partials",
      "incomplete: \(missing.partitions) of \(night.coverage.partitions) partitions of \(whose) are missing")
  }
}

/// An input that should have come.
struct ExpectedInput {
  var name: String
  var root: String

  /// Reads a list: a name a line, or the lines that `inputs --json` prints.
  static func read(_ path: String) throws -> [ExpectedInput] {
    try PhaseFiles.lines(path).map { line in
      guard line.hasPrefix("{") else { return ExpectedInput(name: line, root: line) }
      guard case .object(let fields) = try? JSONParser.parse(Array(line.utf8)), case .string(let name) = fields["name"]
      else { throw RunSetup.Failure("\(path): '\(line.prefix(80))' is neither a name nor a line of `inputs --json`") }
      if case .string(let root) = fields["root"] { return ExpectedInput(name: name, root: root) }
      return ExpectedInput(name: name, root: name)
    }
  }

  /// The outcomes, and one for each input that was expected and never came: the report names it as an error.
  static func missed(_ wanted: [ExpectedInput], _ outcomes: [InputOutcome], _ secrets: SecretMask) -> [InputOutcome] {
    let come = Set(outcomes.map(\.name))
    var all = outcomes
    var seen = come
    for input in wanted {
      let name = secrets.mask(input.name)
      guard seen.insert(name).inserted else { continue }
      var outcome = InputOutcome(name: name, sha256: "")
      outcome.root = secrets.mask(input.root)
      outcome.argument = outcome.root
      outcome.diagnostics = [
        Diagnostic(
          "inputNeverArrived", .error, at: SourceLocation(input: name),
          "it was expected, and no partial holds anything of it")
      ]
      all.append(outcome)
    }
    return all.sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }
  }
}
