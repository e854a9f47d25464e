internal import Decoders
internal import Traces
internal import Archives
internal import Foundation
internal import Model
package import Segments
internal import Support

/// The extract phase with everything around it: inputs listed, limits set, rows kept.
package struct Extraction: Sendable {
  package var outcomes: [InputOutcome]
  package var store: PartitionStore
  package var pipelineChecksum: String

  /// Lists and extracts the inputs of a request.
  ///
  /// - Throws: `StoreFailure` where rows could not be kept.
  package static func run(_ request: RunRequest, partitions: Int) throws(StoreFailure) -> Extraction {
    let listed = InputList.expand(request.inputs)
    var sources = listed.sources.sorted { $0.name < $1.name }
    var diagnostics = listed.diagnostics
    // An input named twice is read once.
    var seen: Set<String> = []
    sources = sources.filter { source in
      if seen.insert(source.name).inserted { return true }
      diagnostics.add(
        Diagnostic("inputNamedTwice", .note, at: SourceLocation(input: source.name), "read once"))
      return false
    }
    let limits = request.pipeline.limits
    let store = PartitionStore(
      partitions: partitions, budget: limits.memory / 2, folder: FileManager.default.temporaryDirectory.path)
    var settings = ExtractSettings(request, partitions: partitions)
    settings.decoders.lastDay = request.date.day
    settings.pieceMemory = max(8 << 20, limits.memory / (4 * max(1, request.jobs)))
    settings.progress = request.progress
    let walker = ArchiveWalker(limits: ArchiveLimits(limits), budget: RunBudget())
    let phase = ExtractPhase(settings: settings, walker: walker, jobs: request.jobs)
    let inputs = sources.map { ExtractInput($0, named: request.inputs) }
    var outcomes = phase.run(inputs) { input, ordinal, symbols, sources, rows in
      store.add(input: input, ordinal: ordinal, symbols: symbols, sources: sources, partitions: rows)
    }
    if let failure = store.failure { throw failure }
    outcomes = attach(diagnostics.sorted.map(settings.secrets.mask), to: outcomes)
    let unused = UnusedInputs.diagnostics(of: outcomes, request.arguments, isAllowed: request.allowEmpty)
    for diagnostic in unused where diagnostic.code == Diagnostic.nothingUsed {
      request.tell(.nothingUsed(input: diagnostic.location.input, reason: diagnostic.message.plain))
    }
    outcomes = attach(unused.map(settings.secrets.mask), to: outcomes)
    return Extraction(outcomes: outcomes, store: store, pipelineChecksum: PipelineChecksum.of(request.pipeline))
  }

  /// Problems of the listing belong to the input they name; one that became no input at all gets an outcome of its own.
  private static func attach(_ diagnostics: [Diagnostic], to outcomes: [InputOutcome]) -> [InputOutcome] {
    var outcomes = outcomes
    var places: [String: Int] = [:]
    for (index, outcome) in outcomes.enumerated() where places[outcome.name] == nil { places[outcome.name] = index }
    for diagnostic in diagnostics {
      let name = diagnostic.location.input
      if let index = places[name] {
        outcomes[index].diagnostics.append(diagnostic)
      } else {
        var outcome = InputOutcome(name: name, sha256: "")
        outcome.diagnostics = [diagnostic]
        places[name] = outcomes.count
        outcomes.append(outcome)
      }
    }
    return outcomes.sorted { $0.key < $1.key }
  }
}

extension InputOutcome {
  /// What identifies the input between phases.
  package var key: String { name + " " + sha256 }

  /// Whether something of it could not be read.
  package var isPartlyUnread: Bool { diagnostics.contains(where: \.meansUnread) }
}

extension ExtractInput {
  package init(_ source: InputSource, named: [String]) {
    self.source = source
    var root = ""
    for name in named {
      let folder = name.hasSuffix("/") ? String(name.dropLast()) : name
      if source.name.hasPrefix(folder + "/"), folder.utf8.count > root.utf8.count { root = folder }
    }
    self.root = root
    if case .file(let path) = source.kind { size = CheckedFile.size(path) }
  }
}

extension ArchiveLimits {
  package init(_ limits: RunLimits) {
    self.init()
    depth = limits.depth
    entries = limits.entries
    expandedPerInput = limits.expandedPerInput
    expandedPerRun = limits.expandedPerRun
    ratio = limits.ratio
    decoderMemory = limits.decoderMemory
    stallSeconds = Int(limits.stall / 1_000_000)
    inputSeconds = Int(limits.perInput / 1_000_000)
  }
}

extension ExtractSettings {
  init(_ request: RunRequest, partitions: Int) {
    self.init(partitions: partitions, condenser: request.condenser)
    let pipeline = request.pipeline
    var problems: [ConfigProblem] = []
    decoders = RunSetup.decoders(pipeline, problems: &problems)
    rename = pipeline.rename
    failures = pipeline.failures
    secrets = SecretMask(pipeline.secrets)
  }
}

/// The digest of everything in a pipeline that extract and digest depend on, the program's version included.
package enum PipelineChecksum {
  package static func of(_ pipeline: PipelineFile) -> String {
    var parts = [Version.text, "zone \(pipeline.zone.offsetSeconds)", "line \(pipeline.limits.line)"]
    for node in [pipeline.formats, pipeline.reflex, pipeline.patterns, pipeline.tests] {
      parts.append(node.map(text) ?? "-")
    }
    if pipeline.secrets != SecretSettings() { parts.append(pipeline.secrets.text) }
    for rule in pipeline.rename { parts.append("rename \(rule.pattern.text) \(rule.replacement)") }
    for failure in pipeline.failures { parts.append("failure \(failure.fragment) \(failure.kind.name)") }
    return SHA256.hex(Array(parts.joined(separator: "\n").utf8))
  }

  // A configuration tree nests a bounded number of levels: the reader refuses deeper ones.
  private static func text(_ node: ConfigNode) -> String {
    switch node.value {
    case .scalar(let scalar): return "\(scalar.utf8.count):\(scalar)"
    case .list(let nodes): return "[" + nodes.map(text).joined(separator: ",") + "]"
    case .map(let entries):
      return "{" + entries.sorted { $0.key < $1.key }.map { $0.key + "=" + text($0.value) }.joined(separator: ",") + "}"
    }
  }
}
