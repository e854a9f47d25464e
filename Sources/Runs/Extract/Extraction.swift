internal import Decoders
internal import Traces
internal import Archives
internal import Foundation
internal import Model
package import Segments
package import Support
internal import Synchronization

/// The extract phase with everything around it: inputs listed, limits set, rows kept.
package struct Extraction: Sendable {
  package var outcomes: [InputOutcome]
  package var store: PartitionStore
  package var batch: InputBatch
  /// Of all partitions.
  package var coverage: Coverage
  /// The operations of all rows.
  package var census: OperationCensus

  /// Lists and extracts the inputs of a request.
  ///
  /// - Throws: `FileFailure` where rows could not be kept.
  package static func run(_ request: RunRequest, partitions: Int) throws(FileFailure) -> Extraction {
    let listed = InputList.expand(request.inputs)
    var settings = ExtractSettings(request, partitions: partitions)
    var sources = inOrder(listed.sources, settings.secrets)
    if let name = request.inputName, sources.count == 1 { sources[0].name = name }
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
      partitions: partitions, budget: limits.memory / 8 * 3, folder: FileManager.default.temporaryDirectory.path)
    settings.decoders.lastDay = request.date.day
    settings.pieceMemory = max(8 << 20, limits.memory / (4 * max(1, request.jobs)))
    var walker = ArchiveWalker(limits: ArchiveLimits(limits), budget: RunBudget())
    if let progress = request.progress { walker.onRead = { progress.advance($0) } }
    let phase = ExtractPhase(settings: settings, walker: walker, jobs: request.jobs)
    let inputs = sources.map { source in
      var input = ExtractInput(source, named: request.inputs)
      if let root = request.inputRoot { input.root = root }
      return input
    }
    let sizes = inputs.compactMap(\.size)
    request.progress?.begin(.reading, of: sizes.count == inputs.count ? sizes.reduce(0, +) : nil)
    let census = Mutex(OperationCensus())
    var outcomes = phase.run(inputs) { input, ordinal, symbols, sources, rows in
      let sample = OperationCensus.sample(of: rows, symbols, from: census.withLock { $0.level })
      census.withLock { $0.add(sample, symbols) }
      store.add(input: input, ordinal: ordinal, symbols: symbols, sources: sources, partitions: rows)
    }
    if let failure = store.failure { throw failure }
    let containers = containerNames(of: outcomes, settings)
    store.name(containers)
    outcomes = attach(diagnostics.sorted.map(settings.secrets.mask), to: outcomes)
    let batch = InputBatch(outcomes.map { ($0.name, $0.sha256) })
    for i in outcomes.indices {
      outcomes[i].batch = batch
      outcomes[i].mayBeEmpty = request.allowEmpty
      outcomes[i].argument = argument(of: outcomes[i], request)
    }
    var coverage = request.coverage(partitions: partitions)
    coverage.batches = [batch: PartitionSet(0..<partitions)]
    return Extraction(
      outcomes: outcomes, store: store, batch: batch, coverage: coverage,
      census: census.withLock { $0.renamed(containers) })
  }

  /// The components of containers that rows know by their ids: the container's description may stand in another member than
  /// its log, or in another input, before or behind it.
  private static func containerNames(of outcomes: [InputOutcome], _ settings: ExtractSettings) -> [String: String] {
    var names = ContainerNames()
    for outcome in outcomes { names.merge(outcome.containers) }
    guard !names.isEmpty else { return [:] }
    var naming = ComponentNaming(rules: settings.rename)
    var symbols = SymbolTable()
    return names.byID.mapValues { name in
      let masked = symbols.intern(settings.secrets.mask(name))
      return symbols.text(naming.component(masked, &symbols))
    }
  }

  /// In the order in which their rows merge, here and between phases: by the names that rows carry, which have no secrets.
  private static func inOrder(_ sources: [InputSource], _ secrets: SecretMask) -> [InputSource] {
    sources.map { (shown: secrets.mask($0.name), source: $0) }
      .sorted { ($0.shown, $0.source.name) < ($1.shown, $1.source.name) }.map(\.source)
  }

  /// The word that an input was named by: what holds its path, the longest where several do.
  private static func argument(of outcome: InputOutcome, _ request: RunRequest) -> String {
    if let root = request.inputRoot { return root }
    let own = request.arguments.flatMap { argument in argument.paths.map { (path: $0, word: argument.word) } }
      .filter { argument in
        let folder = argument.path.hasSuffix("/") ? argument.path : argument.path + "/"
        return outcome.name == argument.path || outcome.name.hasPrefix(folder)
      }
    return own.max { ($0.path.utf8.count, $1.word) < ($1.path.utf8.count, $0.word) }?.word ?? ""
  }

  /// Problems of the listing belong to the input they name; one that became no input at all gets an outcome of its own.
  static func attach(_ diagnostics: [Diagnostic], to outcomes: [InputOutcome]) -> [InputOutcome] {
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
    return outcomes.sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }
  }
}

extension InputOutcome {
  /// Whether something of it could not be read.
  package var isPartlyUnread: Bool { diagnostics.contains(where: \.meansUnread) }
}

extension ExtractInput {
  package init(_ source: InputSource, named: [String]) {
    self.source = source
    root = RunRequest.root(of: source.name, among: named)
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

/// The checksum of everything in a pipeline that extract and aggregate depend on, the program's version included.
package enum PipelineChecksum {
  package static func of(_ pipeline: PipelineFile) -> String {
    // A place's offset is the night's, and stands in the coverage: summer time makes no other pipeline.
    let zone = pipeline.zone.isPlace ? pipeline.zone.name : String(pipeline.zone.offsetSeconds)
    var parts = [Version.text, "zone \(zone)", "line \(pipeline.limits.line)"]
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
